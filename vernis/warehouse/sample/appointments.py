"""The appointments of the sample as arrays, one entry per appointment; lines come out of them at the very end."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np

from vernis.warehouse.sample.days import Flags, Ints

BOOKED, COMPLETED, CANCELLED, NO_SHOW = range(4)
STATUSES: Final = ("booked", "completed", "cancelled", "no_show")
SLOTS: Final = 4  # services in one appointment, at most


@dataclass(frozen=True)
class Appointments:
    """Minutes are the wall clock of the branch since 1970-01-01."""

    client: Ints  # number in the whole sample
    created: Ints
    starts: Ints
    cancelled: Ints  # -1: not cancelled, or nobody wrote down when
    status: Ints
    branch: Ints
    is_rebooked: Flags  # made at a visit, on that visit's day
    services: Ints  # appointment x slot, -1: none
    chairs: Ints  # appointment x slot: place of the master in the branch

    def __len__(self) -> int:
        return len(self.client)

    @property
    def line_count(self) -> int:
        return int((self.services >= 0).sum())

    def take(self, places: Ints | Flags) -> "Appointments":
        """Return the appointments at those places (or where the flag is set), in that order."""
        return Appointments(**{field.name: getattr(self, field.name)[places] for field in fields(self)})


_TYPES: Final = {
    "client": np.int32,
    "created": np.int32,
    "starts": np.int32,
    "cancelled": np.int32,
    "status": np.int8,
    "branch": np.int16,
    "is_rebooked": np.bool_,
    "services": np.int8,
    "chairs": np.int8,
}


def joined(parts: list[Appointments]) -> Appointments:
    """Return all the parts one after another, in the smallest types that hold them."""
    columns = {}
    for name, kind in _TYPES.items():
        pieces = [getattr(part, name).astype(kind, copy=False) for part in parts]
        columns[name] = np.concatenate(pieces)
    return Appointments(**columns)


def in_order_of_creation(appointments: Appointments) -> Ints:
    """Return the places of the appointments from the first made to the last; ties keep their order."""
    keys = appointments.created.astype(np.int64) << 32
    keys |= np.arange(len(keys))
    keys.sort()  # the keys are unique, so the result does not depend on how numpy sorts
    keys &= 0xFFFFFFFF
    return keys
