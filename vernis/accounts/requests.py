"""What a view behind `login_required` is called with."""

from django.http import HttpRequest

from vernis.accounts.models import User


class AuthenticatedRequest(HttpRequest):
    """A request of somebody who is logged in."""

    user: User
