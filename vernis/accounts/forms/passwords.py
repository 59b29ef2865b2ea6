"""Asking for a new password: nobody learns here whether an e-mail is known, not even by a clock."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.forms import EmailField
from allauth.core import ratelimit
from django import forms
from django_q.tasks import async_task

if TYPE_CHECKING:
    from django.http import HttpRequest


class ResetForm(forms.Form):
    """An e-mail; the letter is left to the worker, who looks whether there is such a person."""

    email = EmailField(required=True)

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Ask the worker for the letter."""
        email: str = self.cleaned_data["email"]
        if ratelimit.consume(request, action="reset_password", key=email.strip().upper().casefold()):
            async_task("vernis.accounts.jobs.send_password_link", email, save=False)
        return email
