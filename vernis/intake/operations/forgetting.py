"""What is forgotten: with a client, and after 30 days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vernis.book.models import Appointment
from vernis.intake import places
from vernis.intake.models import GOING, Change, Import, Link
from vernis.intake.operations.undoing import DAYS
from vernis.intake.operations.uploading import without_samples

if TYPE_CHECKING:
    import datetime


def forget_client(sender: Any, *, client_id: int, **_more: Any) -> None:
    """Delete what imports keep of a client; that she is known stays, so that no file brings her back."""
    visits = list(Appointment.objects.filter(client=client_id).values_list("pk", flat=True))
    Change.objects.filter(kind=Link.Kind.CLIENT, object_id=client_id).delete()
    Change.objects.filter(kind=Link.Kind.APPOINTMENT, object_id__in=visits).delete()
    Link.objects.filter(kind=Link.Kind.CLIENT, object_id=client_id).update(said=b"")


def delete_old(*, organization_id: int, now: datetime.datetime) -> int:
    """Delete files of, and the way back from, imports older than 30 days; returns how many imports that were."""
    before = now - places.days(DAYS)
    old = Import.objects.of(organization_id).filter(files_deleted_at=None, created_at__lt=before)
    count = 0
    for one in old.exclude(state__in=GOING):
        delete_files(of_import=one, now=now)
        Change.objects.filter(of_import=one).delete()
        count += 1
    return count


def delete_files(*, of_import: Import, now: datetime.datetime) -> None:
    """Delete the files of an import, and the rows' fates with them; the balance sheet stays."""
    of_import.files_deleted_at = now
    if of_import.mapping:
        of_import.mapping["sheets"] = [without_samples(sheet) for sheet in of_import.mapping.get("sheets", [])]
    of_import.save(update_fields=["files_deleted_at", "mapping"])
    places.delete(of_import)
