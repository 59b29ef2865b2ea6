"""Clients, what we know of them, and what they have allowed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from vernis.accounts.models import Branch, Owned, OwnedQuerySet


class PresentClients(models.Manager.from_queryset(OwnedQuerySet)):  # type: ignore[misc]
    """Clients but those whose card has been merged into another one."""

    def get_queryset(self) -> OwnedQuerySet:
        """Leave out absorbed cards."""
        rows: OwnedQuerySet = super().get_queryset()
        return rows.filter(merged_into=None)


class Client(Owned):
    """A person who came or may come. `branch` is where she was last, and decides who sees the card.

    `merged_into`: the card that stands for this one since they were found to be the same person; this one is kept as
    it was. Only `everyone` finds it then.
    """

    branch = models.ForeignKey(Branch, models.PROTECT, null=True, blank=True, verbose_name=_("branch"))
    name = models.CharField(_("name"), max_length=200)
    phone = models.CharField(_("phone"), max_length=20, blank=True)  # E.164
    second_phone = models.CharField(_("second phone"), max_length=20, blank=True)  # E.164
    email = models.EmailField(_("e-mail"), blank=True)
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)
    birth_month = models.PositiveSmallIntegerField(_("month of birth"), null=True, blank=True)
    birth_day = models.PositiveSmallIntegerField(_("day of birth"), null=True, blank=True)
    traits = models.JSONField(_("traits"), default=dict, blank=True)  # {"hair_length": "long"}
    allergies = models.TextField(_("allergies"), blank=True)
    preferences = models.TextField(_("preferences"), blank=True)
    wishes = models.TextField(_("wishes"), blank=True)
    favourite_line = models.CharField(_("favourite cosmetics line"), max_length=200, blank=True)
    source = models.CharField(_("how she found us"), max_length=200, blank=True)
    note = models.TextField(_("note"), blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)  # at her wish; visits stay as numbers
    key = models.UUIDField(null=True, blank=True, editable=False)  # of the form that added her, so that twice is once
    search_name = models.CharField(max_length=200, editable=False, default="")  # lower case, ё as е
    search_phone = models.CharField(max_length=45, editable=False, default="")  # digits of both phones
    external_id = models.CharField(max_length=100, blank=True, default="")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="absorbed"
    )

    objects = PresentClients()  # type: ignore[misc]
    everyone = OwnedQuerySet.as_manager()

    class Meta:
        ordering = ("name", "pk")
        indexes = (
            models.Index(fields=["organization", "search_name"], name="client_by_name"),
            models.Index(fields=["organization", "phone"], name="client_by_phone"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=["organization", "external_id"],
                name="client_external_id_is_unique",
                condition=~Q(external_id=""),
            ),
            models.UniqueConstraint(fields=["organization", "key"], name="client_key_is_unique"),
            models.CheckConstraint(
                condition=Q(birth_month__isnull=True, birth_day__isnull=True, birth_year__isnull=True)
                | Q(
                    birth_month__isnull=False,
                    birth_month__range=(1, 12),
                    birth_day__isnull=False,
                    birth_day__range=(1, 31),
                ),
                name="birthday_is_whole",
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name_in_log(self) -> str:
        """What the log of changes calls her, who may ask to be forgotten."""
        return f"№ {self.pk}"

    @property
    def first_name(self) -> str:
        """The first word of the name: all that those who serve may know."""
        return self.name.split()[0] if self.name.split() else self.name


class SearchTerm(Owned):
    """What a client is found by: a word of the name, or digits with which a phone begins or ends.

    Kept by `operations.searching`. An own table, so that any word and the last digits are found by an index; bytes are
    compared as bytes by both databases, and under row level security too, where LIKE may not use an index.
    """

    client = models.ForeignKey(Client, models.CASCADE, related_name="terms")
    term = models.BinaryField(max_length=80)  # UTF-8

    class Meta:
        indexes = (models.Index(fields=["organization", "term", "client"], name="client_by_term"),)


class Trait(Owned):
    """Something about clients that matters for intervals, with the values it can have."""

    key = models.SlugField(_("key"), max_length=50)
    title = models.CharField(_("title"), max_length=100)
    values = models.JSONField(_("values"), default=list)  # [["long", "длинные"], ...]

    class Meta:
        ordering = ("title", "pk")
        constraints = (models.UniqueConstraint(fields=["organization", "key"], name="trait_key_is_unique"),)

    def __str__(self) -> str:
        return self.title


class Consent(Owned):
    """An event: a client gave or withdrew a consent. Append-only; the latest of a channel and purpose holds."""

    class Channel(models.TextChoices):
        CALL = "call", _("calls")
        SMS = "sms", _("SMS")
        MESSENGER = "messenger", _("messengers")
        EMAIL = "email", _("e-mail")

    class Purpose(models.TextChoices):
        SERVICE = "service", _("about visits")  # reminders, control of quality
        ADVERTISING = "advertising", _("offers")

    class Means(models.TextChoices):
        PAPER = "paper", _("on paper")
        SPOKEN = "spoken", _("said aloud")
        WRITTEN = "written", _("in a message")
        PAGE = "page", _("on our page")
        MERGED = "merged", _("two cards were merged")

    client = models.ForeignKey(Client, models.CASCADE, related_name="consents")
    channel = models.CharField(_("channel"), max_length=20, choices=Channel.choices)
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose.choices)
    is_given = models.BooleanField(_("given"))
    means = models.CharField(_("how"), max_length=20, choices=Means.choices)
    wording = models.TextField(_("wording"), blank=True)  # what was agreed to, word for word
    key = models.UUIDField(null=True, blank=True, editable=False, unique=True)  # of the form
    note = models.CharField(_("note"), max_length=500, blank=True)
    merge = models.ForeignKey(  # whose stricter answer this is; goes when the merge is undone
        "book.Merge", models.CASCADE, null=True, blank=True, editable=False, related_name="consents"
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "pk")
        indexes = (models.Index(fields=["client", "channel", "purpose", "at"], name="consent_of_client"),)
