"""How far a device's clock is from ours, and how old a sample therefore is. Pure.

Theory. offset = received - observed = clock error + time on the way. Both are unknown, but the way
cannot take less than no time, so the smallest offset of a boot is the best guess of the clock
error, and what exceeds it is delay (lateness). Four rules (POLICY) guard the dangerous side,
which is to show twenty-minute-old values as new after a dead zone:

* a sample from the future is a wrong clock, at once: it counts as observed when received;
* a positive offset counts as delay until it has been steady for 5 s and 5 samples: a flushed
  backlog is never steady, its offsets shrink with each sample;
* once the error is known it grows only after a minute of steadiness (a clock set back);
* what seems a year late is no delay, since no outbox is so old: a clock without its battery says
  1970, and is believed to be wrong at once.

Consequence: a device an hour slow is shown as late for its first five seconds. `observed_at` is
stored as sent and never orders anything; order is (boot, seq) and our own monotonic clock.
"""

from typing import Final

NORMAL_DELAY_S: Final = 2.0  # an offset up to here is neither skew nor lateness (a mobile network)
STEADY_S: Final = 5.0
STEADY_SAMPLES: Final = 5
STEADY_AGAIN_S: Final = 60.0
NO_DELAY_S: Final = 366 * 86_400.0  # a vehicle that stood for months may still bring its last drive


class SkewEstimate:
    """The clock error of one (device, boot), learnt from its offsets in seconds."""

    def __init__(self) -> None:
        self.skew_s: float | None = None
        self._steady_low_s = 0.0
        self._steady_high_s = 0.0
        self._steady_since_s: float | None = None
        self._steady_for_s = 0.0
        self._steady_samples = 0

    def delay_s(self, offset_s: float, now_s: float) -> float:
        """How old a sample was when it came, in seconds >= 0; learns from it.

        `offset_s` is received minus observed, `now_s` our monotonic clock.
        """
        self._note_steadiness(offset_s, now_s)
        if offset_s <= NORMAL_DELAY_S and (self.skew_s is None or offset_s < self.skew_s):
            self.skew_s = min(offset_s, 0.0)
        elif offset_s - (self.skew_s or 0.0) > NO_DELAY_S:
            self.skew_s = offset_s
        elif self.skew_s is None or offset_s < self.skew_s:
            self._adopt_if_steady(STEADY_S)
        elif offset_s > self.skew_s + NORMAL_DELAY_S:
            self._adopt_if_steady(STEADY_AGAIN_S)
        return max(0.0, offset_s - (self.skew_s or 0.0))

    def _note_steadiness(self, offset_s: float, now_s: float) -> None:
        low = min(self._steady_low_s, offset_s)
        high = max(self._steady_high_s, offset_s)
        if self._steady_since_s is None or high - low > NORMAL_DELAY_S:
            self._steady_since_s, self._steady_samples = now_s, 0
            low = high = offset_s
        self._steady_low_s, self._steady_high_s = low, high
        self._steady_samples += 1
        self._steady_for_s = now_s - self._steady_since_s

    def _adopt_if_steady(self, long_enough_s: float) -> None:
        if self._steady_samples >= STEADY_SAMPLES and self._steady_for_s >= long_enough_s:
            self.skew_s = self._steady_low_s
