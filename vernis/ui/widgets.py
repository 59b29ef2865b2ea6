"""Choices, written at once.

Django draws every option by templates; with hundreds of masters and services that is most of a page's time.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from django.forms.renderers import BaseRenderer


class QuickSelect(forms.Select):
    """A select without groups."""

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: BaseRenderer | None = None
    ) -> SafeString:
        """Return what `forms.Select` would."""
        del renderer
        with_name = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>{}</select>", flatatt(with_name), options(self.choices, self.format_value(value)))


def options(choices: Iterable[tuple[Any, Any]], chosen: Collection[str]) -> SafeString:
    """Return the options of a select: pairs of value and title, `chosen` as text."""
    texts = ((str(value), str(title)) for value, title in choices)
    rows = (
        f'<option value="{escape(value)}"{" selected" if value in chosen else ""}>{escape(title)}</option>'
        for value, title in texts
    )
    return mark_safe("\n".join(rows))  # noqa: S308 (escaped)


def checkboxes(name: str, choices: Iterable[tuple[Any, Any]], chosen: Collection[str], form: str) -> SafeString:
    """Return a labelled box for every pair of value and title; `form` is the id of the form they belong to."""
    box = f'<label class="choice"><input type="checkbox" name="{escape(name)}" form="{escape(form)}" value="'
    rows = (
        f'{box}{escape(str(value))}"{" checked" if str(value) in chosen else ""}> {escape(str(title))}</label>'
        for value, title in choices
    )
    return mark_safe("\n".join(rows))  # noqa: S308 (escaped)
