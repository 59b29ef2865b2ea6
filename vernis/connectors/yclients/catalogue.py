"""What a company offers and who serves there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from vernis.connectors.yclients.errors import Forbidden, NotThere

if TYPE_CHECKING:
    from vernis.connectors.yclients.client import YClients


class Catalogue(NamedTuple):
    """Services, their categories, and staff, as the source tells them."""

    services: list[dict[str, Any]]
    categories: list[dict[str, Any]]
    staff: list[dict[str, Any]]

    @classmethod
    def read(cls, source: YClients, company: int) -> Catalogue:
        """Ask for all three; categories are done without where the person may not see them."""
        try:
            categories = source.service_categories(company)
        except (Forbidden, NotThere):
            categories = []
        return cls(source.services(company), categories, source.staff(company))
