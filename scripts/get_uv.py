"""Get uv, which installs everything else: one pinned version, checked by its hash, without root."""

import hashlib
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

from machine import fail, has_certificates, install, say, succeeds

PINS = Path(__file__).resolve().parent / "uv-requirements.txt"
INDEX = "https://pypi.org/simple/uv/"


def get_uv(tools: Path) -> Path:
    """Return the program uv in the folder of tools; if it is not there yet, pip brings it, or else we do."""
    version = re.findall(r"^uv==(\S+)", PINS.read_text(), re.MULTILINE)[0]
    folder = tools / f"uv-{version}"
    if not (folder / "bin" / "uv").exists():
        tools.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=str(tools)) as made:
            if not by_pip(Path(made)):
                by_ourselves(Path(made), version)
            shutil.rmtree(str(folder), ignore_errors=True)
            shutil.copytree(made, str(folder))
    return folder / "bin" / "uv"


def by_pip(folder: Path) -> bool:
    """Install uv by pip, with pip's own settings (mirror, proxy, certificates); tell whether that worked."""
    pip = [sys.executable, "-m", "pip", "--no-input", "--disable-pip-version-check"]
    if not succeeds([*pip, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        return False
    say("Getting uv, which installs the rest, with pip")
    install_uv = ["install", "--require-hashes", "--only-binary=:all:", "--target", str(folder), "-r", str(PINS)]
    environment = {**os.environ, "PIP_USER": "0", "PIP_ROOT_USER_ACTION": "ignore"}
    return succeeds([*pip, *install_uv], env=environment) and (folder / "bin" / "uv").exists()


def by_ourselves(folder: Path, version: str) -> None:
    """Fetch the wheel of uv for this machine from PyPI and unpack the program."""
    say("Getting uv, which installs the rest, from PyPI without pip (25 MB)")
    wheel_name = re.escape(f"uv-{version}-py3-none-") + rf"[\w.]*{kind_of_machine()}[\w.]*\.whl"
    links = re.findall(rf'href="([^"]*/{wheel_name})[#"]', fetch(INDEX).decode())
    if not links:
        fail(
            f"PyPI has no uv {version} for this machine. Install pip (Debian: python3-pip) and try again.",
            f"На PyPI нет uv {version} для этой машины. Установите pip (Debian: python3-pip) и повторите.",
        )
    packed = fetch(urllib.parse.urljoin(INDEX, links[0]))
    if f"sha256:{hashlib.sha256(packed).hexdigest()} " not in PINS.read_text().replace("\n", " "):
        fail("What came is not the uv that we know. Stopped.", "Пришёл не тот uv, который мы знаем. Остановлено.")

    wheel, program = folder / "uv.whl", folder / "bin" / "uv"
    wheel.write_bytes(packed)
    program.parent.mkdir()
    with zipfile.ZipFile(str(wheel)) as files:
        program.write_bytes(files.read(f"uv-{version}.data/scripts/uv"))
    program.chmod(0o755)
    wheel.unlink()


def kind_of_machine() -> str:
    """Return what a wheel's name says about the machines it is for, as a pattern."""
    if sys.platform == "darwin":
        return rf"macosx_\d+_\d+_{platform.machine()}"
    libc = "manylinux_2_17" if platform.libc_ver()[0] == "glibc" else "musllinux_1_1"
    return f"{libc}_{platform.machine()}"


def fetch(url: str, *, is_retry: bool = False) -> bytes:
    """Return what is at an address; where the machine trusts nobody yet, give it certificates and try again."""
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return bytes(answer.read())
    except OSError as error:
        if not isinstance(getattr(error, "reason", error), ssl.SSLError) or has_certificates() or is_retry:
            fail(
                f"Cannot read {url}: {error}. A proxy goes into HTTPS_PROXY, its certificates into SSL_CERT_FILE.",
                f"Не удаётся прочитать {url}. Прокси указывают в HTTPS_PROXY, его сертификаты в SSL_CERT_FILE.",
            )
    install("ca-certificates", "the certificates by which sites are trusted")
    return fetch(url, is_retry=True)
