"""Reads an HL7 annotated ECG (ANSI/HL7 V3 ECG, R1; Implementation Guide of 2005).

    AnnotatedECG/component/series                         rhythm
      component/sequenceSet/component/sequence            one time axis, then one lead each
      derivation/derivedSeries                            representative beats
      controlVariable                                     filters
      subjectOf/annotationSet                             statements, measurements, waves

A sequence is generated (GLIST: head, increment) or listed (SLIST: origin, scale, digits). PQ has
units, INT has none and is taken as microvolts, with a warning. A series with several sequence sets
was recorded in pieces: one behind a gap goes on the lead before it.
"""

import re
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Final, Literal
from xml.etree.ElementTree import Element

import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.aecg.annotations import beat_of, measurements_of, statements_of
from telemetry.ecg.gaps import joined
from telemetry.ecg.leads import in_order, lead_of_name
from telemetry.ecg.limits import LEADS_MAX, RATE_MAX_HZ, SAMPLES_MAX
from telemetry.ecg.model import (
    GAP,
    Acquired,
    Device,
    Ecg,
    Filters,
    Lead,
    PatientContext,
    Samples,
)
from telemetry.ecg.numbers import exact, microvolts_per, rate
from telemetry.ecg.xml import anywhere, attribute, child, children, name_of, parse, text

_TIME: Final = re.compile(
    r"\A(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\.\d{1,9})?([+-]\d{4})?\Z"
)
_SECONDS: Final = {"s": Fraction(1), "ms": Fraction(1, 1000), "us": Fraction(1, 10**6),
                   "min": Fraction(60)}  # fmt: skip
_GAP_WORDS: Final = frozenset({"nan", "na", "nav", "-"})
_SEX: Final[dict[str, Literal["male", "female", "other"]]] = {
    "M": "male", "F": "female", "UN": "other",
}  # fmt: skip
_AGE_UNITS: Final[dict[str, Literal["years", "months", "weeks", "days"]]] = {
    "a": "years", "y": "years", "mo": "months", "wk": "weeks", "d": "days",
}  # fmt: skip


def is_aecg(root: Element) -> bool:
    """Whether the root element is that of an annotated ECG."""
    return name_of(root).lower() == "annotatedecg"


def read_aecg(data: bytes) -> Ecg:
    """The recording in ``data``; BadPayload names the sequence that cannot be read."""
    return read_tree(parse(data))


def read_tree(root: Element) -> Ecg:
    """The recording of a parsed AnnotatedECG."""
    warnings: list[str] = []
    series = list(children(root, "component", "series"))
    rhythm = [one for one in series if "BEAT" not in attribute(child(one, "code"), "code")]
    if not rhythm:
        raise BadPayload("ecg_series", "the annotated ECG has no rhythm series")
    first = rhythm[0]
    if len(rhythm) > 1:
        warnings.append(f"the file holds {len(rhythm)} rhythm series; the first one was read")
    filters = _filters(first)
    derived = [*children(first, "derivation", "derivedSeries"),
               *(one for one in series if one not in rhythm)]  # fmt: skip
    leads = _leads(first, filters, warnings)
    median = _leads(derived[0], filters, warnings) if derived else []
    annotated = [*derived[:1], first]
    return Ecg(
        format="hl7-aecg",
        version=None,
        leads=in_order(leads),
        median=in_order(median),
        median_beat=beat_of(derived[0]) if derived else None,
        acquired=_acquired(root, first),
        device=_device(first),
        context=_context(root),
        statements=statements_of(annotated),
        measurements=measurements_of(annotated),
        warnings=tuple(warnings),
    )


def _leads(series: Element, filters: Filters, warnings: list[str]) -> list[Lead]:
    found: list[Lead] = []
    begin: datetime | None = None
    for sequence_set in children(series, "component", "sequenceSet"):
        sequences = list(children(sequence_set, "component", "sequence"))
        axis = next((one for one in sequences if _code(one).startswith("TIME_")), None)
        if axis is None:
            raise BadPayload("ecg_series", "a sequence set has no time sequence")
        interval_s, head_s, head = _axis(child(axis, "value"))
        begin = head if begin is None else begin
        start_s = head_s + _since(begin, head)
        for one in sequences:
            if one is axis or _code(one).startswith("TIME_"):
                continue
            if len(found) == LEADS_MAX:
                raise BadPayload("ecg_leads", f"more than {LEADS_MAX} leads")
            lead = _lead(one, interval_s, start_s, filters, warnings)
            found += [lead] if lead is not None else []
            if sum(len(lead.samples) for lead in found) > SAMPLES_MAX:
                raise BadPayload("ecg_samples", f"more than {SAMPLES_MAX} samples")
    earliest = min((lead.start_s for lead in found), default=Fraction(0))
    if earliest < 0:
        raise BadPayload("ecg_series", "a sequence set begins before the first one")
    return joined(found)


def _code(sequence: Element) -> str:
    return attribute(child(sequence, "code"), "code")


def _since(begin: datetime | None, head: datetime | None) -> Fraction:
    if begin is None or head is None:
        return Fraction(0)
    return Fraction((head - begin) // timedelta(microseconds=1), 10**6)


def _axis(value: Element | None) -> tuple[Fraction, Fraction, datetime | None]:
    """Sample interval in s, offset of the first sample in s, and its time where one is said."""
    head, increment = (child(value, name) if value is not None else None
                       for name in ("head", "increment"))  # fmt: skip
    unit = _SECONDS.get(attribute(increment, "unit") or "s")
    if increment is None or unit is None:
        raise BadPayload("ecg_series", "the time sequence has no increment in s, ms or us")
    interval_s = exact(attribute(increment, "value"), "the time increment") * unit
    if interval_s * RATE_MAX_HZ < 1:
        raise BadPayload("ecg_rate", f"the time increment is {float(interval_s):g} s")
    said = attribute(head, "value")
    if _kind(value).endswith("TS"):
        return interval_s, Fraction(0), _moment(said)
    head_unit = _SECONDS.get(attribute(head, "unit") or "s", Fraction(1))
    return interval_s, (exact(said, "the time head") if said else Fraction(0)) * head_unit, None


def _kind(value: Element | None) -> str:
    """Its xsi:type, without a prefix."""
    return attribute(value, "type").rpartition(":")[2]


def _lead(
    sequence: Element,
    interval_s: Fraction,
    start_s: Fraction,
    filters: Filters,
    warnings: list[str],
) -> Lead | None:
    name = lead_of_name(_code(sequence) or "unnamed")
    value = child(sequence, "value")
    kind = _kind(value)
    if value is None or not kind.startswith(("SLIST", "GLIST")):
        raise BadPayload("ecg_series", f"lead {name}: its values are {kind or 'missing'}, no list")
    if kind.startswith("GLIST"):
        raise BadPayload("ecg_series", f"lead {name}: a voltage cannot be a generated list")
    step, step_unit = _quantity(child(value, "scale"), Fraction(1))
    origin, origin_unit = _quantity(child(value, "origin"), Fraction(0))
    unit = step_unit or origin_unit
    per_unit = microvolts_per(unit) if unit else Fraction(1)
    per_origin = microvolts_per(origin_unit) if origin_unit else per_unit
    if per_unit is None or per_origin is None:
        warnings.append(f"sequence {name} is in {unit[:20]!r}, no voltage: it was left out")
        return None
    if step == 0:
        raise BadPayload("ecg_series", f"lead {name}: a scale of 0")
    if not unit:
        warnings.append(f"lead {name}: no unit is stated; microvolts are assumed")
    return Lead(
        name=name,
        samples=_digits(child(value, "digits"), name),
        hz=rate(_whole_where_meant(1 / interval_s), "the time increment"),
        uv_per_lsb=step * per_unit,
        offset_uv=origin * per_origin,
        start_s=start_s,
        filters=filters,
    )


def _whole_where_meant(hz: Fraction) -> Fraction:
    """360 Hz written as an increment of 0.002777777777777778 s is 360 Hz."""
    plain = hz.limit_denominator(1000)
    return plain if abs(hz - plain) * 10**9 < hz else hz


def _quantity(element: Element | None, default: Fraction) -> tuple[Fraction, str]:
    said = attribute(element, "value")
    number = exact(said, name_of(element)) if said and element is not None else default
    return number, attribute(element, "unit")


def _digits(element: Element | None, name: str) -> Samples:
    words = text(element).split()
    if not words:
        raise BadPayload("ecg_truncated", f"lead {name} has no digits")
    if len(words) > SAMPLES_MAX:
        raise BadPayload("ecg_samples", f"lead {name}: more than {SAMPLES_MAX} samples")
    values = np.empty(len(words), dtype=np.int32)
    for place, word in enumerate(words):
        values[place] = _digit(word, name, place)
    return values


def _digit(word: str, name: str, place: int) -> int:
    """A sample: an integer, also one written 12.0, or a word for "no value"."""
    try:
        number = int(word) if len(word) < 12 and word.isascii() else None
    except ValueError:
        number = None
    if number is None and word.lower() in _GAP_WORDS:
        return GAP
    if number is None:
        value = exact(word, f"lead {name}, digit {place}")
        if value.denominator != 1:
            raise BadPayload("ecg_number", f"lead {name}, digit {place} is no integer: {word!r}")
        number = value.numerator
    if not GAP < number < -GAP:
        raise BadPayload("ecg_number", f"lead {name}, digit {place} is beyond 32 bits: {word!r}")
    return number


def _filters(series: Element) -> Filters:
    """Cut-offs of the control variables; a filter named without a number is kept as words."""
    cuts: dict[str, float] = {}
    words: list[str] = []
    for outer in children(series, "controlVariable", "controlVariable"):
        kind = attribute(child(outer, "code"), "code").rpartition("ATTR_FILTER_")[2]
        for inner in children(outer, "component", "controlVariable"):
            value = child(inner, "value")
            is_hz = attribute(value, "unit").lower() == "hz"
            if is_hz and attribute(value, "value"):
                cuts[kind] = float(exact(attribute(value, "value"), "a filter"))
            elif text(value):
                words.append(f"{kind.lower().replace('_', ' ')}: {text(value)[:80]}")
    return Filters(
        high_pass_hz=cuts.get("HIGH_PASS"),
        low_pass_hz=cuts.get("LOW_PASS"),
        notch_hz=cuts.get("NOTCH"),
        words=tuple(words),
    )


def _moment(said: str) -> datetime | None:
    """An HL7 time without its zone; None where there is none or no day in it."""
    found = _TIME.match(said)
    if found is None or found[3] is None:
        return None
    year, month, day, hour, minute, second = (int(found[k] or 0) for k in range(1, 7))
    micro = int(Fraction(found[7]) * 10**6) if found[7] else 0
    try:
        return datetime(year, month, day, hour, minute, second, micro)  # the zone is kept apart
    except ValueError:
        return None


def _acquired(root: Element, series: Element) -> Acquired | None:
    times = [child(one, "effectiveTime", edge) for one in (series, root)
             for edge in ("low", "center")]  # fmt: skip
    times += [child(one, "effectiveTime") for one in (series, root)]
    for element in times:
        said = attribute(element, "value")
        found = _TIME.match(said)
        if found is not None and _moment(said) is not None:
            day, clock = (
                "-".join(found.group(1, 2, 3)),
                ":".join(filter(None, found.group(4, 5, 6))),
            )
            local = f"{day}T{clock}{found[7] or ''}" if clock else day
            offset = found[8]
            return Acquired(local=local, zone=f"{offset[:3]}:{offset[3:]}" if offset else None)
    return None


def _device(series: Element) -> Device:
    author = child(series, "author", "seriesAuthor")
    if author is None:
        return Device()
    model = child(author, "manufacturedSeriesDevice", "manufacturerModelName")
    software = child(author, "manufacturedSeriesDevice", "softwareName")
    maker = child(author, "manufacturerOrganization", "name")
    return Device(maker=text(maker) or None, model=text(model) or None,
                  software=text(software) or None)  # fmt: skip


def _context(root: Element) -> PatientContext:
    """Sex, and the age where it is stated as one; a birth date is never read."""
    sex = next((attribute(one, "code") for one in anywhere(root, "administrativeGenderCode")), "")
    for observed in anywhere(root, "relatedObservation"):
        value = child(observed, "value")
        unit = _AGE_UNITS.get(attribute(value, "unit"))
        said = attribute(value, "value")
        if "age" in attribute(child(observed, "code"), "displayName").lower() and unit and said:
            age = float(exact(said, "the age"))
            return PatientContext(age=age, age_unit=unit, sex=_SEX.get(sex))
    return PatientContext(sex=_SEX.get(sex))
