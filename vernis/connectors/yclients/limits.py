"""How often the source may be asked: 5 times a second and 200 times a minute from one address."""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PER_SECOND, PER_MINUTE = (5, 1.05), (200, 60.5)  # times, in seconds: the way to the source is not always equally long


class Limits:
    """Lets threads through one by one, so that no second and no minute has more than it may.

    Counts in windows that glide: a bucket that is full after a pause would let twice as many into one second.
    """

    def __init__(
        self,
        *windows: tuple[int, float],
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._windows = windows or (PER_SECOND, PER_MINUTE)
        self._clock, self._sleep = clock, sleep
        self._lock = threading.Lock()
        self._taken: deque[float] = deque(maxlen=max(times for times, _seconds in self._windows))
        self._closed_until = 0.0

    def wait(self) -> None:
        """Return when the source may be asked once."""
        while True:
            with self._lock:
                now = self._clock()
                pause = self._pause(now)
                if pause <= 0:
                    self._taken.append(now)
                    return
            self._sleep(pause)

    def close(self, seconds: float) -> None:
        """Let nobody through for so long: the source has asked for it."""
        with self._lock:
            self._closed_until = max(self._closed_until, self._clock() + seconds)

    def _pause(self, now: float) -> float:
        pauses = [self._closed_until - now]
        for times, seconds in self._windows:
            if len(self._taken) >= times:
                pauses.append(self._taken[-times] + seconds - now)
        return max(pauses)


_shared: dict[str, Limits] = {}
_shared_lock = threading.Lock()


def shared(host: str) -> Limits:
    """Return the limits of a host, the same for everybody in this process."""
    with _shared_lock:
        return _shared.setdefault(host, Limits())
