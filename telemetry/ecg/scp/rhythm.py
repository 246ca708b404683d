"""Sections 3 to 6: which leads there are, and how their samples come back.

The path of one lead, in the order it is undone (EN 1064, annex C):

1. Huffman codes of section 6 → numbers; first or second differences → samples.
2. Bimodal compression: outside the protected zones of section 4 only every 2nd to 4th sample was
   kept, each the mean of its group. Between the middles of two groups the line is straight, before
   the first and after the last it is level. Inside the zones samples are as they were.
3. Reference beat subtraction: around each beat of type 0 the reference beat of section 5 was
   subtracted, so it is added again, fiducial on fiducial.

Sample numbers in sections 3 and 4 count from 1 and are those of the rate of section 5.
"""

from fractions import Fraction
from typing import Final

import msgspec
import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.cursor import Cursor
from telemetry.ecg.limits import BEATS_MAX, LEADS_MAX, SAMPLES_MAX
from telemetry.ecg.model import Samples
from telemetry.ecg.scp.huffman import Table, decode, plain, undo_differences

_RATIO_MAX: Final = 4  # the standard keeps at least every 4th sample
_US_PER_S: Final = 1_000_000
_NV_PER_UV: Final = 1000


class LeadSpan(msgspec.Struct, frozen=True):
    """A lead of section 3: its number and its first and last sample, counted from 1."""

    number: int
    first: int
    last: int

    @property
    def count(self) -> int:
        """Samples promised; some makers count from 0 and mean the number by ``last``."""
        return self.last if self.first == 0 else self.last - self.first + 1


class Leads(msgspec.Struct, frozen=True):
    """Section 3."""

    spans: tuple[LeadSpan, ...]
    is_subtracted: bool


class Zone(msgspec.Struct, frozen=True):
    """A stretch of samples, both ends in it, counted from 1; ``fiducial`` for beats."""

    first: int
    last: int
    fiducial: int = 0


class Beats(msgspec.Struct, frozen=True):
    """Section 4: where the reference beat was subtracted and what was kept sample by sample."""

    reference_ms: int
    fiducial: int
    subtracted: tuple[Zone, ...]
    protected: tuple[Zone, ...]


class Stored(msgspec.Struct, frozen=True):
    """Section 5 or 6: scale, interval, and one list of samples a lead, differences undone."""

    nanovolts: int
    interval_us: int
    is_bimodal: bool
    leads: tuple[Samples, ...]

    @property
    def uv_per_lsb(self) -> Fraction:
        """Microvolts of one step."""
        return Fraction(self.nanovolts, _NV_PER_UV)

    @property
    def hz(self) -> Fraction:
        """Samples a second."""
        return Fraction(_US_PER_S, self.interval_us)


def read_leads(cursor: Cursor) -> Leads:
    """Section 3: how many leads, which, and from where to where."""
    count, flags = cursor.unsigned(1, "the number of leads"), cursor.unsigned(1, "its flags")
    if not 1 <= count <= LEADS_MAX:
        raise BadPayload("ecg_leads", f"section 3 says {count} leads; 1 to {LEADS_MAX} can be")
    spans = []
    for _ in range(count):
        first, last = cursor.unsigned(4, "a lead"), cursor.unsigned(4, "a lead")
        span = LeadSpan(cursor.unsigned(1, "a lead"), first, last)
        if not 0 < span.count <= SAMPLES_MAX // count:
            raise BadPayload(
                "ecg_samples", f"section 3: lead {span.number} from sample {first} to {last}"
            )
        spans.append(span)
    return Leads(tuple(spans), bool(flags & 1))


def read_beats(cursor: Cursor) -> Beats:
    """Section 4; the list of protected zones may be left out."""
    reference_ms, fiducial = cursor.unsigned(2, "its head"), cursor.unsigned(2, "its head")
    count = cursor.unsigned(2, "the number of beats")
    if count > BEATS_MAX:
        raise BadPayload("ecg_beats", f"section 4 says {count} beats; {BEATS_MAX} are read")
    subtracted = []
    for _ in range(count):
        kind, first = cursor.unsigned(2, "a beat"), cursor.unsigned(4, "a beat")
        peak, last = cursor.unsigned(4, "a beat"), cursor.unsigned(4, "a beat")
        if kind == 0 and first:
            subtracted.append(Zone(first, last, peak))
    protected: list[Zone] = []
    while cursor.left >= 8 and len(protected) < count:
        zone = Zone(cursor.unsigned(4, "a zone"), cursor.unsigned(4, "a zone"))
        if 0 < zone.first <= zone.last:
            protected.append(zone)
    return Beats(reference_ms, fiducial, tuple(subtracted), tuple(sorted(protected, key=_first)))


def _first(zone: Zone) -> int:
    return zone.first


def read_stored(cursor: Cursor, where: str, counts: list[int], tables: tuple[Table, ...]) -> Stored:
    """Section 5 or 6; ``counts`` are the samples wanted of each lead."""
    nanovolts = cursor.unsigned(2, "its amplitude step")
    interval_us = cursor.unsigned(2, "its sample interval")
    order, bimodal = cursor.unsigned(1, "its differences"), cursor.unsigned(1, "its compression")
    if nanovolts == 0 or interval_us == 0 or order > 2:
        raise BadPayload(
            "ecg_rhythm",
            f"{where} says a step of {nanovolts} nV every {interval_us} µs, differences {order}",
        )
    sizes = [cursor.unsigned(2, "the length of a lead") for _ in counts]
    leads = []
    for place, (size, wanted) in enumerate(zip(sizes, counts, strict=True), start=1):
        at = f"{where}, lead {place}"
        raw = cursor.take(size, f"the samples of lead {place}")
        values = _values(raw, wanted, tables, at)
        leads.append(undo_differences(values, order, at))
    return Stored(nanovolts, interval_us, bimodal == 1, tuple(leads))


def _values(raw: bytes, wanted: int, tables: tuple[Table, ...], where: str) -> Samples:
    if not tables:
        return plain(raw)[:wanted]
    values = decode(raw, wanted, tables, where)
    if any(not -(2**31) < value < 2**31 for value in values):
        raise BadPayload("ecg_huffman", f"{where}: a value no sample can have")
    return np.array(values, dtype=np.int32)


def stored_count(span: LeadSpan, zones: tuple[Zone, ...], ratio: int) -> int:
    """How many samples section 6 holds of a lead where only every ``ratio``-th was kept."""
    return sum(
        length if is_kept else -(-length // ratio) for is_kept, length in _pieces(span, zones)
    )


def _pieces(span: LeadSpan, zones: tuple[Zone, ...]) -> list[tuple[bool, int]]:
    """The lead as (protected?, samples), in order."""
    first = max(span.first, 1)
    at, end = first, first + span.count
    pieces: list[tuple[bool, int]] = []
    for zone in zones:
        begin, stop = max(zone.first, at), min(zone.last + 1, end)
        if begin >= stop:
            continue
        if begin > at:
            pieces.append((False, begin - at))
        pieces.append((True, stop - begin))
        at = stop
    if at < end:
        pieces.append((False, end - at))
    return pieces


def expand(stored: Samples, span: LeadSpan, zones: tuple[Zone, ...], ratio: int) -> Samples:
    """Step 2: a lead at full rate out of one that was thinned outside ``zones``."""
    parts, at = [], 0
    for is_kept, length in _pieces(span, zones):
        count = length if is_kept else -(-length // ratio)
        taken = stored[at : at + count]
        at += count
        if len(taken) == 0:
            break
        whole = taken if is_kept else _between(taken, ratio)
        parts.append(whole[: min(length, len(whole))])
    return np.concatenate(parts) if parts else stored[:0]


def _between(means: Samples, ratio: int) -> Samples:
    """Straight lines between the middles of groups of ``ratio``, rounded half up."""
    middles = np.arange(len(means)) * ratio + (ratio - 1) / 2
    line = np.interp(np.arange(len(means) * ratio), middles, means)
    return np.floor(line + 0.5).astype(np.int32)


def add_reference(
    lead: Samples, span: LeadSpan, beats: Beats, reference: Samples, scale: Fraction
) -> Samples:
    """Step 3: the reference beat, in steps of the rhythm, back onto every beat of type 0."""
    total = lead.astype(np.int64)
    beat = reference.astype(np.int64) * scale.numerator // scale.denominator
    begin = max(span.first, 1)
    for zone in beats.subtracted:
        shift = beats.fiducial - zone.fiducial - 1  # sample number → place in the beat
        first = max(zone.first, begin, -shift)
        last = min(zone.last, begin + len(lead) - 1, len(beat) - 1 - shift)
        if first <= last:
            total[first - begin : last - begin + 1] += beat[first + shift : last + shift + 1]
    if len(total) and max(int(total.max()), -int(total.min())) >= 2**31:
        raise BadPayload("ecg_samples", "section 5: the reference beat leads beyond any sample")
    return total.astype(np.int32)
