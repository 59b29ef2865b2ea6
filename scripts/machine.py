"""What the machine itself must have: Debian packages, Java, certificates. And how set-up talks to people."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

JAVA = 17  # the oldest that PySpark 4 runs on, and the one that Debian 12 has


def ensure_spark_can_run() -> None:
    """Give the machine Java and the name localhost, where it lacks them."""
    ensure_java()
    ensure_localhost()


def ensure_java() -> None:
    """Install Java where Spark would find none that is new enough."""
    if java_version() >= JAVA:
        return
    if os.environ.get("JAVA_HOME"):
        fail(
            f"There is no Java {JAVA} or newer in JAVA_HOME, where Spark looks for it. Correct or unset JAVA_HOME.",
            f"В JAVA_HOME нет Java {JAVA} или новее, а Spark ищет её там. Исправьте или уберите JAVA_HOME.",
        )
    install(f"openjdk-{JAVA}-jre-headless", f"Java {JAVA}, on which Spark runs")
    if java_version() < JAVA:
        fail(
            f"The command java is still older than Java {JAVA}. Put the new one's folder into JAVA_HOME.",
            f"Команда java всё ещё старше Java {JAVA}. Укажите папку новой в JAVA_HOME.",
        )


def java_version() -> int:
    """Return the version of the Java that Spark would use, 0 if there is none."""
    home = os.environ.get("JAVA_HOME")
    java = str(Path(home) / "bin" / "java") if home else "java"
    try:
        said = subprocess.run([java, "-version"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE).stderr.decode()
    except OSError:
        return 0
    versions = re.findall(r'version "(\d+)', said)
    return int(versions[0]) if versions else 0


def ensure_localhost() -> None:
    """Name the machine localhost where it does not know that name (some containers): Spark talks to itself by it."""
    try:
        socket.gethostbyname("localhost")
    except OSError:
        line = "127.0.0.1 localhost"
        say(f"Adding to /etc/hosts: {line}")
        if not succeeds([*as_root(), "sh", "-c", f"echo {line} >> /etc/hosts"]):
            fail(f"Add the line '{line}' to /etc/hosts.", f"Добавьте в /etc/hosts строку '{line}'.")


def install(package: str, what: str) -> None:
    """Install a Debian package or say what to do where we may not."""
    if not shutil.which("apt-get") or not succeeds([*as_root(), "true"], stderr=subprocess.DEVNULL):
        fail(
            f"This machine lacks {what}. On Debian, as root: apt-get install {package}. Then try again.",
            f"Не хватает пакета {package}. В Debian, от root: apt-get install {package}. Затем повторите.",
        )
    say(f"Installing {what}: apt-get install {package}")
    quietly = ["--quiet", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300"]
    apt = [*as_root(), "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *quietly]
    succeeds([*apt, "update"])  # if it does not, the next line may still
    if not succeeds([*apt, "install", "--yes", "--no-install-recommends", package]):
        fail(
            f"apt-get could not install {package}; the lines above say why.",
            f"apt-get не смог установить {package}, причина в строках выше.",
        )


def as_root() -> list[str]:
    """Return what makes the command after it run as root, or fail instead of asking."""
    return [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]


def ensure_tests_can_run() -> None:
    """Give the machine a PostgreSQL to start and a browser, where it lacks them."""
    if not shutil.which("initdb") and not any(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        install("postgresql", "PostgreSQL, on which the tests run too")
    if not browser():
        install("chromium", "Chromium, in which the tests open pages")
    if not browser():
        fail("There is still no command chromium.", "Команды chromium всё ещё нет.")


def browser() -> str | None:
    """Return the browser that tests drive."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def has_certificates() -> bool:
    """Tell whether this machine knows anybody who vouches for sites."""
    places = ssl.get_default_verify_paths()
    return bool(places.cafile or (places.capath and any(Path(places.capath).iterdir())))


def succeeds(command: list[str], **options: Any) -> bool:
    """Run a command, which can ask nothing, and tell whether it went well."""
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, **options).returncode == 0
    except OSError:
        return False


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


def fail(english: str, russian: str) -> NoReturn:
    sys.exit(f"\n{english}\n{russian}")
