"""What every page is given."""

from typing import Any

from django.http import HttpRequest


def page(request: HttpRequest) -> dict[str, Any]:
    """Return the look that the person has chosen."""
    user = getattr(request, "user", None)
    return {"theme": user.theme if user is not None and user.is_authenticated else "auto"}
