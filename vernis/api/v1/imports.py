"""Records come in here: the history of another system, or what has changed there."""

from __future__ import annotations

from ninja import Router

from vernis.api.door import Call, writes
from vernis.api.operations.imports import bring_in
from vernis.api.problems import Problem
from vernis.api.shapes.imports import FiguresOut, ImportIn, ImportOut
from vernis.intake.balance import Figures

router = Router(tags=["imports"])


@writes(router, "POST", "/imports", scope="imports:write", name="import", response=ImportOut)
def bring(request: Call, body: ImportIn) -> ImportOut:
    """Bring in clients, services, staff and appointments by their numbers elsewhere; the same again changes nothing."""
    if not request.person.sees_all_branches:
        raise Problem("not-allowed", "Only a token of all branches may bring in records.")
    balance = bring_in(by=request.person, said=body, now=request.now)
    return ImportOut(
        import_id=balance.import_id,
        clients=_figures(balance.clients),
        services=_figures(balance.services),
        staff=_figures(balance.staff),
        appointments=_figures(balance.appointments),
        kept=balance.kept,
        look=balance.look,
        reasons=balance.reasons,
    )


def _figures(found: Figures) -> FiguresOut:
    return FiguresOut(new=found.new, changed=found.changed, same=found.same, merged=found.merged, refused=found.refused)
