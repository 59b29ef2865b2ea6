"""No text for people stands anywhere but in the catalogues."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

import vernis

PACKAGE = Path(vernis.__file__).parent
MAY_BE_RUSSIAN = (
    "intake/alike",
    "intake/pet_names",
    "warehouse/checks",
    "warehouse/sample/",
    "cli/demo",
    "book/demo",
    "worklist/operations/demo",
    "accounts/demo",
)
"""Invented people and services; words that are looked for in names."""
OWN_NAMES = {"Русский", "ё", "е", "сом", "Яндекс", "Браузер"}
"""A language says its name in itself; letters that are spelled in two ways; the sign of a currency; a browser."""
NEEDS_NO_TRANSLATION = {"Vernis", "WhatsApp", "Русский", "English", "Esc", "Enter", "Tab"}
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.*"))
SPOKEN = ("title", "placeholder", "aria-label", "aria-description", "alt", "label")


def is_invented(path: Path) -> bool:
    return str(path.relative_to(PACKAGE)).startswith(MAY_BE_RUSSIAN)


def test_russian_stands_in_the_catalogues_only() -> None:
    files = [
        path
        for suffix in ("py", "js", "html", "css", "txt", "svg")
        for path in PACKAGE.rglob(f"*.{suffix}")
        if not is_invented(path)
    ]
    found = {
        (str(path.relative_to(PACKAGE)), word)
        for path in files
        for word in re.findall("[а-яёА-ЯЁ]+", without_comments(path))
    }

    assert len(files) > 100
    assert {place for place in found if place[1] not in OWN_NAMES} == set()


def without_comments(path: Path) -> str:
    """Return a file without comments and without docstrings, which may quote what a receptionist says."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return re.sub(r'"""(?s:.*?)"""|#.*', "", text)
    if path.suffix in (".js", ".css"):
        return re.sub(r"/\*(?s:.*?)\*/|(?m:^|\s)//.*", "", text)
    return text


class Words(HTMLParser):
    """Collect what a page says to people: its text, and attributes that are read aloud."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.is_code = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.is_code = tag in ("script", "style")
        self.found += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self.is_code = False

    def handle_data(self, data: str) -> None:
        if not self.is_code:
            self.found.append(data)


def words_of(template: str) -> set[str]:
    """Return the words of a template that no tag has translated."""
    bare = re.sub(
        r"\{%\s*(comment|blocktranslate|blocktrans)\b(?s:.*?)%\}(?s:.*?)\{%\s*end\1\s*%\}|\{#.*?#\}", "", template
    )
    bare = re.sub(r"\{%\s*block \w*class\w*\s*%\}.*?\{%\s*endblock", "{%", bare)  # classes of a base template
    bare = re.sub(r"\{%(?s:.*?)%\}|\{\{(?s:.*?)\}\}", "", bare)
    page = Words()
    page.feed(bare)
    page.close()
    return {word for text in page.found for word in re.findall(r"[^\W\d_]{2,}", text)} - NEEDS_NO_TRANSLATION


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_template_says_nothing_untranslated(template: Path) -> None:
    assert words_of(template.read_text(encoding="utf-8")) == set()


def test_untranslated_words_would_be_found() -> None:
    template = """{% load i18n %}<p title="Hover">{% translate "Good" %} {{ name }} Bare{# note #}</p>
    {% blocktranslate count n=5 %}one{% plural %}many{% endblocktranslate %}<script>let code</script>"""

    assert words_of(template) == {"Hover", "Bare"}
