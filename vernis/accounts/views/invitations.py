"""Inviting, taking back, joining."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.core.internal.ratelimit import respond_429
from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from vernis.accounts import operations, queries
from vernis.accounts.forms.people import InvitationForm, JoinForm
from vernis.accounts.models import Role
from vernis.accounts.rules import is_manager
from vernis.accounts.views.access import for_those

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_manager, asks_again=True)
def invite(request: AuthenticatedRequest) -> HttpResponse:
    """Invite a person; the link is shown this once."""
    form = InvitationForm(request.POST or None, by=request.user)
    if not form.is_valid():
        return render(request, "accounts/invite.html", {"form": form}, status=422 if form.errors else 200)
    data = form.cleaned_data
    link = operations.invite(
        by=request.user,
        email=data["email"],
        name=data["name"],
        role=Role(data["role"]),
        branches=data["branches"],
        sees_all_branches=data["sees_all_branches"],
        now=timezone.now(),
    )
    return render(request, "accounts/invited.html", {"link": link, "name": data["name"], "email": data["email"]})


@require_POST
@for_those(is_manager, asks_again=True)
def revoke(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    now = timezone.now()
    invitation = get_object_or_404(queries.open_invitations(user=request.user, now=now), pk=pk)
    operations.revoke_invitation(invitation=invitation, by=request.user, now=now)
    messages.success(request, _("The link for %(name)s works no more.") % {"name": invitation})
    return redirect("settings:people")


@sensitive_post_parameters("password")
@sensitive_variables("token", "data")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Let a person who was invited choose a name and a password, and come in."""
    if not ratelimit.consume(request, action="invitation"):
        return respond_429(request)
    now = timezone.now()
    invitation = queries.invitation_by_token(token=token, now=now)
    if invitation is None:
        return render(request, "accounts/join_closed.html", status=404)
    form = JoinForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if form.is_valid():
        data: dict[str, Any] = form.cleaned_data
        try:
            person = operations.accept_invitation(
                invitation=invitation, name=data["name"], password=data["password"], now=now
            )
        except operations.InvitationUsed:
            return render(request, "accounts/join_closed.html", status=404)
        except operations.NameTaken:
            form.add_error(
                None, _("Somebody comes in with this e-mail already. Ask for an invitation to another address.")
            )
        else:
            messages.success(request, _("Welcome! Add a passkey and come in by fingerprint, without the password."))
            response: HttpResponse | None = perform_login(request, person, redirect_url="/profile/")
            if response is None:
                raise Http404
            return response
    context = {"form": form, "invitation": invitation}
    return render(request, "accounts/join.html", context, status=422 if form.errors else 200)
