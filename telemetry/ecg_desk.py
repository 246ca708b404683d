"""New ECG files become decisions: after their commit, once each, and again after a restart.

The committer notes which files a commit may have made whole; this task asks the store which are,
reads them in a thread and tells the core. The store is the memory: what was noted and not told when
a process died is found at the next start, by time, and the core refuses what it has. A file that no
reader takes is told too, with the reason; none is lost and none can stop the next one.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Final

from dispatch.errors import Unavailable
from telemetry import metrics
from telemetry.ecg_stored import glance
from telemetry.limits import ECG_RETELL_S, ECG_RETRY_S, ECGS_RETOLD_MAX, ECGS_WAITING_MAX
from telemetry.ports import Clock, Decision, EcgArrived, EcgGlance, Ports
from telemetry.rows import EcgHead
from telemetry.store import EcgName, SampleStore

_LOG: Final = logging.getLogger(__name__)
_READER_BROKE: Final = EcgGlance(fault="ecg_reader_failed")


class EcgDesk:
    """Files noted by the committer, and the task that tells of them."""

    def __init__(
        self,
        store: SampleStore,
        clock: Clock,
        ports: Ports,
        tell: Callable[[Sequence[Decision]], None],
    ) -> None:
        self._store = store
        self._clock = clock
        self._knows = ports.knows_ecg
        self._tell = tell
        self._noted: dict[EcgName, None] = {}
        self._wake = asyncio.Event()

    def note(self, names: set[EcgName]) -> None:
        """These files may be whole now; never blocks."""
        for name in names:
            if len(self._noted) >= ECGS_WAITING_MAX and name not in self._noted:
                _LOG.error("too many ECG files wait; %s is told at the next start", name)
                continue
            self._noted[name] = None
        self._wake.set()

    async def run(self) -> None:
        """Tell for ever, first what a process before this one may have left untold."""
        await self._until_done(self._tell_again)
        while True:
            await self._wake.wait()
            self._wake.clear()
            await self._until_done(self._tell_noted)

    async def _until_done(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Unavailable as error:
                _LOG.warning("ECG files not looked at yet: %s", error)
                await asyncio.sleep(ECG_RETRY_S)
            else:
                return

    async def _tell_again(self) -> None:
        since = self._clock.now() - timedelta(seconds=ECG_RETELL_S)
        for head in await self._store.ecgs_since(since, ECGS_RETOLD_MAX):
            await self._tell_one(head)

    async def _tell_noted(self) -> None:
        names, self._noted = self._noted, {}
        try:
            for head in await self._store.ecgs_named(list(names)):
                await self._tell_one(head)
        except Unavailable:
            self._noted = {**names, **self._noted}
            raise

    async def _tell_one(self, head: EcgHead) -> None:
        if head.patient_id is None or self._knows(head.patient_id, head.ecg_id):
            return
        file = await self._store.ecg(head.ecg_id)
        if file is None:
            return  # retention was faster
        arrived = EcgArrived(
            unit_id=head.unit_id,
            patient_id=head.patient_id,
            ecg_id=head.ecg_id,
            sha256=head.sha256,
            at=head.true_at,
            source=head.source,
            glance=await asyncio.to_thread(_seen, file.content),
        )
        metrics.ECGS.labels(arrived.glance.fault or "read").inc()
        self._tell([arrived])


def _seen(content: bytes) -> EcgGlance:
    try:
        return glance(content)
    except Exception:
        _LOG.exception("a reader broke on an ECG file")  # a bug of ours: the bytes are kept
        return _READER_BROKE
