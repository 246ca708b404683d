"""Telling decisions to the core until it has them: bounded, newest wins, never lost in silence.

At most one level, one feed decision, one change of each alarm and each new ECG wait per unit. The
core may refuse (it knows better: told once and dropped) or be unavailable (tried again soon).
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

import msgspec

from dispatch.errors import Refused, Unavailable
from dispatch.ids import UnitId
from telemetry import metrics
from telemetry.limits import DECIDE_RETRY_S, DECIDE_TIMEOUT_S
from telemetry.ports import AlarmChanged, Decision, EcgArrived, Ports, TriageLevelChanged

_LOG: Final = logging.getLogger(__name__)


class Decider:
    """The conflated queue of decisions and the task that tells them."""

    def __init__(self, ports: Ports) -> None:
        self._decide = ports.decide
        self._waiting: dict[tuple[UnitId, str], Decision] = {}
        self._wake = asyncio.Event()

    def tell(self, decisions: Sequence[Decision]) -> None:
        """Queue decisions; a newer one of the same unit and kind takes the place of the older."""
        for decision in decisions:
            key = (decision.unit_id, _kind_of(decision))
            self._waiting[key] = _merged(self._waiting.pop(key, None), decision)
        if decisions:
            self._wake.set()

    async def run(self) -> None:
        """Tell for ever."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            for key, decision in tuple(self._waiting.items()):
                await self._tell_one(key, decision)
            if self._waiting and not self._wake.is_set():
                await asyncio.sleep(DECIDE_RETRY_S)
                self._wake.set()

    async def _tell_one(self, key: tuple[UnitId, str], decision: Decision) -> None:
        try:
            async with asyncio.timeout(DECIDE_TIMEOUT_S):
                await self._decide(decision)
        except (Unavailable, TimeoutError) as error:
            _LOG.warning("%s of %s not told yet: %r", type(decision).__name__, key[0], error)
            return
        except Refused as refused:
            _LOG.info("%s of %s refused: %s", type(decision).__name__, key[0], refused)
        except Exception:
            # A bug of the other side fails this decision only; samples go on.
            _LOG.exception("%s of %s failed", type(decision).__name__, key[0])
        else:
            metrics.DECISIONS.labels(type(decision).__name__).inc()
        if self._waiting.get(key) is decision:
            del self._waiting[key]


def _kind_of(decision: Decision) -> str:
    if isinstance(decision, TriageLevelChanged):
        return "level"
    if isinstance(decision, AlarmChanged):
        # Each alarm by itself: one that ended untold brings its beginning with it.
        raised = decision.change.alarm.raised_at.isoformat()
        return f"alarm {decision.change.alarm.key} {raised}"
    if isinstance(decision, EcgArrived):
        return f"ecg {decision.ecg_id}"
    return "feed"


def _merged(older: Decision | None, newer: Decision) -> Decision:
    """A level that moved twice before it was told moved once, from where the core still is."""
    if (
        isinstance(older, TriageLevelChanged)
        and isinstance(newer, TriageLevelChanged)
        and older.patient_id == newer.patient_id
    ):
        return msgspec.structs.replace(newer, previous=older.previous)
    return newer
