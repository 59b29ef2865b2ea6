"""Settings of the tests: those of the product, in a folder of their own, with passwords that are quick to check.

SQLite, unless DATABASE_URL says otherwise (`scripts/postgres.py` sets it).
"""

import atexit
import os
import shutil
import tempfile

HOME_OF_TESTS = tempfile.mkdtemp(prefix="vernis-tests-")
atexit.register(shutil.rmtree, HOME_OF_TESTS, ignore_errors=True)
os.environ["VERNIS_HOME"] = HOME_OF_TESTS
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop running in the thread of the tests
for name in ("VERNIS_URL", "VERNIS_DEMO", "EMAIL_URL"):
    os.environ.pop(name, None)

from vernis.settings import *  # noqa: E402, F403
from vernis.settings import DATABASES, HOME  # noqa: E402

WHITENOISE_AUTOREFRESH = True  # looks a file up when asked for: every test client would list them all again
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in a salon: threads, processes and the browser see the same.
    DATABASES["default"]["TEST"] = {"NAME": str(HOME / "tests.sqlite3")}
