"""The demonstration: an invented network with two years of history until this morning, and a person for each role."""

from __future__ import annotations

import csv
import datetime
import random
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Count, F

from vernis.accounts.models import Branch, Organization, Owned, Role, User
from vernis.accounts.tenancy import scoped_to
from vernis.book import facts
from vernis.book.loading import load_folder
from vernis.book.models import (
    Appointment,
    AppointmentLine,
    Client,
    Consent,
    Contact,
    Service,
    Staff,
    Trait,
    WaitlistEntry,
)
from vernis.book.seeding import sow
from vernis.intake.places import home_of as imports_of
from vernis.warehouse.progress import Progress, no_progress
from vernis.warehouse.sample import write_sample
from vernis.warehouse.sample.catalogue import SERVICES
from vernis.worklist.models import Sync
from vernis.worklist.operations.playbooks import create_default_playbooks
from vernis.worklist.operations.sync import sync_organization, today_in

if TYPE_CHECKING:
    from django.db import models

CLIENTS, SEED = 3000, 1
NAME = "Вернис"
BRANCHES = (
    ("«Вернис на Арбате»", "Europe/Moscow"),
    ("«Вернис на Таганке»", "Europe/Moscow"),
    ("«Вернис на Малышева»", "Asia/Yekaterinburg"),
)
TRAITS = (
    ("hair_length", "Длина волос", [["short", "короткие"], ["medium", "средние"], ["long", "длинные"]]),
    ("skin", "Кожа лица", [["dry", "сухая"], ["oily", "жирная"], ["normal", "нормальная"]]),
)
ALLERGIES = ("Лак с формальдегидом", "Аммиак в краске", "Латекс: мастеру — нитриловые перчатки", "Мёд", "Акрил")
PREFERENCES = ("Кофе без сахара", "Тихая музыка, не разговаривать", "Только по утрам", "Зелёный чай", "Место у окна")
WISHES = ("Попробовать пудровые брови", "Подарочный сертификат маме", "Отрастить до плеч", "Запись вместе с дочкой")
WORDING = "Согласие на обработку персональных данных, звонки и сообщения о визитах."


def make_demo(
    *, now: datetime.datetime, is_anew: bool = False, clients: int = CLIENTS, progress: Progress = no_progress
) -> Organization:
    """Make the demonstration, or bring the one there is up to date; `is_anew` deletes that first."""
    organization = Organization.objects.filter(is_demo=True).first()
    if organization is not None and is_anew:
        forget_demo(organization=organization)
        organization = None
    if organization is None:
        with tempfile.TemporaryDirectory(prefix="vernis-demo-") as folder:
            organization = _made(Path(folder) / "tables", now, clients, progress)
    with scoped_to(organization.pk):
        days = set(today_in(organization, now).days)
        finished = Sync.objects.of(organization).exclude(finished_at=None).filter(as_of__in=days)
        days -= set(finished.values_list("as_of", flat=True))
    if days:
        sync_organization(organization=organization, now=now, days=days, progress=progress)
    return organization


def forget_demo(*, organization: Organization) -> None:
    """Delete a demonstration and everything in it; refuses any other organization."""
    if not organization.is_demo:
        raise ValueError("only a demonstration is deleted")
    home, number = facts.home_of(organization.pk), organization.pk
    with scoped_to(number), transaction.atomic():
        owned = [model for model in apps.get_models() if issubclass(model, Owned)]
        everything: list[type[models.Model]] = [*owned, User]
        for model in everything:
            rows = model._base_manager.filter(organization=organization)
            for field in model._meta.local_many_to_many:
                _delete(field.remote_field.through, **{f"{field.m2m_field_name()}__in": rows})
        for model in owned:  # in any order: the database looks whether all is gone when the transaction ends
            _delete(model, organization=organization)
        User.objects.filter(organization=organization).delete()
        organization.delete()
    shutil.rmtree(home)
    shutil.rmtree(imports_of(number))


def _delete(model: Any, **which: Any) -> None:
    """Delete rows without asking what refers to them."""
    model._base_manager.filter(**which)._raw_delete(connection.alias)


def _made(folder: Path, now: datetime.datetime, clients: int, progress: Progress) -> Organization:
    def share(step: str, done: float) -> None:
        progress(step, round(done * 1000), 1000)

    today = now.astimezone(datetime.timezone(datetime.timedelta(hours=3))).date()
    write_sample(folder, clients=clients, seed=SEED, as_of=today, file_format="parquet", progress=share)
    _move_branches(folder)
    chance = random.Random(SEED)  # noqa: S311 (invented data, the same each time)
    with transaction.atomic():
        organization = Organization.objects.create(name=NAME, is_demo=True, timezone="Europe/Moscow")
        with scoped_to(organization.pk):
            load_folder(organization=organization, folder=folder, now=now, progress=progress)
            _end_at(organization, now)
            _price_list(organization)
            _people(organization)
            _cards(organization, now, chance)
            create_default_playbooks(organization=organization)
            sow(organization, now, chance)
    return organization


def _move_branches(folder: Path) -> None:
    """Put the branches where the demonstration wants them; times in the tables are those of the clock on the wall."""
    from pyarrow import parquet  # noqa: PLC0415

    path = folder / "branches.parquet"
    ids = parquet.read_table(path, columns=["branch_id"]).column(0).to_pylist()
    path.unlink()
    with (folder / "branches.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["branch_id", "name", "timezone"])
        for number, branch_id in enumerate(ids):
            turn, place = divmod(number, len(BRANCHES))
            name, zone = BRANCHES[place]
            writer.writerow([branch_id, name.replace("»", f" {turn + 1}»") if turn else name, zone])


def _end_at(organization: Organization, now: datetime.datetime) -> None:
    """Forget what the sample knows of the rest of the day: it goes on until the evening."""
    Appointment.objects.of(organization).filter(created_at__gt=now).update(created_at=now)
    ahead = Appointment.objects.of(organization).filter(starts_at__gt=now)
    ahead.filter(status__in=["completed", "no_show"]).update(status="booked")
    Appointment.objects.of(organization).filter(cancelled_at__gt=now).update(status="booked", cancelled_at=None)
    Contact.objects.of(organization).filter(made_at__gt=now).delete()
    WaitlistEntry.objects.of(organization).filter(created_at__gt=now).update(created_at=now)


def _price_list(organization: Organization) -> None:
    minutes = {service.service_id: service.minutes for service in SERVICES}
    amounts: dict[int, list[int]] = {}
    paid = AppointmentLine.objects.of(organization).filter(amount__gt=0).values_list("service_id", "amount")
    for service_id, amount in paid:
        amounts.setdefault(service_id, []).append(amount)
    services = list(Service.objects.of(organization))
    for service in services:
        service.duration_minutes = minutes.get(service.external_id, 60)
        if service.pk in amounts:
            service.price = round(statistics.median(amounts[service.pk]) / 5000) * 5000  # to 50 roubles
    Service.objects.bulk_update(services, ["duration_minutes", "price"])
    Trait.objects.bulk_create(
        Trait(organization=organization, key=key, title=title, values=values) for key, title, values in TRAITS
    )


def _people(organization: Organization) -> None:
    """Make a person for each role; they come in by one click and have no password."""
    home: dict[int, int] = {}
    served = (
        AppointmentLine.objects.of(organization)
        .exclude(staff=None)
        .values("staff", place=F("appointment__branch"))
        .annotate(count=Count("pk"))
        .order_by("count")
    )
    for row in served:
        home[row["staff"]] = row["place"]
    staff = list(Staff.objects.of(organization))
    for person in staff:
        person.branch_id = home.get(person.pk)
    branches = list(Branch.objects.of(organization).order_by("pk"))
    first = branches[0]
    people: tuple[tuple[str, str, Role, list[Branch]], ...] = (
        ("Нина Королёва", "nina", Role.OWNER, []),
        ("Мария Ветрова", "maria", Role.MANAGER, branches[:2]),
        ("Борис Лавров", "boris", Role.FRONT_DESK, [first]),
        ("Ольга Смирнова", "olga", Role.OPERATOR, [first]),
    )
    for name, login, role, places in people:
        _person(organization, name, login, role, places)
    busiest = [row["staff"] for row in served.reverse() if row["place"] == first.pk][:1]
    for person in staff:
        if person.pk in busiest:
            person.user = _person(organization, person.name, "master", Role.STAFF, [first])
    Staff.objects.bulk_update(staff, ["branch", "user"])


def _person(organization: Organization, name: str, login: str, role: Role, branches: list[Branch]) -> User:
    user = User(
        organization=organization, name=name, email=f"{login}@demo.example", role=role, sees_all_branches=not branches,
        language="",
    )  # fmt: skip
    user.set_unusable_password()
    user.save()
    user.branches.set(branches)
    return user


def _cards(organization: Organization, now: datetime.datetime, chance: random.Random) -> None:
    """Fill in what only a card has, for some of the clients, and what they have allowed."""
    changed, consents = [], []
    for client in Client.objects.of(organization).order_by("pk"):
        drawn = chance.random()
        if drawn < 0.22:
            client.allergies = chance.choice(ALLERGIES) if drawn < 0.06 else ""
            client.preferences = chance.choice(PREFERENCES) if 0.04 < drawn < 0.16 else ""
            client.wishes = chance.choice(WISHES) if drawn > 0.14 else ""
            changed.append(client)
        for purpose, share in ((Consent.Purpose.SERVICE, 0.95), (Consent.Purpose.ADVERTISING, 0.7)):
            if chance.random() < share:
                consents.append(
                    Consent(
                        organization=organization, client=client, channel=Consent.Channel.CALL, purpose=purpose,
                        is_given=True, means=Consent.Means.PAPER, wording=WORDING, at=min(client.created_at, now),
                    )
                )  # fmt: skip
    Client.objects.bulk_update(changed, ["allergies", "preferences", "wishes"], batch_size=200)
    Consent.objects.bulk_create(consents, batch_size=2000)
