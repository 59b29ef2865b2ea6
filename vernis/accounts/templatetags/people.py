"""How people are shown."""

from __future__ import annotations

import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vernis.accounts.models import User
from vernis.accounts.rules import may_change_person

register = template.Library()


@register.simple_tag
def changeable_by(user: User, person: User) -> bool:
    """Tell whether `user` may change `person`."""
    return bool(may_change_person(user, person))


@register.filter
def seen(at: datetime.datetime) -> str:
    """Say how long ago a moment was: just now, 5 minutes ago, 3 hours ago, 12 May."""
    ago = timezone.now() - at
    minutes, hours = int(ago.total_seconds() // 60), int(ago.total_seconds() // 3600)
    if minutes < 2:
        return _("just now")
    if hours < 1:
        return ngettext("%(count)s minute ago", "%(count)s minutes ago", minutes) % {"count": minutes}
    if hours < 24:
        return ngettext("%(count)s hour ago", "%(count)s hours ago", hours) % {"count": hours}
    return date_format(at, "j E")


BROWSERS = (("Edg", "Edge"), ("YaBrowser", "Яндекс Браузер"), ("OPR", "Opera"), ("Firefox", "Firefox"),
            ("Chrome", "Chrome"), ("Safari", "Safari"))  # fmt: skip
DEVICES = (("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac", "Mac"),
           ("Linux", "Linux"))  # fmt: skip


@register.filter
def browser(user_agent: str) -> str:
    """Say what somebody came in with: Chrome, Windows."""
    found = [next((name for mark, name in marks if mark in user_agent), "") for marks in (BROWSERS, DEVICES)]
    return ", ".join(name for name in found if name) or _("unknown device")
