"""Organizations, their branches, and the people who work there."""

from __future__ import annotations

import contextlib
import secrets
from typing import TYPE_CHECKING, Any, ClassVar, Self
from zoneinfo import ZoneInfo

from auditlog.models import AbstractLogEntry, LogEntryManager
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from vernis.accounts.tenancy import scoped_to

if TYPE_CHECKING:
    import datetime


class StaffWord(models.TextChoices):
    """What those who serve are called there."""

    MASTER = "master", _("master")
    DOCTOR = "doctor", _("doctor")
    SPECIALIST = "specialist", _("specialist")


class Role(models.TextChoices):
    """What a person does, from the most to the least trusted."""

    OWNER = "owner", _("owner")
    MANAGER = "manager", _("manager")
    FRONT_DESK = "front_desk", _("front desk")
    OPERATOR = "operator", _("operator")
    STAFF = "staff", _("staff")


class SecondFactor(models.TextChoices):
    """Who does not get in by a password alone."""

    ASKED = "asked", _("nobody has to; owners are asked for one")
    MANAGERS = "managers", _("owners and managers")
    EVERYBODY = "everybody", _("everybody who works here")


class Organization(models.Model):
    """A business: one chair or a network of branches. Nothing of one organization is ever seen by another."""

    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country"), max_length=2, default="RU")  # ISO 3166, for phones
    currency = models.CharField(_("currency"), max_length=3, default="RUB")  # ISO 4217
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow")  # of what has no branch
    language = models.CharField(_("language"), max_length=2, default="ru")
    rules = models.JSONField(_("rules"), default=dict, blank=True)  # numbers of rules.md where they differ
    second_factor = models.CharField(
        _("second step when logging in"), max_length=10, choices=SecondFactor.choices, default=SecondFactor.ASKED
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=now)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of what has no branch."""
        return ZoneInfo(self.timezone)


class OwnedQuerySet(models.QuerySet[Any]):
    """Rows of an organization; every query of a room begins with `of` or `visible_to`."""

    branch_field: ClassVar[str] = "branch"

    def of(self, organization: Organization | int) -> Self:
        """Keep the rows of one organization."""
        return self.filter(organization=organization)

    def visible_to(self, user: User) -> Self:
        """Keep what a person may see: rows of the own organization, in the own branches or in no branch."""
        rows = self.of(user.organization_id)
        if user.sees_all_branches:
            return rows
        mine = models.Q(**{f"{self.branch_field}__in": user.branch_ids})
        return rows.filter(mine | models.Q(**{f"{self.branch_field}__isnull": True}))


class Owned(models.Model):
    """A row of an organization. On PostgreSQL the database itself guards it too (`accounts.tenancy`)."""

    organization = models.ForeignKey(
        Organization,
        models.CASCADE,
        verbose_name=_("organization"),
        related_name="+",
        db_index=False,  # alone it finds everything there is, and SQLite would take it; indexes of tables begin with it
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        abstract = True


class BranchQuerySet(OwnedQuerySet):
    """Branches; a person sees the own ones."""

    branch_field = "pk"


class Branch(Owned):
    """A place where clients come."""

    name = models.CharField(_("name"), max_length=200)
    timezone = models.CharField(_("time zone"), max_length=64, default="Europe/Moscow")
    country = models.CharField(_("country"), max_length=2, default="RU")
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    staff_word = models.CharField(
        _("word for staff"), max_length=20, choices=StaffWord.choices, default=StaffWord.MASTER
    )
    is_active = models.BooleanField(_("open"), default=True)

    objects = BranchQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint("organization", Lower("name"), name="branch_name_is_unique"),)

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        """The time zone by which its days are counted."""
        return ZoneInfo(self.timezone)

    def today(self, now: datetime.datetime) -> datetime.date:
        """Return the day it is there."""
        return now.astimezone(self.zone).date()


class UserManager(BaseUserManager["User"]):
    """People, found by e-mail in any case of letters."""

    def get_by_natural_key(self, username: str | None) -> User:
        """Return the person with this e-mail."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who works in one organization. Without `sees_all_branches` only the own branches are seen."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="people")
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices, default=Role.FRONT_DESK)
    branches = models.ManyToManyField(Branch, blank=True, verbose_name=_("branches"), related_name="people")
    sees_all_branches = models.BooleanField(_("all branches"), default=False)
    language = models.CharField(_("language"), max_length=2, choices=[("ru", "Русский"), ("en", "English")], blank=True)
    theme = models.CharField(
        _("appearance"),
        max_length=5,
        choices=[("auto", _("like the device")), ("light", _("light")), ("dark", _("dark"))],
        default="auto",
    )
    is_active = models.BooleanField(default=True)  # False: dismissed; every session ends with the next request
    dismissed_at = models.DateTimeField(null=True, blank=True)
    is_program = models.BooleanField(default=False)  # acts by a token; is never active, so that nobody comes in as it
    created_at = models.DateTimeField(default=now)

    objects = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta:
        ordering = ("name", "pk")
        constraints = (models.UniqueConstraint(Lower("email"), name="user_email_is_unique"),)

    def __str__(self) -> str:
        return self.name

    @property
    def branch_ids(self) -> list[int]:
        """The branches the person is bound to; asked once per request."""
        if not hasattr(self, "_branch_ids"):
            self._branch_ids = list(self.branches.values_list("pk", flat=True))
        return self._branch_ids

    @property
    def initials(self) -> str:
        """Two letters for the round badge."""
        return "".join(word[0] for word in self.name.split()[:2]).upper()


def new_token() -> str:
    """Return a secret for a link: 32 random bytes."""
    return secrets.token_urlsafe(32)


class Invitation(Owned):
    """A link by which a person joins; only its hash is kept, it works once and until `expires_at`."""

    email = models.EmailField(_("e-mail"))
    name = models.CharField(_("name"), max_length=200, blank=True)
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    branches = models.ManyToManyField(Branch, blank=True, verbose_name=_("branches"), related_name="+")
    sees_all_branches = models.BooleanField(_("all branches"), default=False)
    token_hash = models.CharField(max_length=64, unique=True)  # SHA-256, hexadecimal
    invited_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")

    def __str__(self) -> str:
        return self.name or self.email


class Event(models.TextChoices):
    """What people do with the ways in; changes of rows need no name, they say what has changed."""

    LOGIN = "login", _("came in")
    LOGIN_FAILED = "login_failed", _("typed a wrong password")
    LOGOUT = "logout", _("went out")
    PASSWORD_CHANGED = "password_changed", _("changed the password")
    PASSWORD_RESET = "password_reset", _("set a new password by a link")
    FACTOR_ADDED = "factor_added", _("added a second factor")
    FACTOR_REMOVED = "factor_removed", _("removed a second factor")
    INVITED = "invited", _("sent an invitation")
    INVITATION_REVOKED = "invitation_revoked", _("took back an invitation")
    JOINED = "joined", _("joined by an invitation")
    ROLE_CHANGED = "role_changed", _("changed the role")
    DISMISSED = "dismissed", _("dismissed")
    RESTORED = "restored", _("took back to work")
    SESSIONS_ENDED = "sessions_ended", _("logged out everywhere else")


class LogIsAppendOnly(Exception):
    """The log of changes is written once and never changed."""


class LogQuerySet(OwnedQuerySet):
    """Entries; read and added to, nothing else."""

    def update(self, **kwargs: Any) -> int:
        """Refuse."""
        raise LogIsAppendOnly

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise LogIsAppendOnly


class LogManager(LogEntryManager.from_queryset(LogQuerySet)):  # type: ignore[misc]
    """Adds entries with the organization and the branch of what has changed."""

    def log_create(self, instance: models.Model, force_log: bool = False, **kwargs: Any) -> Any:
        """Add an entry about a row; a row of no organization leaves none."""
        kwargs.setdefault("object_repr", name_of(instance))
        with _in_sight(instance):
            return super().log_create(instance, force_log, **place_of(instance), **kwargs)

    def log_m2m_changes(self, changed: Any, instance: models.Model, operation: str, field: str, **kwargs: Any) -> Any:
        """Add an entry about rows bound to a row or parted from it."""
        with _in_sight(instance):
            return super().log_m2m_changes(changed, instance, operation, field, **place_of(instance), **kwargs)


def _in_sight(instance: models.Model) -> contextlib.AbstractContextManager[None]:
    """Let PostgreSQL take the entry: these two can be written without a scope, their entries cannot."""
    if isinstance(instance, Organization | User):
        return scoped_to(place_of(instance)["organization_id"])
    return contextlib.nullcontext()


def name_of(row: models.Model) -> str:
    """Return what people call a row: its own name, else that of the client or service that it belongs to.

    A row with `name_in_log` is called so: clients can ask to be forgotten, and the log cannot forget.
    """
    if (name := getattr(row, "name_in_log", None)) is not None:
        return str(name)
    if type(row).__str__ is not models.Model.__str__:
        return str(row)
    owners = (getattr(row, name, None) for name in ("client", "appointment", "service", "person", "step"))
    owner = next((owner for owner in owners if isinstance(owner, models.Model)), None)
    return name_of(owner) if owner is not None else f"№ {row.pk}"


def place_of(instance: models.Model) -> dict[str, int | None]:
    """Return the organization and the branch that a row belongs to."""
    if isinstance(instance, Organization):
        return {"organization_id": instance.pk, "branch_id": None}
    owner: Any = instance
    if isinstance(instance, Branch):
        branch_id: int | None = instance.pk
    elif hasattr(instance, "branch_id"):
        branch_id = owner.branch_id
    else:
        parent = getattr(instance, "appointment", None) or getattr(instance, "client", None)
        branch_id = getattr(parent, "branch_id", None)
    return {"organization_id": owner.organization_id, "branch_id": branch_id}


class LogEntry(AbstractLogEntry):  # type: ignore[misc]
    """Who changed what and when (django-auditlog), and what people did with the ways in."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_constraint=False)
    branch = models.ForeignKey(Branch, models.SET_NULL, null=True, related_name="+", db_constraint=False)
    event = models.CharField(max_length=30, choices=Event.choices, blank=True)

    objects = LogManager()

    class Meta:
        get_latest_by = "timestamp"
        ordering = ("-timestamp", "-pk")
        indexes = (models.Index(fields=["organization", "-timestamp"], name="log_of_organization"),)

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Add the entry; an entry that is there already cannot be changed."""
        if not self._state.adding:
            raise LogIsAppendOnly
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise LogIsAppendOnly
