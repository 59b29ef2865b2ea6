"""One's own page: language and look."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from vernis.accounts.models import User

if TYPE_CHECKING:
    from django.http import HttpResponse

    from vernis.accounts.requests import AuthenticatedRequest


class ProfileForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("name", "language", "theme")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: AuthenticatedRequest) -> HttpResponse:
    """Show and save one's own settings."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if form.is_valid():
        form.save()
        return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=422 if form.errors else 200)
