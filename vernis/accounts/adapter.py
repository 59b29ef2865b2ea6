"""How allauth behaves here: nobody signs up without an invitation."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class ByInvitation(DefaultAccountAdapter):
    """An account begins with an invitation only."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return False: people join by the link of an invitation."""
        return False
