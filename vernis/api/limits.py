"""How often a token may call: so many a second, and so many at once after a pause.

Kept in the memory of each process of the server: counting in the database would be a write for every reading.
"""

from __future__ import annotations

import math
import threading
import time

from django.conf import settings


class Buckets:
    """What each token may still do."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.left: dict[int, tuple[float, float]] = {}

    def take(self, token_id: int, at: float | None = None) -> int:
        """Take one call; return 0, or after how many seconds to come again."""
        rate, most = settings.API_CALLS_PER_SECOND, settings.API_CALLS_AT_ONCE
        now = time.monotonic() if at is None else at
        with self.lock:
            left, since = self.left.get(token_id, (float(most), now))
            left = min(float(most), left + (now - since) * rate)
            if left < 1:
                self.left[token_id] = (left, now)
                return math.ceil((1 - left) / rate)
            self.left[token_id] = (left - 1, now)
        return 0


buckets = Buckets()
