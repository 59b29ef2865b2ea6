"""Every page of the book, for the tests that look at all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse

if TYPE_CHECKING:
    from tests.people import World


def pages_of(world: World) -> dict[str, str]:
    """Return the address of every page, by name."""
    place, house = world.center, world.ours
    with_number = {
        "book:client": place.client.pk,
        "book:edit-client": place.client.pk,
        "book:consents": place.client.pk,
        "book:questionnaire": place.client.pk,
        "book:questionnaire-thanks": place.client.pk,
        "book:wait": place.client.pk,
        "book:all-we-know": place.client.pk,
        "book:erase": place.client.pk,
        "appointments:book": place.client.pk,
        "appointments:appointment": place.visit.pk,
        "appointments:move": place.visit.pk,
        "appointments:cancel": place.visit.pk,
        "catalogue:service": house.service.pk,
        "catalogue:trait": house.trait.pk,
        "catalogue:one-of-staff": place.staff.pk,
    }
    plain = (
        "book:clients", "book:new-client", "book:questionnaire-paper", "book:contacts", "book:waitlist",
        "appointments:day", "catalogue:services", "catalogue:new-service", "catalogue:traits", "catalogue:new-trait",
        "catalogue:staff", "catalogue:new-staff",
    )  # fmt: skip
    found = {name: reverse(name) for name in plain}
    found |= {name: reverse(name, args=[number]) for name, number in with_number.items()}
    return found | {"catalogue:category": reverse("catalogue:category") + f"?name={house.service.category}"}
