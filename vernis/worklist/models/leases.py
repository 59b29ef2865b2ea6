"""Who is on the phone with whom."""

from django.conf import settings
from django.db import models

from vernis.accounts.models import Owned
from vernis.book.models import Client


class Lease(Owned):
    """A client held by one person until `expires_at`; `number` grows with every new holder (fencing)."""

    client = models.OneToOneField(Client, models.CASCADE, related_name="lease")
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    number = models.BigIntegerField(default=1)
    expires_at = models.DateTimeField()
