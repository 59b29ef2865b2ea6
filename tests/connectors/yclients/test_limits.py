from __future__ import annotations

import threading

from vernis.connectors.yclients.limits import Limits


class Clock:
    def __init__(self) -> None:
        self.now, self.lock = 1000.0, threading.Lock()

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        with self.lock:
            self.now += seconds


def most_within(times: list[float], seconds: float) -> int:
    return max(sum(1 for other in times if 0 <= other - at < seconds) for at in times)


def test_no_second_has_more_than_5_and_no_minute_more_than_200() -> None:
    clock, times = Clock(), []
    limits = Limits(clock=clock, sleep=clock.sleep)
    for _ in range(450):
        limits.wait()
        times.append(clock())

    assert most_within(times, 1.0) == 5
    assert most_within(times, 60.0) == 200
    assert times[-1] - times[0] < 150  # and not much slower than it may be


def test_a_pause_does_not_save_up_for_a_rush() -> None:
    clock, times = Clock(), []
    limits = Limits(clock=clock, sleep=clock.sleep)
    for _ in range(30):
        limits.wait()
        times.append(clock())
        if len(times) == 10:
            clock.sleep(100)

    assert most_within(times, 1.0) == 5


def test_threads_share_the_limits() -> None:
    limits, times, lock = Limits((5, 0.1)), [], threading.Lock()

    def ask() -> None:
        for _ in range(5):
            limits.wait()
            with lock:
                times.append(limits._clock())

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(times) == 30
    assert max(times) - min(times) > 0.45  # 30 at 5 each tenth of a second


def test_when_the_source_asks_for_a_pause_everybody_waits() -> None:
    clock = Clock()
    limits = Limits(clock=clock, sleep=clock.sleep)
    limits.wait()
    limits.close(7)
    limits.wait()

    assert clock() >= 1007
