"""The application for a web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vernis.settings")

application = get_wsgi_application()

# What is loaded now stays: the collector need not walk through it again, which takes 150 ms in the midst of a request.
gc.collect()
gc.freeze()
