"""What no template may have: what the Content-Security-Policy would refuse, and attributes that htmx does not know."""

import re
from pathlib import Path

import pytest

import vernis

PACKAGE = Path(vernis.__file__).parent
TEMPLATES = sorted(PACKAGE.rglob("templates/**/*.html"))
HTMX = (PACKAGE / "ui" / "static" / "ui" / "vendor" / "htmx.min.js").read_text(encoding="utf-8")
each = pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(PACKAGE)))


def tags(template: Path, name: str) -> list[str]:
    """Return the opening tags of a kind."""
    text = re.sub(r"\{#.*?#\}", "", template.read_text(encoding="utf-8"))
    return re.findall(rf"<{name}\b(?:\{{[%{{].*?[%}}]\}}|\"[^\"]*\"|'[^']*'|[^>])*>", text, re.DOTALL)


def attributes(template: Path) -> set[str]:
    return {name for tag in tags(template, "[a-z]") for name in re.findall(r"[\s\"']([a-z][\w:.-]*)=", tag)}


def test_there_are_templates_to_look_at() -> None:
    assert len(TEMPLATES) > 5


@each
def test_the_attributes_of_htmx_are_those_that_it_knows(template: Path) -> None:
    named = {name.strip() for name in re.findall(r"\shx-[a-z:.-]+", template.read_text(encoding="utf-8"))}
    known = {name for name in named if re.sub(r":(inherited|append|\d|[245]xx).*", "", name) in HTMX}

    assert named - known == set()
    assert not any(name.startswith("hx-on") for name in named), "the policy refuses code in attributes"


@each
def test_no_code_and_no_style_stand_in_the_page(template: Path) -> None:
    assert {name for name in attributes(template) if name == "style" or re.fullmatch("on[a-z]+", name)} == set()
    assert tags(template, "style") == []
    for script in tags(template, "script"):
        is_data = "application/json" in script
        assert is_data or ("src=" in script and 'nonce="{{ CSP_NONCE }}"' in script), script


@each
def test_every_form_that_writes_has_its_token(template: Path) -> None:
    text = template.read_text(encoding="utf-8")
    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        if re.search(r'method="post"', form, re.IGNORECASE):
            assert "{% csrf_token %}" in form, form[:200]


@each
def test_links_to_other_sites_tell_them_nothing(template: Path) -> None:
    for link in tags(template, "a"):
        if 'target="_blank"' in link:
            assert 'rel="noopener' in link, link
