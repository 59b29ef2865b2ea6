"""Results out: to the screen, or to a file that appears whole or not at all."""

import contextlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from vernis.lib.texts import _
from vernis.warehouse.errors import DataError


@contextlib.contextmanager
def target(out: Path | None) -> Iterator[IO[bytes]]:
    """Give a binary file to write to: the standard output, or a new file that takes its name when it is complete."""
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.exists() and not out.is_file():  # a device or a pipe, such as /dev/stdout: nothing to take the place of
        with out.open("wb") as file:
            yield file
        return
    out = out.resolve()  # a link stays a link
    try:
        handle, name = tempfile.mkstemp(prefix=f".{out.name}.", suffix=".part", dir=out.parent)
    except OSError as error:
        raise DataError(_("{file}: cannot be written ({error})").format(file=out, error=error.strerror)) from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.chmod(0o666 & ~_umask())
        unfinished.replace(out)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
