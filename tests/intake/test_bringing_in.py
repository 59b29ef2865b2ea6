"""Facts from elsewhere are compared with the book, and change only what is theirs."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest

from tests.intake.conftest import NOW, Desk
from tests.intake.tables import AT, Told, history
from tests.people import make_client
from vernis.accounts.models import Branch
from vernis.book.models import Appointment, AppointmentLine, Client, Consent, Service, Staff
from vernis.book.operations.privacy import erase_client
from vernis.intake import places
from vernis.intake.models import Import, Link
from vernis.intake.sources import NEW_BRANCH, Kind, Source
from vernis.worklist.operations.demo import forget_demo

if TYPE_CHECKING:
    from vernis.intake.balance import Balance

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


def client_of(balance: Balance, desk: Desk) -> Client:
    link = Link.objects.get(of_import=balance.import_id, kind=Link.Kind.CLIENT)
    return Client.objects.of(desk.organization).get(pk=link.object_id)


def test_a_history_comes_in_whole(desk: Desk) -> None:
    before = Client.objects.of(desk.organization).count()

    balance = desk.bring(history(7, 3))

    assert (balance.clients.new, balance.appointments.new, balance.services.new, balance.staff.new) == (7, 21, 2, 2)
    assert balance.is_balanced
    assert Client.objects.of(desk.organization).count() == before + 7
    client = Client.objects.of(desk.organization).get(external_id="c0")
    assert (client.name, client.phone, client.branch) == ("Клиент а", "+79160000000", desk.world.center.branch)
    visit = client.appointments.latest("starts_at")
    assert visit.starts_at == datetime.datetime(2026, 5, 11, 9, 0, tzinfo=datetime.UTC)  # noon in Moscow
    assert visit.ends_at == visit.starts_at + datetime.timedelta(hours=1)
    lines = [(line.service.title, line.staff.name, line.amount) for line in visit.lines.all()]
    assert lines == [("Услуга 0", "Мастер 0", 100_000), ("Услуга 1", "Мастер 0", 100_000)]


def test_the_same_again_changes_nothing(desk: Desk) -> None:
    desk.bring(history(5, 2))
    imports = Import.objects.count()

    again = desk.bring(history(5, 2), now=NOW + DAY)

    assert not again.touches_book
    assert again.import_id is None
    assert (again.clients.same, again.appointments.same) == (5, 10)
    assert Import.objects.count() == imports


def test_a_newer_export_changes_what_has_changed_and_adds_what_is_new(desk: Desk) -> None:
    booked = Told().client("c", "Анна Ким").visit("v", "c", AT + DAY, "booked")
    desk.bring(booked)

    told = Told().client("c", "Анна Ким").visit("v", "c", AT + DAY, "completed").visit("w", "c", AT + 3 * DAY, "booked")
    balance = desk.bring(told, now=NOW + 2 * DAY)

    assert (balance.appointments.changed, balance.appointments.new, balance.clients.same) == (1, 1, 1)
    visits = Appointment.objects.of(desk.organization).filter(client__name="Анна Ким").order_by("starts_at")
    assert [visit.status for visit in visits] == ["completed", "booked"]


def test_an_older_export_reopens_nothing(desk: Desk) -> None:
    desk.bring(Told().client("c", "Анна Ким").visit("v", "c", AT - DAY, "completed"))

    balance = desk.bring(Told().client("c", "Анна Ким").visit("v", "c", AT - DAY, "booked"))

    assert (balance.kept, balance.appointments.changed) == (1, 0)
    assert Appointment.objects.of(desk.organization).get(client__name="Анна Ким").status == "completed"


def test_what_people_have_written_since_is_kept_and_what_is_empty_is_filled(desk: Desk) -> None:
    balance = desk.bring(Told().client("c", "Анна Ким", note="любит чай"))
    client = client_of(balance, desk)
    client.name = "Анна Пак"
    client.save()

    newer = desk.bring(Told().client("c", "Анна Цой", note="любит кофе", email="anna@example.com"))

    client.refresh_from_db()
    assert (client.name, client.note, client.email) == ("Анна Пак", "любит кофе", "anna@example.com")
    assert (newer.kept, newer.clients.changed) == (1, 1)


def test_a_client_of_the_book_is_found_by_phone_if_the_name_agrees(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Анна Ким", "+79165550001")

    balance = desk.bring(Told().client("c", "ким анна", phone="+79165550001", email="a@example.com"))

    known.refresh_from_db()
    assert (balance.clients.merged, balance.clients.new) == (1, 0)
    assert (known.name, known.email) == ("Анна Ким", "a@example.com")


@pytest.mark.parametrize("is_known", [True, False], ids=["in the book", "in the same file"])
def test_a_shared_family_phone_makes_nobody_one_person(desk: Desk, is_known: bool) -> None:
    told = Told()
    if is_known:
        make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
    else:
        told.client("m", "Анна Ким", phone="+79165550001")

    balance = desk.bring(told.client("d", "Дана Ким", phone="+79165550001"))

    assert balance.look == 1
    assert Client.objects.of(desk.organization).filter(phone="+79165550001").count() == 2


def test_one_person_twice_in_a_source_is_one_card(desk: Desk) -> None:
    told = Told().client("a", "Анна", phone="+79165550001").client("b", "Анна Ким", phone="+79165550001")

    balance = desk.bring(told.visit("v", "b", AT - DAY))

    assert (balance.clients.new, balance.clients.merged) == (1, 1)
    client = Client.objects.of(desk.organization).get(phone="+79165550001")
    assert client.appointments.count() == 1


def test_the_stricter_consent_wins(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
    Consent.objects.create(
        organization=desk.organization, client=known, channel="sms", purpose="advertising", is_given=True,
        means="paper", at=NOW - DAY,
    )  # fmt: skip
    told = Told().client("c", "Анна Ким", phone="+79165550001", refuses_sms=True)

    desk.bring(told)
    desk.bring(Told().client("c", "Анна Ким", phone="+79165550001", refuses_sms=False))

    events = known.consents.order_by("at", "pk").values_list("channel", "purpose", "is_given")
    assert list(events)[-1] == ("sms", "advertising", False)
    assert known.consents.count() == 2


def test_a_consent_is_never_raised(desk: Desk) -> None:
    desk.bring(Told().client("c", "Анна Ким", refuses_sms=False))

    assert not Consent.objects.of(desk.organization).filter(client__name="Анна Ким").exists()


def test_somebody_erased_does_not_come_back(desk: Desk) -> None:
    told = Told().client("c", "Анна Ким", phone="+79165550001").visit("v", "c", AT - DAY, note="звонить мужу")
    client = client_of(desk.bring(told), desk)
    erase_client(client_id=client.pk, by=desk.world.nina, typed_name="Анна Ким", now=NOW)

    more = Told().client("c", "Анна Ким", phone="+79165550001", note="другое").visit("v", "c", AT - DAY, note="иное")
    balance = desk.bring(more.visit("w", "c", AT))

    client.refresh_from_db()
    assert (client.phone, client.note) == ("", "")
    assert client.appointments.get().note == ""
    assert balance.reasons == {"erased_client": 2}
    assert not Client.objects.of(desk.organization).filter(name="Анна Ким").exists()


def test_the_same_visit_from_elsewhere_is_one_visit(desk: Desk) -> None:
    known = make_client(desk.world.center.branch, "Анна Ким", "+79165550001")
    booked = Appointment.objects.create(
        organization=desk.organization, client=known, branch=desk.world.center.branch, starts_at=NOW - DAY,
        status="booked",
    )  # fmt: skip

    told = Told().client("c", "Анна Ким", phone="+79165550001").visit("v", "c", AT - DAY, amount=5_000)
    balance = desk.bring(told)

    booked.refresh_from_db()
    assert (balance.appointments.merged, booked.status) == (1, "completed")
    assert known.appointments.count() == 1
    assert AppointmentLine.objects.get(appointment=booked).amount == 5_000


def test_a_time_that_does_not_exist_is_refused_with_its_line(desk: Desk) -> None:
    Branch.objects.filter(pk=desk.world.center.branch.pk).update(timezone="Europe/Berlin")

    told = Told().client("c", "Анна Ким").visit("v", "c", datetime.datetime(2026, 3, 29, 2, 30))
    balance = desk.bring(told)

    assert balance.reasons == {"time_does_not_exist": 1}
    assert (balance.appointments.refused, balance.files[0].refused) == (1, 1)
    assert balance.is_balanced


def test_branches_are_matched_opened_or_left_out(desk: Desk) -> None:
    center = desk.world.center.branch
    source = Source(name="files", kind=Kind.FILES, branches={"Юг": NEW_BRANCH, "Склад": None})
    told = Told().client("c", "Анна Ким")
    for number, name in enumerate((center.name.upper(), "Юг", "Склад", None)):
        told.visit(f"v{number}", "c", AT - (5 - number) * DAY, branch=name)

    desk.bring(told, source=source)
    again = desk.bring(told, source=source)

    visits = Appointment.objects.of(desk.organization).filter(client__name="Анна Ким").order_by("starts_at")
    assert [str(visit.branch) for visit in visits] == [center.name, "Юг", "None", "None"]
    assert not again.touches_book
    assert Branch.objects.of(desk.organization).filter(name="Юг").count() == 1


def test_services_and_staff_are_found_by_title_and_name(desk: Desk) -> None:
    service, staff = desk.world.ours.service, desk.world.center.staff
    told = Told().service("s", service.title.upper(), category=service.category, minutes=45).staff("m", staff.name)
    told.client("c", "Анна Ким").visit("v", "c", AT - DAY, service_ref="s", staff_ref="m")

    balance = desk.bring(told)

    assert (balance.services.merged, balance.staff.merged) == (1, 1)
    line = AppointmentLine.objects.get(appointment__client__name="Анна Ким")
    assert (line.service, line.staff) == (service, staff)
    assert Service.objects.of(desk.organization).count() == Staff.objects.of(desk.organization).count() - 1


def test_nothing_of_another_organization_is_seen(desk: Desk) -> None:
    theirs = desk.world.elsewhere.client

    balance = desk.bring(Told().client("c", theirs.name, phone=theirs.phone))

    assert balance.clients.new == 1


def test_a_demonstration_goes_with_all_it_has_brought_in(desk: Desk) -> None:
    desk.bring(history(2, 2))
    desk.bring(Told().client("c0", "Клиент Другой", email="a@example.com"), now=NOW + DAY)
    desk.organization.is_demo = True
    desk.organization.save()
    number, folder = desk.organization.pk, places.home_of(desk.organization.pk)

    forget_demo(organization=desk.organization)

    assert not Import.objects.filter(organization=number).exists()
    assert not folder.exists()
