"""Settings of a process that a test starts: the database and the folder of the test."""

import os

os.environ["VERNIS_HOME"] = os.environ["TEST_HOME"]

from vernis.settings import *  # noqa: F403
from vernis.settings import DATABASES

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
