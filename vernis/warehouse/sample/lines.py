"""The lines of `appointments`: one per service, with prices, masters and times of their own."""

from typing import Final

import numpy as np
import pyarrow as pa

from vernis.warehouse.sample.appointments import BOOKED, CANCELLED, COMPLETED, STATUSES, Appointments
from vernis.warehouse.sample.baskets import minutes_of
from vernis.warehouse.sample.catalogue import PRICE, SERVICES
from vernis.warehouse.sample.columns import Column, instant_text, moments, money, numbered, picked
from vernis.warehouse.sample.days import DAY, Calendar, Flags, Ints
from vernis.warehouse.sample.network import CITIES, Network

_DISCOUNTS: Final = np.array([0, 5, 10, 15, 20, 100])
_DISCOUNT_SHARES: Final = (0.86, 0.04, 0.06, 0.025, 0.01, 0.005)
_ONLINE: Final = 0.4  # of the bookings not made at a visit


class LineWriter:
    """Turns appointments into lines; `offsets` (branch zone x day from the first) is None for columns, not text."""

    def __init__(
        self, network: Network, calendar: Calendar, client_ids: Column, offsets: tuple[Ints, int] | None, width: int
    ) -> None:
        self._network = network
        self._calendar = calendar
        self._client_ids = client_ids
        self._offsets = offsets
        self._width = width
        branches = [f"B{number + 1:03}" for number in range(len(network.names))]
        self._branch_ids = pa.array(branches, pa.string())
        self._staff_ids = numbered("M", np.arange(1, len(network.level) + 1), 4)
        self._service_ids = pa.array([service.service_id for service in SERVICES], pa.string())
        self._statuses = pa.array(list(STATUSES), pa.string())
        self._price_of_city = np.array([city.prices for city in CITIES])[network.city]

    def lines(self, appointments: Appointments, first_number: int, rng: np.random.Generator) -> pa.Table:
        """Return the lines of appointments numbered from `first_number`: one row per service, in order of time."""
        row, slot = np.nonzero(appointments.services >= 0)
        service = appointments.services[row, slot].astype(np.int64)
        minutes = minutes_of(appointments.services)
        begins = appointments.starts[:, None] + np.cumsum(minutes, axis=1) - minutes
        branch = appointments.branch[row].astype(np.int64)
        staff = self._network.staff_first[branch] + appointments.chairs[row, slot]
        status = appointments.status[row]
        amount = self._amounts(service, branch, staff, status, rng)
        created, cancelled = self._instants(appointments, rng)
        ids = numbered("A", np.arange(first_number, first_number + len(appointments)), self._width)
        place: Column = pa.array(row)
        return pa.table(
            {
                "appointment_id": ids.take(place),
                "client_id": picked(self._client_ids, appointments.client[row]),
                "branch_id": picked(self._branch_ids, branch),
                "staff_id": picked(self._staff_ids, staff),
                "service_id": picked(self._service_ids, service),
                "created_at": created.take(place),
                "starts_at": moments(begins[row, slot]),
                "status": picked(self._statuses, status),
                "cancelled_at": cancelled.take(place),
                "amount": amount,
            }
        )

    def _amounts(self, service: Ints, branch: Ints, staff: Ints, status: Ints, rng: np.random.Generator) -> Column:
        price = PRICE[service] * self._network.level[staff] * self._price_of_city[branch]
        rounded = np.rint(price / 50).astype(np.int64) * 50
        shares = np.cumsum(_DISCOUNT_SHARES)
        discount = _DISCOUNTS[np.searchsorted(shares[:-1], rng.random(len(service)), side="right")]
        discount = np.where(status == COMPLETED, discount, 0)
        return money(rounded * (100 - discount), (status != COMPLETED) & (status != BOOKED))

    def _instants(self, appointments: Appointments, rng: np.random.Generator) -> tuple[Column, Column]:
        created, cancelled = appointments.created, appointments.cancelled
        is_old = created < self._calendar.first_day * DAY  # brought over from a notebook, without the moment
        not_cancelled = (appointments.status != CANCELLED) | (cancelled < 0)
        if self._offsets is None:
            return moments(created, is_old), moments(cancelled, not_cancelled)
        is_local = appointments.is_rebooked | (created > appointments.starts)
        return (
            self._text(created, is_old, is_local, appointments.branch, rng),
            self._text(cancelled, not_cancelled, np.zeros(len(created), dtype=np.bool_), appointments.branch, rng),
        )

    def _text(self, minutes: Ints, is_empty: Flags, is_local: Flags, branch: Ints, rng: np.random.Generator) -> Column:
        assert self._offsets is not None
        table, first = self._offsets
        days = np.where(is_empty, first, minutes // DAY)
        online = (rng.random(len(minutes)) < _ONLINE) & ~is_local
        style = np.where(online, rng.integers(1, 3, len(minutes)), 0)
        return instant_text(minutes, is_empty, style, table[branch, days - first])
