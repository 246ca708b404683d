"""The bounded window of one unit: latest value per code, and what is late, twice or missing. Pure.

Theory. Three clocks meet here: the device's wall clock (wrong whenever it likes), ours (may be
set), and our monotonic one. Nothing is ordered by the first. Within a boot the sequence orders;
across boots and devices "when it was true" orders, which is our monotonic receive time less the
delay that `telemetry.skew` finds. So a late sample finds its place and never replaces a newer one.

The window holds one value per code and a few boots per device, so its size is fixed. History is the
sample store's.
"""

from collections import OrderedDict
from datetime import datetime, timedelta

import msgspec

from dispatch.ids import DeviceId
from telemetry.codes import NIBP, Code
from telemetry.contract import Message, Numeric, Vitals
from telemetry.limits import BOOTS_PER_DEVICE_MAX, DEVICES_PER_UNIT_MAX
from telemetry.plausibility import Judged
from telemetry.sequence import SeqRanges
from telemetry.skew import NORMAL_DELAY_S, SkewEstimate


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """When a message came: our wall clock (UTC) and our monotonic clock in seconds."""

    received_at: datetime
    now_s: float


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """How one message fits what came before; ``at_s`` is when it was true (monotonic seconds).

    ``at`` is the same on our wall clock. ``new_gaps`` counts the numbers skipped just before it;
    ``skew_s`` is the device's clock error as known now, seconds slow.
    """

    is_duplicate: bool
    is_late: bool
    is_new_boot: bool
    new_gaps: int
    at_s: float
    at: datetime
    skew_s: float | None


class Latest(msgspec.Struct, frozen=True, kw_only=True):
    """The newest value of one code, with the (boot rank, seq) that orders it within its device."""

    judged: Judged
    device_id: DeviceId
    order: tuple[int, int]
    at_s: float
    at: datetime
    observed_at: datetime
    measured_at: datetime | None


class _Boot:
    def __init__(self, rank: int) -> None:
        self.rank = rank
        self.seen = SeqRanges()
        self.skew = SkewEstimate()


class UnitWindow:
    """Latest values and sequence knowledge of one unit's devices."""

    def __init__(self) -> None:
        self.latest: dict[Code, Latest] = {}
        self.gaps = 0
        self._devices: OrderedDict[DeviceId, OrderedDict[str, _Boot]] = OrderedDict()
        self._ranks = 0

    def place(self, device_id: DeviceId, message: Message, arrival: Arrival) -> Placed:
        """Tell duplicate, late, gap and new boot; learns from the message whatever it is."""
        boot, is_new_boot = self._boot(device_id, message.boot_id)
        highest = boot.seen.highest
        is_duplicate = message.seq in boot.seen
        boot.seen.add(message.seq)
        new_gaps = max(0, message.seq - highest - 1) if highest else 0
        if highest and not is_duplicate:
            self.gaps = max(0, self.gaps + new_gaps - (message.seq < highest))
        offset_s = (arrival.received_at - message.observed_at).total_seconds()
        delay_s = boot.skew.delay_s(offset_s, arrival.now_s)
        return Placed(
            is_duplicate=is_duplicate,
            is_late=delay_s > NORMAL_DELAY_S or message.seq < highest,
            is_new_boot=is_new_boot,
            new_gaps=new_gaps,
            at_s=arrival.now_s - delay_s,
            at=arrival.received_at - timedelta(seconds=delay_s),
            skew_s=boot.skew.skew_s,
        )

    def order(self, device_id: DeviceId, message: Message) -> tuple[int, int]:
        """What orders messages of one device: boots by first arrival, then the sequence."""
        return self._boot(device_id, message.boot_id)[0].rank, message.seq

    def note(
        self, device_id: DeviceId, message: Vitals, placed: Placed, judged: dict[Code, Judged]
    ) -> bool:
        """Take the values that are newer than what is there; True when any was taken."""
        if placed.is_duplicate:
            return False
        was_taken = False
        for code, value in judged.items():
            fresh = self._latest(device_id, message, placed, code, value)
            held = self.latest.get(code)
            if held is None or _is_newer(fresh, held):
                self.latest[code] = fresh
                was_taken = True
        return was_taken

    def _latest(
        self,
        device_id: DeviceId,
        message: Vitals,
        placed: Placed,
        code: Code,
        judged: Judged,
    ) -> Latest:
        """A value with the time it was true: a cuff pressure is as old as its measurement."""
        numeric = message.numerics[code]
        age_s = _age_when_sent_s(message, numeric)
        at_s, at = placed.at_s - age_s, placed.at - timedelta(seconds=age_s)
        held = self.latest.get(code)
        if held is not None and _is_repeat(code, numeric, held, device_id):
            at_s, at = min(at_s, held.at_s), min(at, held.at)
        return Latest(
            judged=judged,
            device_id=device_id,
            order=self.order(device_id, message),
            at_s=at_s,
            at=at,
            observed_at=message.observed_at,
            measured_at=numeric.measured_at,
        )

    def _boot(self, device_id: DeviceId, boot_id: str) -> tuple[_Boot, bool]:
        boots = self._devices.setdefault(device_id, OrderedDict())
        self._devices.move_to_end(device_id)
        while len(self._devices) > DEVICES_PER_UNIT_MAX:
            self._devices.popitem(last=False)
        boot = boots.get(boot_id)
        if boot is not None:
            boots.move_to_end(boot_id)
            return boot, False
        is_new_boot = bool(boots)
        self._ranks += 1
        boots[boot_id] = _Boot(self._ranks)
        while len(boots) > BOOTS_PER_DEVICE_MAX:
            boots.popitem(last=False)
        return boots[boot_id], is_new_boot


def _age_when_sent_s(message: Vitals, numeric: Numeric) -> float:
    """How old a measurement was when sent; both times are the device's, so its error cancels."""
    if numeric.measured_at is None:
        return 0.0
    return max(0.0, (message.observed_at - numeric.measured_at).total_seconds())


def _is_repeat(code: Code, numeric: Numeric, held: Latest, device_id: DeviceId) -> bool:
    """Monitors repeat the last cuff pressure each second: the same measurement is not a new one."""
    if code not in NIBP or held.device_id != device_id or held.judged.value != numeric.value:
        return False
    return numeric.measured_at is None or numeric.measured_at == held.measured_at


def _is_newer(fresh: Latest, held: Latest) -> bool:
    """Within a device the sequence decides; between devices, when it was true."""
    if fresh.device_id == held.device_id:
        return fresh.order > held.order
    return fresh.at_s > held.at_s
