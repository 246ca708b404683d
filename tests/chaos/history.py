"""What was said and what is stored, and whether the two agree. Pure, in the manner of Jepsen.

Every sample has a number of its own in its unit, carried in the temperature, so that a row can be
told from every other. A sample the gateway answered is *acknowledged*: it must be stored exactly
once. One that was sent and not answered, because gateway or line died, is *unknown*: stored once or
not at all. A row that nobody sent is *invented*. Within a boot the numbers must rise with the
sequence. Not here: clocks of the faults, alarms (`alarms`), reading the database (`stored`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final, Literal

import msgspec

BASE_CEL: Final = 36.0
STEP_CEL: Final = 1e-6
"""A number is millionths of a degree above 36.0: plausible, below every alarm, exact in a float."""

NUMBER_MAX: Final = 999_999

Outcome = Literal["unknown", "acknowledged", "refused"]
Key = tuple[str, int]
"""(unit, number of the sample)."""


def temperature_of(number: int) -> str:
    """The temperature that carries a sample's number, as the line says it."""
    if not 0 < number <= NUMBER_MAX:
        raise ValueError(f"{number}: samples are numbered from 1 to {NUMBER_MAX}")
    return f"{BASE_CEL + number * STEP_CEL:.6f}"


def number_of(temperature_cel: float) -> int:
    """The number of a sample from its temperature."""
    return round((temperature_cel - BASE_CEL) / STEP_CEL)


class Sample(msgspec.Struct, kw_only=True):
    """One sample as the monitor knows it; times are monotonic seconds of this program."""

    unit_id: str
    number: int
    heart_rate: int
    spo2: int
    sent_s: float
    outcome: Outcome = "unknown"
    acknowledged_s: float | None = None
    seen_s: float | None = None
    committed_s: float | None = None

    @property
    def key(self) -> Key:
        return (self.unit_id, self.number)


class StoredRow(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the sample table; times are seconds of the epoch, as stored."""

    unit_id: str
    device_id: str
    boot_id: str
    seq: int
    number: int
    heart_rate: float
    spo2: float
    received_s: float
    observed_s: float

    @property
    def key(self) -> Key:
        return (self.unit_id, self.number)


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How some of the history fared; latencies in seconds, None where there is nothing."""

    sent: int
    acknowledged: int
    unknown: int
    stored: int
    lost: int
    duplicated: int
    p99_s: float | None
    max_s: float | None


class History:
    """Every sample that was ever sent, by its key."""

    def __init__(self) -> None:
        self.samples: dict[Key, Sample] = {}

    def add(self, sample: Sample) -> None:
        """A sample is about to be sent."""
        if sample.key in self.samples:
            raise ValueError(f"{sample.key} was sent before")
        self.samples[sample.key] = sample

    def within(self, begun_s: float, ended_s: float, units: Iterable[str]) -> list[Sample]:
        """The samples of these units that were sent in that time."""
        wanted = set(units)
        return [
            one
            for one in self.samples.values()
            if one.unit_id in wanted and begun_s <= one.sent_s <= ended_s
        ]


def tally(samples: Iterable[Sample], rows_of: Mapping[Key, int]) -> Tally:
    """Counts of these samples; ``rows_of`` says how many rows each key has."""
    known = list(samples)
    acknowledged = [one for one in known if one.outcome == "acknowledged"]
    waits = sorted(
        one.committed_s - one.sent_s for one in acknowledged if one.committed_s is not None
    )
    return Tally(
        sent=len(known),
        acknowledged=len(acknowledged),
        unknown=sum(one.outcome == "unknown" for one in known),
        stored=sum(rows_of.get(one.key, 0) > 0 for one in acknowledged),
        lost=sum(rows_of.get(one.key, 0) == 0 for one in acknowledged),
        duplicated=sum(rows_of.get(one.key, 0) > 1 for one in known),
        p99_s=quantile(waits, 0.99),
        max_s=waits[-1] if waits else None,
    )


def quantile(ordered: list[float], part: float) -> float | None:
    """The value below which that part of the ordered values lies; None of nothing."""
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


def rows_by_key(rows: Iterable[StoredRow]) -> Counter[Key]:
    """How many rows each sample has."""
    return Counter(row.key for row in rows)


def disagreements(history: History, rows: list[StoredRow]) -> Iterator[str]:
    """Every way in which what is stored is not what was said."""
    counts = rows_by_key(rows)
    for one in history.samples.values():
        count = counts.get(one.key, 0)
        if one.outcome == "acknowledged" and count == 0:
            yield f"{one.unit_id} #{one.number}: acknowledged and not stored"
        if count > 1:
            yield f"{one.unit_id} #{one.number}: stored {count} times"
        if one.outcome == "refused":
            yield f"{one.unit_id} #{one.number}: refused by the gateway"
    for row in rows:
        said = history.samples.get(row.key)
        if said is None:
            yield f"{row.device_id} {row.boot_id} {row.seq}: stored and never sent"
        elif (said.heart_rate, said.spo2) != (row.heart_rate, row.spo2):
            yield f"{row.unit_id} #{row.number}: stored with other values than were sent"
    yield from out_of_order(rows)


def out_of_order(rows: Iterable[StoredRow]) -> Iterator[str]:
    """Rows of one boot whose numbers do not rise with the sequence."""
    for (device_id, boot_id), boot in by_boot(rows).items():
        for before, after in pairwise(sorted(boot, key=lambda row: row.seq)):
            if after.number <= before.number:
                yield f"{device_id} {boot_id}: #{after.number} follows #{before.number}"


def inversions(rows: Iterable[StoredRow]) -> int:
    """How often a later number of a boot was received before an earlier one."""
    found = 0
    for boot in by_boot(rows).values():
        by_arrival = sorted(boot, key=lambda row: (row.received_s, row.seq))
        found += sum(after.seq < before.seq for before, after in pairwise(by_arrival))
    return found


def by_boot(rows: Iterable[StoredRow]) -> dict[tuple[str, str], list[StoredRow]]:
    """The rows of each (device, boot)."""
    boots: dict[tuple[str, str], list[StoredRow]] = defaultdict(list)
    for row in rows:
        boots[(row.device_id, row.boot_id)].append(row)
    return boots
