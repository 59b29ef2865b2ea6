"""What there is: branches, services, staff."""

from __future__ import annotations

from typing import Any

from ninja import Query, Router

from vernis.accounts.models import Branch
from vernis.api.door import Call, reads
from vernis.api.pages import page_of
from vernis.api.shapes.base import Page, Paging
from vernis.api.shapes.book import BranchOut, ServiceOut, StaffOut
from vernis.book.models import Service, Staff

router = Router(tags=["catalogue"])


@reads(router, "/branches", scope="catalogue:read", name="branches", response=Page[BranchOut])
def branches(request: Call, query: Query[Paging]) -> dict[str, Any]:
    """List the branches of the token."""
    return page_of(Branch.objects.visible_to(request.person), query, BranchOut.from_orm)


@reads(router, "/services", scope="catalogue:read", name="services", response=Page[ServiceOut])
def services(request: Call, query: Query[Paging]) -> dict[str, Any]:
    """List the services of the organization, with those that are no longer offered."""
    return page_of(Service.objects.of(request.token.organization_id), query, ServiceOut.from_orm)


@reads(router, "/staff", scope="catalogue:read", name="staff", response=Page[StaffOut])
def staff(request: Call, query: Query[Paging]) -> dict[str, Any]:
    """List those who serve, with those who do not work here any more."""
    return page_of(Staff.objects.visible_to(request.person), query, StaffOut.from_orm)
