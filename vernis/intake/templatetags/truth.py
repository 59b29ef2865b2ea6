"""How findings are shown."""

from __future__ import annotations

import datetime
from typing import Any

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from vernis.accounts.rules import runs_everything
from vernis.intake.queries.truth import FIGURES, warnings_for
from vernis.lib.texts import LANGUAGES, speaking
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


@register.inclusion_tag("intake/truth/_warnings.html", takes_context=True)
def data_warnings(context: dict[str, Any], figure: str) -> dict[str, Any]:
    """Say on a page that a figure (`queries.truth.FIGURES`) rests on bad data, if it does; one query."""
    user = context["request"].user
    spoken = (get_language() or "ru")[:2]
    with speaking(spoken if spoken in LANGUAGES else "en"):
        found = warnings_for(figure, organization=user.organization_id) if figure in FIGURES else []
    return {"found": found[:2], "may_look": runs_everything(user)}
