"""Who may do what on the pages of the room."""

from tests.web.route import Route

ROUTES: dict[str, Route] = {}
