"""How findings are shown."""

from __future__ import annotations

import datetime

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from vernis.warehouse.checks import Severity

register = template.Library()

_LOOKS = {
    Severity.BAD: ("tag--red", _("misleads")),
    Severity.DOUBTFUL: ("tag--yellow", _("doubtful")),
    Severity.NOTE: ("", _("good to know")),
    Severity.FINE: ("tag--green", _("in order")),
}


@register.simple_tag
def severity_tag(severity: Severity) -> SafeString:
    """Return the tag that says how bad a finding is."""
    look, words = _LOOKS[severity]
    return format_html('<span class="tag {}">{}</span>', look, words)


@register.filter
def wall_clock(text: str) -> str:
    """Return a wall clock as people read it."""
    moment = datetime.datetime.fromisoformat(text)
    return f"{date_format(moment, 'j E Y')}, {moment:%H:%M}"
