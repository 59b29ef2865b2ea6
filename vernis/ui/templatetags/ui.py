"""What every template may use: icons, money, phones, days."""

from __future__ import annotations

import datetime
import functools
import json
from pathlib import Path

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from vernis.lib import days, money, phones

register = template.Library()
ICONS = Path(__file__).parent.parent / "icons"


@functools.cache
def _drawing(name: str) -> str:
    svg = (ICONS / f"{name}.svg").read_text(encoding="utf-8")
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")].replace(
        '<path stroke="none" d="M0 0h24v24H0z" fill="none" />', ""
    )
    return (
        '<svg class="icon" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.8" '
        f'stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">{inner.strip()}</svg>'
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of `vernis/ui/icons`; it says nothing to a screen reader, so a word must stand beside it."""
    return mark_safe(_drawing(name))  # noqa: S308 (files of ours)


@register.simple_tag(takes_context=True)
def import_map(context: template.Context, room: str) -> SafeString:
    """Tell the browser which version of each module of a room an `import "./name.js"` means."""
    folder = finders.find(room)
    names = sorted(path.name for path in Path(folder).glob("*.js")) if folder else []
    modules = {f"{settings.STATIC_URL}{room}/{name}": static(f"{room}/{name}") for name in names}
    return format_html(
        '<script type="importmap" nonce="{}">{}</script>',
        context.get("CSP_NONCE", ""),
        mark_safe(json.dumps({"imports": modules})),  # noqa: S308 (names of files of ours)
    )


@register.filter
def sum_in(hundredths: int | None, currency: str) -> str:
    """Write hundredths of a currency as people there do: 11 000 ₸."""
    return "" if hundredths is None else money.in_currency(hundredths, currency)


@register.filter
def phone(e164: str) -> str:
    """Write a phone as people read it: +7 701 504-93-16."""
    return phones.spoken(e164)


@register.filter
def masked_phone(e164: str) -> str:
    """Write a phone for those who may not see it: +7 701 ***-**-16."""
    return phones.masked(e164)


@register.filter
def day(value: datetime.date | None, near: datetime.date | None = None) -> str:
    """Write a day as people say it: 12 May, with the year where it is not this one."""
    return "" if value is None else days.spoken(value, near=near or value)
