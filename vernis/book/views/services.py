"""Services with their intervals."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those
from vernis.book.forms.catalogue import CategoryForm, ServiceForm, SpecialForms
from vernis.book.models import Service, ServiceInterval, Trait
from vernis.book.operations import catalogue as operations

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_manager)
def services(request: AuthenticatedRequest) -> HttpResponse:
    """List services by category, with what each is due after."""
    organization = request.user.organization
    rows = Service.objects.of(organization).prefetch_related("intervals")
    plain: dict[str, list[ServiceInterval]] = {}
    for interval in ServiceInterval.objects.of(organization).filter(service=None):
        plain.setdefault(interval.category, []).append(interval)
    groups: dict[str, list[Service]] = {}
    for service in rows.order_by("category", "-is_active", "title"):
        groups.setdefault(service.category, []).append(service)
    context = {
        "groups": [(category, group, plain.get(category, [])) for category, group in groups.items()],
        "currency": organization.currency,
        "traits": trait_titles(request),
    }
    return render(request, "book/services.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def new_service(request: AuthenticatedRequest) -> HttpResponse:
    """Add a service."""
    return _service(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def edit_service(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Change a service and its intervals."""
    return _service(request, get_object_or_404(Service.objects.of(request.user.organization_id), pk=pk))


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager)
def category(request: AuthenticatedRequest) -> HttpResponse:
    """Change the intervals of a category, which its services fall back to."""
    name = request.GET.get("name", "").replace("\0", "")
    if not name or not Service.objects.of(request.user.organization_id).filter(category=name).exists():
        raise Http404
    rows = ServiceInterval.objects.of(request.user.organization_id).filter(service=None, category=name)
    plain = next((row.interval_days for row in rows if not row.months and not row.trait), None)
    form = CategoryForm(request.POST or None, initial={"interval_days": plain})
    specials = _special_forms(request, [row for row in rows if row.months or row.trait])
    if form.is_valid() and specials.is_valid():
        try:
            operations.save_category(
                by=request.user,
                category=name,
                interval_days=form.cleaned_data["interval_days"],
                specials=list(specials.specials()),
            )
        except operations.TwiceTheSame:
            form.add_error(None, _("Two special intervals hold in the same case. Keep one."))
        else:
            messages.success(request, _("Saved. The list takes it up tonight."))
            return redirect("catalogue:services")
    context = {"form": form, "specials": specials, "category": name}
    return render(request, "book/category.html", context, status=_status(form, specials))


def trait_titles(request: AuthenticatedRequest) -> dict[tuple[str, str], str]:
    """Return what values of traits are called, by key and value."""
    return {
        (trait.key, value): title
        for trait in Trait.objects.of(request.user.organization_id)
        for value, title in trait.values
    }


def _service(request: AuthenticatedRequest, service: Service | None) -> HttpResponse:
    form = ServiceForm(request.POST or None, initial=_initial(service))
    specials = _special_forms(request, list(service.intervals.all()) if service else [])
    if form.is_valid() and specials.is_valid():
        data = form.cleaned_data
        price = data["price"]
        try:
            operations.save_service(
                by=request.user,
                service_id=service.pk if service else None,
                title=data["title"],
                category=data["category"],
                interval_days=data["interval_days"],
                duration_minutes=data["duration_minutes"],
                price=None if price is None else int(price * 100),
                is_active=data["is_active"],
                specials=list(specials.specials()),
            )
        except operations.TitleIsTaken:
            form.add_error("title", _("There is such a service in this category already."))
        except operations.TwiceTheSame:
            form.add_error(None, _("Two special intervals hold in the same case. Keep one."))
        else:
            messages.success(request, _("Saved. The list takes it up tonight."))
            return redirect("catalogue:services")
    known = Service.objects.of(request.user.organization_id).exclude(category="")
    context = {
        "form": form,
        "specials": specials,
        "service": service,
        "categories": known.order_by("category").values_list("category", flat=True).distinct(),
        "currency": request.user.organization.currency,
    }
    return render(request, "book/service.html", context, status=_status(form, specials))


def _initial(service: Service | None) -> dict[str, Any] | None:
    if service is None:
        return None
    names = ("title", "category", "interval_days", "duration_minutes", "is_active")
    values: dict[str, Any] = {name: getattr(service, name) for name in names}
    if service.price is not None:
        price = Decimal(service.price) / 100
        values["price"] = int(price) if price == int(price) else price
    return values


def _special_forms(request: AuthenticatedRequest, rows: list[ServiceInterval]) -> Any:
    initial = [
        {
            "months": row.months,
            "trait": f"{row.trait}={row.trait_value}" if row.trait else "",
            "interval_days": row.interval_days,
        }
        for row in rows
    ]
    traits = list(Trait.objects.of(request.user.organization_id))
    return SpecialForms(request.POST or None, initial=initial, prefix="special", form_kwargs={"traits": traits})


def _status(form: Any, specials: Any) -> int:
    return 422 if form.is_bound and (form.errors or not specials.is_valid()) else 200
