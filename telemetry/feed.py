"""Whether a monitor's feed is live or lost, with hysteresis. Pure; asked by `due(now)`.

    none --live numerics--> live --8.5 s without, patient on board--> lost --3 live samples--> live

A lost link is a technical alarm within ten seconds (POLICY, in the spirit of IEC 60601-1-8:2020);
three samples in a row (POLICY) keep a flapping link from ringing each second. Only samples that are
not late count: a flushed backlog is not a live feed. A monitor that never sent, or fell silent
before the patient came, is not lost. Times are monotonic seconds.
"""

from typing import Final, Literal

from telemetry.ports import Feed

LOST_AFTER_S: Final = 8.5  # with the ticker's second and the commit, told within ten
RESTORED_SAMPLES: Final = 3

Change = Literal["lost", "restored"]


class FeedWatch:
    """The feed of one unit."""

    def __init__(self) -> None:
        self.feed: Feed = "none"
        self.since_s = 0.0
        self._last_s: float | None = None
        self._samples = 0

    def begin(self, now_s: float, is_lost: bool) -> None:
        """Another patient, or the same after a restart: go on from what the core knows."""
        if is_lost:
            self._become("lost", now_s)
        elif self._last_s is not None and now_s - self._last_s < LOST_AFTER_S:
            self._become("live", now_s)
        else:
            self._become("none", now_s)

    def resume(self, now_s: float) -> None:
        """It was sending before a restart: count its silence from now, unless known to be lost."""
        self._last_s = now_s
        if self.feed == "none":
            self._become("live", now_s)

    def sample(self, now_s: float) -> Change | None:
        """A live message with numerics came; "restored" when it ends a loss."""
        if self._last_s is None or now_s - self._last_s >= LOST_AFTER_S:
            self._samples = 0
        self._last_s = now_s
        self._samples += 1
        if self.feed == "none":
            self._become("live", now_s)
        if self.feed == "lost" and self._samples >= RESTORED_SAMPLES:
            self._become("live", now_s)
            return "restored"
        return None

    def due(self, now_s: float, has_patient: bool) -> Change | None:
        """Time has passed; "lost" when the silence is now too long for a unit with a patient."""
        if self._last_s is None or now_s - self._last_s < LOST_AFTER_S:
            return None
        self._samples = 0
        if self.feed != "live":
            return None
        if not has_patient:
            self._become("none", now_s)
            return None
        self._become("lost", now_s)
        return "lost"

    def _become(self, feed: Feed, now_s: float) -> None:
        if feed != self.feed:
            self.feed, self.since_s = feed, now_s
            self._samples = 0 if feed == "lost" else self._samples
