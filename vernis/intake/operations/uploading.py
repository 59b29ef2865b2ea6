"""Files come in, are guessed at, and get the mapping that people say."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from vernis.accounts.models import Branch
from vernis.connectors import spreadsheets
from vernis.intake import places
from vernis.intake.models import Import, ImportFile, KnownMapping
from vernis.intake.sources import Kind

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Sequence

    from vernis.accounts.models import Organization, User

MOST_FILES = 20
MOST_BYTES = 600 * 2**20
FILES = "files"
"""The source of all files of an organization: the same row in another export is the same thing."""


class TooManyFiles(Exception):
    """More files at once than anybody has."""


class TooBig(Exception):
    """The files are larger than `MOST_BYTES` together."""


def upload(
    *, organization: Organization, by: User | None, files: Sequence[tuple[str, Iterable[bytes]]], now: datetime.datetime
) -> Import:
    """Keep files (name, parts of the contents) and guess what is in them.

    Raises TooManyFiles, TooBig and `spreadsheets.NotASpreadsheet`; then nothing is kept.
    """
    if len(files) > MOST_FILES:
        raise TooManyFiles
    one = Import(organization=organization, source=FILES, kind=Kind.FILES, by=by, created_at=now)
    try:
        kept = _keep(one, files)
        sheets = spreadsheets.read_files(_sources(places.uploads_of(one), kept))
        mapping = spreadsheets.guess(
            sheets,
            country=organization.country,
            currency=organization.currency,
            branches=list(Branch.objects.of(organization).filter(is_active=True).values_list("name", flat=True)),
            remembered=_remembered(organization, [sheet.fingerprint for sheet in sheets]),
        )
        one.mapping = json.loads(mapping.to_json())
        one.title = ", ".join(file.name for file in kept)[:200]
        with transaction.atomic():
            one.save()
            for file in kept:
                file.of_import = one
                file.save()
    except BaseException:
        places.delete(one)
        raise
    return one


def _keep(one: Import, files: Sequence[tuple[str, Iterable[bytes]]]) -> list[ImportFile]:
    kept, left = [], MOST_BYTES
    for number, (name, parts) in enumerate(files):
        digest, size = hashlib.sha256(), 0
        with _path(places.uploads_of(one), number, name).open("xb") as out:
            for part in parts:
                size += len(part)
                if size > left:
                    raise TooBig
                digest.update(part)
                out.write(part)
        left -= size
        kept.append(
            ImportFile(
                organization=one.organization, number=number, name=spoken_name(name), size=size,
                sha256=digest.hexdigest(),
            )
        )  # fmt: skip
    return kept


def spoken_name(name: str) -> str:
    """Return the name of a file without folders and without what cannot be read."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(char for char in unicodedata.normalize("NFC", last) if char.isprintable())[:255] or "—"


def _path(folder: Path, number: int, name: str) -> Path:
    ending = Path(spoken_name(name)).suffix.lower()
    return folder / f"{number}{ending if ending[1:].isalnum() and ending.isascii() else ''}"


def _sources(folder: Path, files: Iterable[ImportFile]) -> list[spreadsheets.Source]:
    return [spreadsheets.Source(_path(folder, file.number, file.name), file.name) for file in files]


def sources_of(one: Import) -> list[spreadsheets.Source]:
    """Return the files of an import as the connector reads them."""
    return _sources(places.uploads_of(one), one.files.order_by("number"))


def mapping_of(one: Import) -> spreadsheets.Mapping:
    """Return what the columns of an import are."""
    return spreadsheets.Mapping.from_json(json.dumps(one.mapping))


def save_mapping(*, of_import: Import, mapping: spreadsheets.Mapping, now: datetime.datetime) -> None:
    """Keep what people have said of the columns, for this import and for the next files of this kind."""
    with transaction.atomic():
        of_import.mapping = json.loads(mapping.to_json())
        of_import.state = Import.State.MAPPED
        of_import.save(update_fields=["mapping", "state"])
        for fingerprint, text in mapping.remembered().items():
            KnownMapping.objects.update_or_create(
                organization=of_import.organization, fingerprint=fingerprint[:64],
                defaults={"mapping": without_samples(json.loads(text)), "used_at": now},
            )  # fmt: skip


def _remembered(organization: Organization, fingerprints: list[str]) -> dict[str, str]:
    known = KnownMapping.objects.of(organization).filter(fingerprint__in=[one[:64] for one in fingerprints])
    return {one.fingerprint: json.dumps(one.mapping, ensure_ascii=False) for one in known}


def without_samples(sheet: dict[str, Any]) -> dict[str, Any]:
    """Return a sheet's mapping without the values that stood in its columns: they are of people."""
    columns = [{**column, "samples": []} for column in sheet.get("columns", [])]
    return {**sheet, "columns": columns}
