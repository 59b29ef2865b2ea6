"""Pages of the book: they work, forbid, refuse bad input, and twice is once. Strangers are the sweep's (tests/web)."""

from __future__ import annotations

import datetime
import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.book.pages import pages_of
from tests.people import World
from vernis.accounts.tenancy import scoped_to
from vernis.book.models import Appointment, Client, Consent, ServiceInterval, Staff, Trait, WaitlistEntry

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client as Browser

    from vernis.accounts.models import User

    SignIn = Callable[[User], Browser]

NASTY = [
    "<img src=x onerror=alert(1)>", "'; DROP TABLE book_client; --", "\0", "a\0b", "x" * 10_000, "{{ 7*7 }}", "\u202e",
    "-1", "99999999999999999999", "1e9", "NaN", "2026-02-30", "../../etc/passwd",
]  # fmt: skip


def client_form(world: World, **values: str) -> dict[str, str]:
    return {"name": "Новая Клиентка", "branch": str(world.center.branch.pk), "key": str(uuid.uuid4()), **values}


def booking_form(world: World, **values: str) -> dict[str, str]:
    day = world.center.branch.today(timezone.now()) + datetime.timedelta(days=1)
    return {
        "branch": str(world.center.branch.pk),
        "services": str(world.ours.service.pk),
        "staff": str(world.center.staff.pk),
        "day": day.isoformat(),
        "time": "12:00",
        "key": str(uuid.uuid4()),
        **values,
    }


def count(world: World, model: Any, **that: Any) -> int:
    with scoped_to(world.ours.organization.pk):
        return int(model.objects.of(world.ours.organization).filter(**that).count())


def test_a_client_is_added_and_her_card_opens(world: World, signed_in: SignIn) -> None:
    olga = signed_in(world.olga)

    answer = olga.post(reverse("book:new-client"), client_form(world, phone="8 999 123 45 67"), follow=True)

    assert "Новая Клиентка" in answer.text
    assert "+7 999 123-45-67" in answer.text
    assert "no-store" in answer["Cache-Control"]


def test_a_form_sent_twice_adds_one_client(world: World, signed_in: SignIn) -> None:
    olga, form = signed_in(world.olga), client_form(world)
    for _ in range(2):
        assert olga.post(reverse("book:new-client"), form).status_code == 302

    assert count(world, Client, name="Новая Клиентка") == 1


def test_a_known_phone_leads_to_the_card_that_has_it(world: World, signed_in: SignIn) -> None:
    form = client_form(world, phone=world.center.client.phone)
    olga = signed_in(world.olga)

    answer = olga.post(reverse("book:new-client"), form)
    assert answer.status_code == 422
    assert reverse("book:client", args=[world.center.client.pk]) in answer.text

    assert olga.post(reverse("book:new-client"), form | {"is_other_person": "on"}).status_code == 302


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", " "), ("name", "\0"), ("name", "x" * 201), ("phone", "12"),
        ("phone", "8 900 123-45-67 доб. 12"),
        ("email", "nobody"), ("birth_day", "32"), ("birth_month", "13"), ("birth_year", "90"), ("branch", "999999"),
        ("branch", "x"), ("trait_hair_length", "green"), ("key", "x"), ("note", "x" * 4001),
    ],
)  # fmt: skip
def test_bad_input_says_what_to_do_and_saves_nothing(world: World, signed_in: SignIn, field: str, value: str) -> None:
    answer = signed_in(world.olga).post(reverse("book:new-client"), client_form(world) | {field: value})

    assert answer.status_code == 422
    assert answer.context["form"].errors
    assert count(world, Client) == 4


def test_a_name_that_is_a_program_is_shown_as_a_name(world: World, signed_in: SignIn) -> None:
    name = "<img src=x onerror=alert(1)>"
    olga = signed_in(world.olga)
    card = olga.post(reverse("book:new-client"), client_form(world, name=name, note=name), follow=True)

    assert name not in card.text
    assert "&lt;img src=x" in card.text
    assert name not in olga.get(reverse("book:clients")).text


@pytest.mark.parametrize("nasty", NASTY)
def test_no_address_breaks_a_page(world: World, signed_in: SignIn, nasty: str) -> None:
    nina = signed_in(world.nina)
    names = ("q", "branch", "missing", "after", "day", "person", "outcome", "block", "name")
    nasty = nasty[:2000]
    for name in ("book:clients", "book:contacts", "appointments:day", "catalogue:category"):
        answer = nina.get(reverse(name), dict.fromkeys(names, nasty))
        assert answer.status_code in (200, 404), name


@pytest.mark.parametrize("nasty", NASTY)
def test_no_form_breaks_a_page(world: World, signed_in: SignIn, nasty: str) -> None:
    nina = signed_in(world.nina)
    for name, address in pages_of(world).items():
        fields = [
            "name", "phone", "email", "birth_day", "birth_month", "birth_year", "branch", "key", "trait_hair_length",
            "services", "service", "staff", "day", "time", "reason", "wanted_from", "wanted_until", "channel",
            "purpose",
            "is_given", "means", "wording", "title", "category", "interval_days", "duration_minutes", "price", "values",
            "special-TOTAL_FORMS", "special-INITIAL_FORMS", "special-0-months", "special-0-interval_days", "user",
            "note",
        ]  # fmt: skip
        answer = nina.post(address, dict.fromkeys(fields, nasty))
        assert answer.status_code in (302, 405, 422), name


def test_a_card_is_changed(world: World, signed_in: SignIn) -> None:
    pk = world.center.client.pk
    form = client_form(
        world, name="Анна Иванова", birth_day="29", birth_month="2", trait_hair_length="long", allergies="Лак"
    )

    answer = signed_in(world.olga).post(reverse("book:edit-client", args=[pk]), form, follow=True)

    assert "Анна Иванова" in answer.text
    assert "29 февраля" in answer.text
    assert "длинные" in answer.text
    assert "Лак" in answer.text


def test_search_answers_htmx_with_the_rows_only(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.olga).get(reverse("book:clients"), {"q": "берез анна"}, headers={"HX-Request": "true"})

    assert "Анна Берёзова" in answer.text
    assert "Вера" not in answer.text
    assert "<html" not in answer.text


def test_an_operator_neither_exports_nor_forgets_nor_edits_the_catalogue(world: World, signed_in: SignIn) -> None:
    pk, olga = world.center.client.pk, signed_in(world.olga)
    refused = [reverse(f"book:{name}", args=[pk]) for name in ("export", "erase", "all-we-know")]
    refused += [
        reverse(name) for name in ("catalogue:services", "catalogue:traits", "catalogue:staff", "book:contacts")
    ]

    assert [olga.get(address).status_code for address in refused] == [403] * len(refused)
    card = olga.get(reverse("book:client", args=[pk])).text
    assert reverse("book:erase", args=[pk]) not in card


def test_those_who_serve_see_first_names_and_allergies_and_no_phones(world: World, signed_in: SignIn) -> None:
    now = timezone.now()
    with scoped_to(world.ours.organization.pk):
        Client.objects.filter(pk=world.center.client.pk).update(allergies="Лак")
        noon = world.center.branch.today(now)
        starts_at = datetime.datetime.combine(noon, datetime.time(12), world.center.branch.zone)
        Appointment.objects.filter(pk=world.center.visit.pk).update(starts_at=starts_at)
    timur = signed_in(world.timur)

    page = timur.get(reverse("appointments:day")).text

    assert "Анна" in page
    assert "Лак" in page
    assert "Берёзова" not in page
    assert "916" not in page
    for name, address in pages_of(world).items():
        if name != "appointments:day":
            assert timur.get(address).status_code == 403, name


def test_an_export_is_a_file_of_everything(world: World, signed_in: SignIn) -> None:
    answer = signed_in(world.nina).get(reverse("book:export", args=[world.center.client.pk]))

    assert json.loads(answer.content)["client"]["name"] == "Анна Берёзова"
    assert answer["Content-Disposition"] == f'attachment; filename="client-{world.center.client.pk}.json"'
    assert "no-store" in answer["Cache-Control"]


def test_forgetting_asks_for_the_name(world: World, signed_in: SignIn) -> None:
    nina, pk = signed_in(world.nina), world.center.client.pk
    address = reverse("book:erase", args=[pk])

    assert nina.post(address, {"name": "Анна"}).status_code == 422
    assert nina.post(address, {"name": " анна  берёзова "}).status_code == 302
    assert nina.get(reverse("book:client", args=[pk])).status_code == 404
    assert nina.post(address, {"name": "Анна Берёзова"}).status_code == 404


def test_the_questionnaire_writes_into_the_card_and_keeps_what_was_left_empty(world: World, signed_in: SignIn) -> None:
    pk, olga = world.center.client.pk, signed_in(world.olga)
    address = reverse("book:questionnaire", args=[pk])
    page = olga.get(address).text
    assert "bar__rooms" not in page
    assert world.center.client.phone[-4:] not in page

    key = str(uuid.uuid4())
    for _ in range(2):
        answer = olga.post(
            address, {"name": "Анна Берёзова", "allergies": "Лак", "agrees": "on", "key": key}, follow=True
        )
    assert "Спасибо" in answer.text

    with scoped_to(world.ours.organization.pk):
        client = Client.objects.get(pk=pk)
        given = Consent.objects.filter(client=pk, purpose="advertising")
        assert (client.allergies, client.phone, client.birth_month) == ("Лак", world.center.client.phone, 5)
        assert sorted(event.channel for event in given) == sorted(Consent.Channel.values)
        assert all("Тихая студия" in event.wording for event in given)


def test_a_visit_is_booked_once_moved_and_cancelled(world: World, signed_in: SignIn) -> None:
    olga, form = signed_in(world.olga), booking_form(world)
    address = reverse("appointments:book", args=[world.center.client.pk])
    first, second = (olga.post(address, form) for _ in range(2))
    assert first["Location"] == second["Location"]
    pk = int(first["Location"].split("/")[-2])

    busy = olga.post(address, booking_form(world, time="12:30"))
    assert busy.status_code == 422
    assert "13:00" in busy.text

    moved = olga.post(
        reverse("appointments:move", args=[pk]), {"day": form["day"], "time": "15:00", "staff": form["staff"]}
    )
    assert moved.status_code == 302
    assert "15:00" in olga.get(reverse("appointments:day"), {"day": form["day"]}).text

    cancelled = olga.post(reverse("appointments:cancel", args=[pk]), {"reason": "Болезнь"}, follow=True)
    assert "Болезнь" in cancelled.text
    assert olga.post(reverse("appointments:move", args=[pk]), form).status_code == 422


@pytest.mark.parametrize(
    "values",
    [
        {"services": ""},
        {"services": "9"},
        {"day": "2020-01-01"},
        {"day": "2999-01-01"},
        {"time": "25:00"},
        {"day": "x"},
    ],
)
def test_a_booking_that_cannot_be_is_refused(world: World, signed_in: SignIn, values: dict[str, str]) -> None:
    answer = signed_in(world.olga).post(
        reverse("appointments:book", args=[world.center.client.pk]), booking_form(world, **values)
    )

    assert answer.status_code == 422
    assert count(world, Appointment) == 4


def test_came_and_did_not_come_in_one_tap(world: World, signed_in: SignIn) -> None:
    olga, pk = signed_in(world.olga), world.center.miss.pk
    back = reverse("appointments:day")

    for name, status in (("came", "completed"), ("did-not-come", "no_show"), ("reopen", "booked")):
        answer = olga.post(reverse(f"appointments:{name}", args=[pk]), {"next": back})
        assert (answer.status_code, answer["Location"]) == (302, back)
        assert count(world, Appointment, pk=pk, status=status) == 1
    away = olga.post(reverse("appointments:came", args=[pk]), {"next": "https://example.com/"})
    assert away["Location"] == reverse("appointments:appointment", args=[pk])
    assert olga.get(reverse("appointments:came", args=[pk])).status_code == 405


def test_a_wish_goes_onto_the_list_and_off_again(world: World, signed_in: SignIn) -> None:
    olga, form = signed_in(world.olga), {"note": "Вечером", "key": str(uuid.uuid4())}
    for _ in range(2):
        assert olga.post(reverse("book:wait", args=[world.center.missed.pk]), form).status_code == 302
    assert count(world, WaitlistEntry, closed_on=None, note="Вечером") == 1
    assert "Вечером" in olga.get(reverse("book:waitlist")).text

    assert olga.post(reverse("book:close-wish", args=[world.center.entry.pk])).status_code == 302
    assert count(world, WaitlistEntry, pk=world.center.entry.pk, closed_on=None) == 0


def test_a_consent_is_noted_with_its_evidence(world: World, signed_in: SignIn) -> None:
    form = {
        "channel": "sms", "purpose": "advertising", "is_given": "no", "means": "paper", "wording": "Больше не надо",
        "key": str(uuid.uuid4()),
    }  # fmt: skip
    address = reverse("book:consents", args=[world.center.client.pk])

    answer = signed_in(world.olga).post(address, form, follow=True)

    assert "Больше не надо" in answer.text
    assert world.olga.name in answer.text


def test_the_log_strikes_out_what_was_taken_back(world: World, signed_in: SignIn) -> None:
    with scoped_to(world.ours.organization.pk):
        world.center.contact.__class__.objects.filter(pk=world.center.contact.pk).update(undone_at=timezone.now())
    nina = signed_in(world.nina)

    assert 'class="taken-back"' in nina.get(reverse("book:contacts"), {"person": world.olga.pk}).text
    assert "Очень рада" not in nina.get(reverse("book:contacts"), {"outcome": "declined"}).text


def test_a_service_is_saved_with_all_its_intervals(world: World, signed_in: SignIn) -> None:
    form = {
        "title": "Педикюр", "category": "feet", "duration_minutes": "90", "price": "3000,50", "is_active": "on",
        "special-TOTAL_FORMS": "2", "special-INITIAL_FORMS": "0",
        "special-0-months": "5-9", "special-0-trait": "", "special-0-interval_days": "21",
        "special-1-months": "", "special-1-trait": "hair_length=long", "special-1-interval_days": "40",
    }  # fmt: skip
    nina = signed_in(world.nina)

    assert nina.post(reverse("catalogue:new-service"), form).status_code == 302
    listed = nina.get(reverse("catalogue:services")).text
    assert "Педикюр" in listed
    assert "5-9" in listed
    assert count(world, ServiceInterval, interval_days__in=(21, 40), service__price=300_050) == 2
    assert nina.post(reverse("catalogue:new-service"), form).status_code == 422


@pytest.mark.parametrize(
    "row", [{"months": "5-9"}, {"interval_days": "21"}, {"months": "13", "interval_days": "21"}, {"interval_days": "0"}]
)
def test_an_interval_that_is_half_said_is_asked_about(world: World, signed_in: SignIn, row: dict[str, str]) -> None:
    form = {"title": "Педикюр", "duration_minutes": "90", "special-TOTAL_FORMS": "1", "special-INITIAL_FORMS": "0"}
    form |= {f"special-0-{name}": value for name, value in row.items()}

    answer = signed_in(world.nina).post(reverse("catalogue:new-service"), form)

    assert answer.status_code == 422
    assert answer.context["specials"].errors


def test_a_trait_is_added_and_one_in_use_is_kept(world: World, signed_in: SignIn) -> None:
    nina = signed_in(world.nina)
    form = {"title": "Кожа", "key": "skin", "values": "dry = Сухая\nЖирная"}

    assert nina.post(reverse("catalogue:new-trait"), form).status_code == 302
    assert nina.post(reverse("catalogue:new-trait"), form).status_code == 422
    kept = nina.post(reverse("catalogue:delete-trait", args=[world.ours.trait.pk]), follow=True)
    assert "Признак нужен" in kept.text
    with scoped_to(world.ours.organization.pk):
        assert Trait.objects.get(key="skin", organization=world.ours.organization).values == [
            ["dry", "Сухая"], ["Жирная", "Жирная"],
        ]  # fmt: skip


def test_one_who_serves_is_added_with_a_login(world: World, signed_in: SignIn) -> None:
    nina = signed_in(world.nina)
    form = {"name": "Новая", "branch": str(world.center.branch.pk), "user": str(world.boris.pk), "is_active": "on"}

    assert nina.post(reverse("catalogue:new-staff"), form).status_code == 302
    assert nina.post(reverse("catalogue:new-staff"), form).status_code == 422
    assert count(world, Staff, user=world.boris) == 1
