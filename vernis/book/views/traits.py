"""Traits of clients: what intervals depend on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book.forms.catalogue import TraitForm
from vernis.book.models import Trait
from vernis.book.operations import catalogue as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def traits(request: AuthenticatedRequest) -> HttpResponse:
    """List the traits with their values."""
    return render(request, "book/traits.html", {"traits": Trait.objects.of(request.user.organization_id)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def new_trait(request: AuthenticatedRequest) -> HttpResponse:
    """Add a trait."""
    return _trait(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def edit_trait(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change the title and the values of a trait."""
    return _trait(request, get_object_or_404(Trait.objects.of(request.user.organization_id), pk=pk))


@require_POST
@for_those(is_manager)
def delete_trait(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Delete a trait that no interval needs."""
    trait = get_object_or_404(Trait.objects.of(request.user.organization_id), pk=pk)
    try:
        operations.delete_trait(by=request.user, trait_id=trait.pk)
    except operations.IsInUse:
        messages.error(request, _("An interval of a service needs this trait. Change the interval first."))
        return redirect("catalogue:trait", trait.pk)
    messages.success(request, _("Deleted."))
    return redirect("catalogue:traits")


def _trait(request: AuthenticatedRequest, trait: Trait | None) -> HttpResponse:
    lines = [value if value == title else f"{value} = {title}" for value, title in trait.values] if trait else []
    initial = {"title": trait.title, "values": "\n".join(lines)} if trait else None
    form = TraitForm(request.POST or None, initial=initial, is_known=trait is not None)
    if form.is_valid():
        data = form.cleaned_data
        try:
            operations.save_trait(
                by=request.user,
                trait_id=trait.pk if trait else None,
                key=data.get("key", ""),
                title=data["title"],
                values=data["values"],
            )
        except operations.TitleIsTaken:
            form.add_error("title", _("There is such a trait already."))
        except operations.IsInUse:
            form.add_error("values", _("An interval of a service needs a value that is missing here."))
        else:
            messages.success(request, _("Saved."))
            return redirect("catalogue:traits")
    return render(request, "book/trait.html", {"form": form, "trait": trait}, status=422 if form.errors else 200)
