"""What we tell other programs, against a real server that answers well, badly, slowly or not at all."""

from __future__ import annotations

import datetime
import itertools
import json
from collections.abc import Iterator

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings
from standardwebhooks import Webhook, WebhookVerificationError

from tests.api.programs import Program
from tests.api.receiver import Receiver, receiving
from tests.people import World
from vernis.accounts.tenancy import scoped_to
from vernis.api.events import EVENTS
from vernis.api.models import Delivery, Endpoint
from vernis.api.operations import deliveries, webhooks
from vernis.api.sending import NotSent, is_outside, send
from vernis.book.models import Client
from vernis.book.operations.clients import change_client

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


class Post:
    """An endpoint of Nina at a receiver, and a clock that can be put forward."""

    def __init__(self, world: World, receiver: Receiver) -> None:
        self.world, self.receiver, self.later = world, receiver, datetime.timedelta()
        with scoped_to(world.nina.organization_id):
            self.endpoint, self.secret = webhooks.save_endpoint(
                by=world.nina, endpoint_id=None, url=f"{receiver.address}/hook?a=1", is_active=True,
                wanted=["client.changed"], now=timezone.now(),
            )  # fmt: skip

    def clock(self) -> datetime.datetime:
        return timezone.now() + self.later

    def change(self, note: str = "Пьёт кофе") -> None:
        """Change a client, of which a message is written."""
        with scoped_to(self.world.nina.organization_id):
            change_client(client_id=self.world.center.client.pk, by=self.world.nina, facts={"note": note})

    def deliver(self, within: float = 1.0) -> int:
        return deliveries.deliver(organization_id=self.world.nina.organization_id, clock=self.clock, within=within)

    def rows(self) -> list[Delivery]:
        with scoped_to(self.world.nina.organization_id):
            return list(Delivery.objects.filter(endpoint=self.endpoint).order_by("pk"))

    def reloaded(self) -> Endpoint:
        with scoped_to(self.world.nina.organization_id):
            return Endpoint.objects.get(pk=self.endpoint.pk)


@pytest.fixture
def post(world: World, settings: Settings) -> Iterator[Post]:
    settings.ALLOW_PRIVATE_WEBHOOKS = True
    with receiving() as receiver:
        yield Post(world, receiver)


def test_a_message_is_signed_and_names_nobody(post: Post) -> None:
    post.change()

    assert post.deliver() == 1
    headers, body = post.receiver.got[0]
    told = Webhook(post.secret).verify(body, headers)
    assert told["type"] == "client.changed"
    assert told["data"]["client_id"] == post.world.center.client.pk
    assert "Анна" not in body.decode()
    assert headers["webhook-id"].startswith("msg_")
    assert headers["host"] == post.receiver.address.removeprefix("http://")
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.new_secret()).verify(body, headers)


def test_what_is_taken_back_is_not_told(post: Post) -> None:
    with scoped_to(post.world.nina.organization_id), transaction.atomic():
        change_client(client_id=post.world.center.client.pk, by=post.world.nina, facts={"note": "?"})
        transaction.set_rollback(True)

    assert post.rows() == []


def test_everything_that_happens_is_told(post: Post, site: Program) -> None:
    world = post.world
    with scoped_to(world.nina.organization_id):
        Endpoint.objects.update(events=list(EVENTS))
    zone = world.center.branch.zone
    start = (timezone.now().astimezone(zone) + datetime.timedelta(days=1)).replace(hour=12, minute=0, second=0)
    body = {
        "client_id": world.center.client.pk, "branch_id": world.center.branch.pk,
        "services": [world.ours.service.pk], "starts_at": start.isoformat(timespec="seconds"),
    }  # fmt: skip
    row = site.get(f"/worklist?branch_id={world.center.branch.pk}&block=due")["items"][0]
    site.post("/contacts", {"client_id": row["client_id"], "outcome": "no_answer",
                            "entries": [{"block": "due", "anchor": row["anchor"]}]}, 201)  # fmt: skip
    booked = site.post("/appointments", body, 201)["id"]
    moved = (start + datetime.timedelta(hours=2)).isoformat(timespec="seconds")
    site.post(f"/appointments/{booked}/move", {"starts_at": moved})
    site.post(f"/appointments/{booked}/cancel", {})
    site.post(f"/appointments/{world.center.miss.pk}/came", {})
    site.post(f"/appointments/{world.center.miss.pk}/did-not-come", {})
    site.patch(f"/clients/{world.center.client.pk}", {"wishes": "Тихо"})

    told = {row.event for row in post.rows()}

    assert told == set(EVENTS)


def test_nothing_is_written_where_nobody_listens(post: Post) -> None:
    with scoped_to(post.world.nina.organization_id):
        Endpoint.objects.update(events=["item.closed"])
    post.change()

    assert post.rows() == []


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (500, {"status": 500}),
        (404, {"status": 404}),
        ("redirect", {"status": 302}),
        ("slow", {"fault": "too-slow"}),
        ("drip", {"fault": "too-slow"}),
        ("cut", {"fault": "cut"}),
    ],
)
def test_what_is_not_taken_is_sent_again_with_the_same_id(
    post: Post, answer: int | str, told: dict[str, object]
) -> None:
    post.receiver.answers = [answer, 204]
    post.change()

    assert post.deliver(within=1.0) == 0
    assert post.deliver() == 0  # not yet
    (row,) = post.rows()
    assert told.items() <= row.attempts[0].items()
    assert row.attempts[0]["ms"] < 2000
    assert post.reloaded().failing_since is not None
    post.later = MINUTE
    assert post.deliver() == 1
    assert len(post.receiver.got) == 2
    assert post.receiver.got[0][0]["webhook-id"] == post.receiver.got[1][0]["webhook-id"]
    assert post.receiver.got[0][1] == post.receiver.got[1][1]
    assert post.reloaded().failing_since is None


def test_a_closed_port_and_an_unknown_host_are_told_apart(post: Post) -> None:
    for url, fault in (("http://127.0.0.1:9/", "no-connection"), ("http://nowhere.invalid/", "no-such-host")):
        with pytest.raises(NotSent) as caught:
            send(url, b"{}", {"Host": "x"}, allow_private=True)
        assert caught.value.fault == fault


def test_who_is_gone_is_not_sent_to_any_more(post: Post) -> None:
    post.receiver.answers = [410]
    post.change()
    post.change("и чай")

    assert post.deliver() == 0
    assert not post.reloaded().is_active
    post.later = datetime.timedelta(days=1)
    assert post.deliver() == 0
    assert len(post.receiver.got) == 1
    post.change("и воду")
    assert len(post.rows()) == 2


def test_a_dead_address_is_tried_once_for_all_its_messages(post: Post) -> None:
    post.receiver.answers = [500]
    for number in range(5):
        post.change(str(number))

    post.deliver()

    assert len(post.receiver.got) == 1


def test_after_three_days_it_is_given_up_and_may_be_sent_by_hand(post: Post) -> None:
    post.receiver.answers = [500]
    post.change()
    for _ in range(20):
        post.deliver()
        post.later += datetime.timedelta(hours=12)

    (row,) = post.rows()
    assert row.state == Delivery.State.FAILED
    assert 6 <= row.attempts_count <= 12
    post.receiver.answers = [200]
    with scoped_to(post.world.nina.organization_id):
        webhooks.send_again(delivery_id=row.pk, by=post.world.nina, now=post.clock())
    assert post.deliver() == 1
    assert post.rows()[0].state == Delivery.State.DELIVERED


def test_pauses_grow() -> None:
    seconds = [deliveries.pause_after(number).total_seconds() for number in range(1, 12)]

    assert seconds[0] < 10
    assert 9 * 3600 < seconds[-1] < 13 * 3600
    assert all(one < two for one, two in itertools.pairwise(seconds[:7]))


def test_while_a_secret_is_changed_both_sign(post: Post) -> None:
    with scoped_to(post.world.nina.organization_id):
        _, secret = webhooks.change_secret(endpoint_id=post.endpoint.pk, by=post.world.nina, now=timezone.now())
    post.change()
    post.deliver()
    headers, body = post.receiver.got[0]

    Webhook(post.secret).verify(body, headers)
    Webhook(secret).verify(body, headers)
    post.later = datetime.timedelta(hours=25)
    assert len(deliveries.headers_of(_with(post), post.clock())["webhook-signature"].split()) == 1


def _with(post: Post) -> Delivery:
    with scoped_to(post.world.nina.organization_id):
        return Delivery.objects.select_related("endpoint").latest("pk")


def test_the_secret_is_sealed_in_the_database(post: Post) -> None:
    sealed = bytes(post.reloaded().secret)

    assert post.secret.encode() not in sealed
    assert post.secret.removeprefix("whsec_").encode() not in sealed


def test_a_message_is_taken_by_one_worker(post: Post) -> None:
    post.change()
    (row,) = post.rows()

    with scoped_to(post.world.nina.organization_id):
        row = Delivery.objects.select_related("endpoint").get(pk=row.pk)
    assert deliveries._claim(row, post.clock())
    assert not deliveries._claim(row, post.clock())
    assert post.deliver() == 0
    post.later = 3 * MINUTE  # the worker died
    assert post.deliver() == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://0.0.0.0:{port}/",
     "http://2130706433:{port}/", "http://0x7f.1:{port}/", "http://[::ffff:127.0.0.1]:{port}/", "http://10.0.0.1/",
     "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/", "http://[fd00::1]/", "http://100.64.0.1/"],
)  # fmt: skip
def test_nothing_is_sent_into_our_own_network(post: Post, url: str) -> None:
    port = post.receiver.address.rpartition(":")[2]

    with pytest.raises(NotSent) as caught:
        send(url.format(port=port), b"{}", {"Host": "x"})

    assert caught.value.fault in ("private-address", "no-such-host")
    assert post.receiver.got == []


def test_a_name_with_one_inner_address_is_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in ("93.184.216.34", "10.0.0.5")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)

    with pytest.raises(NotSent, match="private-address"):
        send("https://rebinding.example/", b"{}", {"Host": "x"})


@pytest.mark.parametrize(
    ("address", "outside"),
    [("93.184.216.34", True), ("2606:2800:220:1::1", True), ("192.168.0.1", False), ("224.0.0.1", False),
     ("64:ff9b::7f00:1", False), ("2002:7f00:1::", False), ("::ffff:10.0.0.1", False), ("255.255.255.255", False)],
)  # fmt: skip
def test_addresses_of_the_internet_are_told_from_others(address: str, outside: bool) -> None:
    assert is_outside(address) is outside


@pytest.mark.parametrize(
    "url",
    ["http://example.com/", "ftp://example.com/", "https://", "https://user:pw@example.com/", "https://example.com/#a",
     "https://exa mple.com/", "javascript:alert(1)", "https://пример.рф/", "https://[::1/", "https://a:99999/"],
)  # fmt: skip
def test_addresses_that_are_no_use_are_refused(ours: World, url: str) -> None:
    with pytest.raises(webhooks.AddressIsNoUse):
        webhooks.save_endpoint(
            by=ours.nina, endpoint_id=None, url=url, wanted=EVENTS, is_active=True, now=timezone.now()
        )


def test_nobody_hears_of_others(post: Post) -> None:
    theirs = post.world.elsewhere
    with scoped_to(theirs.branch.organization_id):
        change_client(client_id=theirs.client.pk, by=post.world.pavel, facts={"note": "?"})
        assert Client.objects.filter(pk=theirs.client.pk, note="?").exists()

    assert post.rows() == []


def test_the_payload_is_as_the_standard_has_it(post: Post) -> None:
    post.change()
    told = json.loads(post.rows()[0].payload)

    assert set(told) == {"type", "timestamp", "data"}
    assert datetime.datetime.fromisoformat(told["timestamp"]).tzinfo is not None
