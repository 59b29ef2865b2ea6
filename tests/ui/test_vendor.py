"""What the browser is given is what the packages have."""

import hashlib
import json
import re
from pathlib import Path

import vernis.ui

UI = Path(vernis.ui.__file__).parent


def test_every_file_of_others_has_the_hash_it_was_brought_with() -> None:
    noted = {
        name: digest
        for files in json.loads((UI / "vendor.json").read_text()).values()
        for name, digest in files.items()
    }
    there = [*(UI / "static" / "ui" / "vendor").iterdir(), *(UI / "icons").iterdir()]

    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in there} == noted


def test_every_icon_that_a_template_names_is_there() -> None:
    named = {
        name
        for template in UI.parent.rglob("*.html")
        for name in re.findall(r'\{% icon "([^"]+)"', template.read_text(encoding="utf-8"))
    }

    assert named - {path.stem for path in (UI / "icons").glob("*.svg")} == set()
