"""What an alarm is: its limits, its policy, and what is told when it changes. Types only.

Priorities follow IEC 60601-1-8 (high, medium, low); which condition has which priority, the delays
and the dead bands are POLICY of the county's medical director. Limits are those of published rules
and stand in `telemetry.alarms.limits`; how they are applied over time in `telemetry.alarms.engine`.
"""

import math
from datetime import datetime
from typing import Final, Literal, get_args

import msgspec

Priority = Literal["high", "medium", "low"]
PRIORITY_RANK: Final[dict[Priority, int]] = {"high": 2, "medium": 1, "low": 0}

Quantity = Literal[
    "heart_rate", "spo2", "resp_rate", "systolic", "diastolic", "temperature", "etco2"
]
QUANTITIES: Final[tuple[Quantity, ...]] = get_args(Quantity)
Side = Literal["low", "high"]
Event = Literal["asystole", "apnoea"]
Technical = Literal["feed_lost", "leads_off", "probe_off"]
Change = Literal["raised", "escalated", "held", "resumed", "ended", "acknowledged", "cleared"]


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A value beyond which an alarm is due, in the contract's unit of the quantity.

    ``is_inclusive``: the limit itself already alarms (NEWS2 prints "8 or less", others "below 90").
    ``source``: the published rule, "patient" when a person set it for this patient.
    """

    quantity: Quantity
    side: Side
    value: float
    priority: Priority
    source: str
    is_inclusive: bool = False

    def __post_init__(self) -> None:
        if not math.isfinite(self.value):
            raise ValueError(f"{self.quantity} {self.side}: a limit is a finite number")

    @property
    def key(self) -> str:
        """What the alarm is known by: one for each quantity and side."""
        return f"{self.quantity}:{self.side}"

    def is_broken_by(self, value: float) -> bool:
        """Whether ``value`` is beyond the limit."""
        if self.is_inclusive and value == self.value:
            return True
        return value < self.value if self.side == "low" else value > self.value

    def is_clear_of(self, value: float, dead_band: float) -> bool:
        """Whether ``value`` is back inside by at least ``dead_band``."""
        inside = value - self.value if self.side == "low" else self.value - value
        return inside >= dead_band and not self.is_broken_by(value)


class PatientLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limit that a named person set for one patient; ``value`` None switches that side off."""

    quantity: Quantity
    side: Side
    value: float | None
    set_by: str
    set_at: datetime


class LimitInForce(msgspec.Struct, frozen=True, kw_only=True):
    """A limit as people are shown it; ``value`` None: ``set_by`` switched that side off."""

    quantity: Quantity
    side: Side
    value: float | None
    is_inclusive: bool
    source: str
    set_by: str


class AlarmPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How limits become alarms (POLICY; owner: the county's medical director).

    A broken limit alarms when it has been broken by every sample for ``delay_s`` and by ``samples``
    of them; a cuff pressure, measured every few minutes, alarms by itself. It ends when every
    sample has been inside by the dead band for ``clear_s``. ``apnoea_s``: a respiration of zero for
    longer (20 s: red flag of the newborn, clinical reference, general knowledge).
    ``technical_s``: electrodes or sensor off for so long.
    """

    samples: int = 2
    delay_s: dict[Quantity, float] = msgspec.field(
        default_factory=lambda: {
            "heart_rate": 5.0,
            "spo2": 10.0,
            "resp_rate": 10.0,
            "systolic": 5.0,
            "diastolic": 5.0,
            "temperature": 30.0,
            "etco2": 10.0,
        }
    )
    dead_band: dict[Quantity, float] = msgspec.field(
        default_factory=lambda: {
            "heart_rate": 3.0,
            "spo2": 1.0,
            "resp_rate": 2.0,
            "systolic": 5.0,
            "diastolic": 5.0,
            "temperature": 0.2,
            "etco2": 2.0,
        }
    )
    clear_s: float = 5.0
    apnoea_s: float = 20.0
    technical_s: float = 10.0

    def __post_init__(self) -> None:
        for name, table in (("delay_s", self.delay_s), ("dead_band", self.dead_band)):
            absent = set(QUANTITIES) - set(table)
            if absent:
                raise ValueError(f"{name}: missing {', '.join(sorted(absent))}")
            if not all(math.isfinite(number) and number >= 0 for number in table.values()):
                raise ValueError(f"{name}: finite numbers from 0")
        if self.samples < 1 or min(self.clear_s, self.apnoea_s, self.technical_s) < 0:
            raise ValueError("samples from 1; clear_s, apnoea_s and technical_s from 0")


class Alarm(msgspec.Struct, frozen=True, kw_only=True):
    """One alarm of one patient; ``key`` is unique among those that stand.

    ``raised_at`` is when it was true on the core's clock. ``value`` is the worst since then, in the
    unit of the contract (None: technical, or the device's own word). ``ended_at`` set while it
    still stands: latched, the condition is over and nobody has acknowledged it. ``is_held``: what
    alarmed is not measured any more, so nobody knows whether it is over.
    """

    key: str
    priority: Priority
    quantity: Quantity | None
    side: Side | None
    limit: float | None
    source: str
    value: float | None
    raised_at: datetime
    ended_at: datetime | None = None
    is_held: bool = False
    acknowledged_by: str = ""
    acknowledged_at: datetime | None = None


class AlarmChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to an alarm; ``alarm`` is as it stands after it."""

    change: Change
    alarm: Alarm
    at: datetime
