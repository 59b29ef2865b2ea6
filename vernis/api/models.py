"""Tokens of programs, what they were answered, what they have told us, and what we tell them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Owned


class Token(Owned):
    """A way in for a program. `person` is the program as a person who never logs in, with its own branches.

    The secret is shown once; only its SHA-256 is kept. It works while who made it still owns the business.
    """

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    prefix = models.CharField(max_length=8, unique=True)  # not secret: by it the token is found, and told from others
    secret_hash = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("may"), default=list)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(_("works until"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.person.name

    @property
    def beginning(self) -> str:
        """What may be shown of its text."""
        return f"vernis_{self.prefix}_…"


class Answer(Owned):
    """What a request with an idempotency key was answered, so that the same request again is answered the same."""

    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, address and body
    status = models.PositiveSmallIntegerField(default=0)  # 0: while it is being worked on
    content_type = models.CharField(max_length=100, blank=True)
    body = models.TextField(blank=True)
    client_id = models.BigIntegerField(null=True)  # whom it tells of, so that it can be forgotten with her
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["token", "key"], name="answer_key_is_unique"),)
        indexes = (models.Index(fields=["organization", "client_id"], name="answer_of_client"),)


class Outside(Owned):
    """What another system calls something of ours. Grain: one (source, kind, ref)."""

    class Kind(models.TextChoices):
        CLIENT = "client"
        APPOINTMENT = "appointment"

    source = models.CharField(max_length=50)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    ref = models.CharField(max_length=100)
    number = models.BigIntegerField(null=True)  # of ours; empty while it is being made
    told_at = models.DateTimeField(null=True)  # when what we know of it happened there; older news change nothing

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "source", "kind", "ref"], name="outside_is_known_once"),
        )


class News(Owned):
    """An event that another system has reported, by its own number there; told twice it counts once."""

    class Outcome(models.TextChoices):
        APPLIED = "applied"
        OLDER = "older"  # we know something later already

    source = models.CharField(max_length=50)
    event_id = models.CharField(max_length=100)
    fingerprint = models.CharField(max_length=64)
    outcome = models.CharField(max_length=20, choices=Outcome.choices)
    appointment_id = models.BigIntegerField(null=True)
    client_id = models.BigIntegerField(null=True)
    received_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["organization", "source", "event_id"], name="news_is_told_once"),
        )


class Endpoint(Owned):
    """Where another program wants to hear what happens here (Standard Webhooks)."""

    url = models.URLField(_("address"), max_length=500)
    events = models.JSONField(_("events"), default=list)
    secret = models.BinaryField()  # sealed
    old_secret = models.BinaryField(null=True)  # sealed; signs too until `old_secret_until`
    old_secret_until = models.DateTimeField(null=True)
    is_active = models.BooleanField(_("is sent to"), default=True)
    is_gone = models.BooleanField(default=False)  # it has answered 410
    failing_since = models.DateTimeField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.url.partition("?")[0]


class Delivery(Owned):
    """A message for one endpoint, written in the transaction of what it tells of. Ids and states, no personal data."""

    class State(models.TextChoices):
        WAITING = "waiting", _("on its way")
        DELIVERED = "delivered", _("delivered")
        FAILED = "failed", _("given up")

    endpoint = models.ForeignKey(Endpoint, models.CASCADE, related_name="deliveries")
    message = models.UUIDField(default=uuid.uuid4)  # the same however often it is sent
    event = models.CharField(max_length=50)
    payload = models.TextField()
    created_at = models.DateTimeField()
    state = models.CharField(max_length=20, choices=State.choices, default=State.WAITING)
    attempts_count = models.PositiveSmallIntegerField(default=0)
    attempts = models.JSONField(default=list)  # the latest: {"at", "status" or "fault", "ms"}
    next_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        indexes = (
            models.Index(fields=["organization", "next_at"], condition=Q(state="waiting"), name="delivery_due"),
            models.Index(fields=["endpoint", "-id"], name="delivery_of_endpoint"),
            models.Index(fields=["organization", "created_at"], name="delivery_by_age"),
        )

    @property
    def message_id(self) -> str:
        """The header `webhook-id`."""
        return f"msg_{self.message.hex}"
