"""SQLite new enough for two writing processes: chosen before Django looks for one.

SQLite older than 3.51.3 can corrupt a database in WAL mode when two processes write (Debian 12 ships 3.40.1), so the
wheel `pysqlite3`, which carries a newer one, takes the place of the standard library's module.
"""

import importlib
import sys

SQLITE_AT_LEAST = (3, 51, 3)


def choose_sqlite() -> None:
    """Let `import sqlite3` find pysqlite3 where it is installed; must run before anything imports sqlite3."""
    try:
        newer = importlib.import_module("pysqlite3")
    except ImportError:  # no wheel for this machine: the check at start says so if its own SQLite is too old
        return
    sys.modules["sqlite3"] = newer
    sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
