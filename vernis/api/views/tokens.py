"""Programs: their tokens, and where we tell them what happens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vernis.accounts.rules import is_owner
from vernis.accounts.views.access import for_those
from vernis.api.forms.tokens import TokenForm
from vernis.api.operations import tokens as operations
from vernis.api.queries.tokens import tokens_of, works
from vernis.api.queries.webhooks import endpoints_of
from vernis.api.scopes import DANGEROUS, SCOPES

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


@require_safe
@for_those(is_owner)
def programs(request: AuthenticatedRequest) -> HttpResponse:
    """Show the tokens and the webhooks."""
    now = timezone.now()
    lines = [
        {
            "token": token,
            "works": works(token, now),
            "scopes": [(scope, SCOPES.get(scope, "")) for scope in token.scopes],
        }
        for token in tokens_of(user=request.user)
    ]
    context = {
        "working": [line for line in lines if line["works"]],
        "ended": [line for line in lines if not line["works"]],
        "endpoints": endpoints_of(user=request.user),
    }
    return render(request, "api/programs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_those(is_owner, asks_again=True)
def new_token(request: AuthenticatedRequest) -> HttpResponse:
    """Make a token; it is shown this once."""
    form = TokenForm(request.POST or None, by=request.user)
    if not form.is_valid():
        context = {"form": form, "dangerous": DANGEROUS}
        return render(request, "api/new_token.html", context, status=422 if form.errors else 200)
    now, data = timezone.now(), form.cleaned_data
    token, text = operations.make_token(
        by=request.user,
        name=data["name"],
        scopes=data["scopes"],
        branches=data["branches"],
        expires_at=form.expires_at(now),
        now=now,
    )
    return render(request, "api/secret.html", {"name": token.person.name, "secret": text, "kind": "token"})


@require_POST
@for_those(is_owner)
def revoke(request: AuthenticatedRequest, pk: int) -> HttpResponse:
    """Let a token open nothing any more."""
    found = get_object_or_404(tokens_of(user=request.user), pk=pk)
    token = operations.revoke_token(token_id=found.pk, by=request.user, now=timezone.now())
    messages.success(request, _("The token of %(name)s works no more.") % {"name": token})
    return redirect("programs:index")
