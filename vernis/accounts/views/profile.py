"""One's own page: name, language, look, second factors, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from vernis.accounts import audit, operations, queries
from vernis.accounts.forms.people import ProfileForm
from vernis.accounts.models import Event

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: AuthenticatedRequest) -> HttpResponse:
    """Show and save one's own settings."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        messages.success(request, _("Saved."))
        return redirect("accounts:profile")
    if form.errors:
        request.user.refresh_from_db()  # the page is about the person as saved, not as typed
    context = {
        "form": form,
        "sessions": queries.sessions_of(request.user),
        "has_second_factor": queries.has_second_factor(request.user),
    }
    return render(request, "accounts/profile.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def end_sessions(request: AuthenticatedRequest) -> HttpResponse:
    """Log out everywhere but here."""
    count = operations.end_other_sessions(person=request.user, keep=request.session.session_key)
    if count:
        audit.record(Event.SESSIONS_ENDED, person=request.user, by=request.user, details={"count": count})
    messages.success(
        request,
        ngettext("Logged out on %(count)s other device.", "Logged out on %(count)s other devices.", count)
        % {"count": count},
    )
    return redirect("accounts:profile")


@require_POST
@login_required
def later(request: AuthenticatedRequest) -> HttpResponse:
    """Ask for a second factor no more in this session."""
    request.session["second_factor"] = "later"
    return redirect("accounts:profile")
