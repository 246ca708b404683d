"""Reads Philips "Sierra" resting ECG XML, versions 1.03 to 1.04.01.

    restingecgdata
      documentinfo/documentversion
      dataacquisition[@date @time]/machine, signalcharacteristics
      waveforms/parsedwaveforms[@dataencoding @durationperchannel @leadlabels]
      waveforms/repbeats/repbeat[@leadname]

Samples are numbers as text ("Plain") or Base64 of 16-bit words, or XLI chunks in Base64. Only under
XLI are the last four limb leads not themselves but what Einthoven's law leaves over:

    III = II - I - x    aVR = -x - ⌊(I+II)/2⌋    aVL = ⌊(I-III)/2⌋ - x    aVF = ⌊(II+III)/2⌋ - x
"""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from typing import Final, Literal
from xml.etree.ElementTree import Element

import numpy as np

from dispatch.errors import BadPayload
from telemetry.ecg.leads import TWELVE, in_order, lead_of_name
from telemetry.ecg.limits import LEADS_MAX, SAMPLES_MAX, STATEMENT_MAX_CHARS, STATEMENTS_MAX
from telemetry.ecg.model import (
    Acquired,
    Device,
    Ecg,
    Filters,
    Lead,
    PatientContext,
    Samples,
    Statement,
)
from telemetry.ecg.numbers import exact, positive, rate
from telemetry.ecg.sierra.xli import read_chunks
from telemetry.ecg.xml import anywhere, attribute, child, children, name_of, parse, text

_DATE: Final = re.compile(r"\A\d{4}-\d{2}-\d{2}\Z")
_TIME: Final = re.compile(r"\A\d{2}:\d{2}:\d{2}(\.\d{1,6})?\Z")
_STANDARD: Final = frozenset({"STD-12", "10-WIRE", "12LD", ""})
_SEX: Final[dict[str, Literal["male", "female"]]] = {"male": "male", "female": "female",
                                                     "m": "male", "f": "female"}  # fmt: skip
_NO: Final = frozenset({"", "uncompressed", "none", "false"})


def is_sierra(root: Element) -> bool:
    """Whether the root element is that of a Philips resting ECG."""
    return name_of(root).lower() == "restingecgdata"


def read_sierra(data: bytes) -> Ecg:
    """The recording in ``data``; BadPayload names the element that cannot be read."""
    return read_tree(parse(data))


def read_tree(root: Element) -> Ecg:
    """The recording of a parsed document."""
    warnings: list[str] = []
    acquisition = child(root, "dataacquisition")
    signal = _needed(acquisition, "signalcharacteristics")
    waves = _needed(root, "waveforms")
    parsed = _needed(waves, "parsedwaveforms")
    filters = _filters(root, signal, parsed)
    leads = _rhythm(signal, parsed, filters)
    beats = child(waves, "repbeats")
    median = _beats(beats, leads[0], warnings) if beats is not None else []
    return Ecg(
        format="sierra-xml",
        version=text(child(root, "documentinfo", "documentversion")) or None,
        leads=in_order(leads),
        median=in_order(median),
        acquired=_acquired(acquisition),
        device=_device(acquisition),
        context=_context(root),
        statements=_statements(root),
        warnings=tuple(warnings),
    )


def _needed(parent: Element | None, name: str) -> Element:
    found = child(parent, name) if parent is not None else None
    if found is None:
        raise BadPayload("ecg_element", f"the Philips ECG has no element {name}")
    return found


def _said(parsed: Element, signal: Element, *names: str) -> str:
    """The first of several attributes or elements that is stated; the waveform's own first."""
    for name in names:
        found = attribute(parsed, name) or text(child(signal, name))
        if found:
            return found
    return ""


def _rhythm(signal: Element, parsed: Element, filters: Filters) -> list[Lead]:
    hz = rate(positive(_said(parsed, signal, "samplespersecond", "samplingrate", "samplerate"),
                       "the sampling rate"), "samplingrate")  # fmt: skip
    length_ms = positive(attribute(parsed, "durationperchannel"), "durationperchannel")
    count = int(length_ms * hz / 1000)
    names = _labels(signal, parsed)
    if not 0 < count * len(names) <= SAMPLES_MAX:
        raise BadPayload("ecg_samples", f"{len(names)} leads of {count} samples")
    step = positive(_said(parsed, signal, "resolution", "signalresolution"), "the resolution in uV")
    zero = exact(_said(parsed, signal, "signaloffset") or "0", "signaloffset")
    return [
        Lead(name=name, samples=samples, hz=hz, uv_per_lsb=step, offset_uv=-zero * step,
             filters=filters)
        for name, samples in zip(names, _samples(signal, parsed, names, count), strict=True)
    ]  # fmt: skip


def _labels(signal: Element, parsed: Element) -> list[str]:
    """Names as listed, else the standard order for as many channels as are used."""
    listed = attribute(parsed, "leadlabels").split()
    said = attribute(parsed, "numberofleads") or text(child(signal, "numberchannelsallocated"))
    count = int(said) if said.isascii() and said.isdigit() and len(said) < 4 else len(listed)
    if not 0 < count <= LEADS_MAX:
        raise BadPayload("ecg_leads", f"the number of leads is {said[:20]!r}")
    if listed:
        return [lead_of_name(name) for name in listed[:count]]
    kind = text(child(signal, "acquisitiontype")) or text(child(signal, "leadset"))
    standard = TWELVE if kind.upper() in _STANDARD else ()
    return [standard[k] if k < len(standard) else f"channel {k + 1}" for k in range(count)]


def _samples(signal: Element, parsed: Element, names: list[str], count: int) -> list[Samples]:
    method = attribute(parsed, "compressmethod") or attribute(parsed, "compression")
    is_packed = method.lower() not in _NO and attribute(parsed, "compressflag").lower() != "false"
    encoding = attribute(parsed, "dataencoding")
    if is_packed and (method.upper() != "XLI" or encoding != "Base64"):
        raise BadPayload("ecg_format", f"waveforms in {method[:20]!r} as {encoding[:20]!r}")
    if is_packed:
        found = read_chunks(_base64(parsed, "parsedwaveforms"), count)[: len(names)]
    else:
        is_signed = _said(parsed, signal, "signalsigned").lower() != "false"
        flat = _flat(parsed, encoding, is_signed, "parsedwaveforms")
        found = [flat[k * count : (k + 1) * count] for k in range(len(names))]
    for name, one in zip(names, found, strict=False):
        if len(one) < count:
            raise BadPayload("ecg_truncated", f"lead {name} has {len(one)} of {count} samples")
    if len(found) < len(names):
        raise BadPayload("ecg_truncated", f"{len(found)} of {len(names)} leads are there")
    return _limb_leads(found) if is_packed and tuple(names[:6]) == TWELVE[:6] else found


def _limb_leads(stored: list[Samples]) -> list[Samples]:
    one, two, three, right, left, foot = stored[:6]
    three = two - one - three
    right = -right - (one + two) // 2
    left = (one - three) // 2 - left
    foot = (two + three) // 2 - foot
    return [one, two, three, right, left, foot, *stored[6:]]


def _flat(element: Element, encoding: str, is_signed: bool, what: str) -> Samples:
    if encoding == "Base64":
        raw = _base64(element, what)
        kind = "<i2" if is_signed else "<u2"
        return np.frombuffer(raw, dtype=kind, count=len(raw) // 2).astype(np.int32)
    if encoding != "Plain":
        raise BadPayload("ecg_format", f"{what} is encoded as {encoding[:20]!r}")
    words = "".join(element.itertext()).split()
    if len(words) > SAMPLES_MAX:
        raise BadPayload("ecg_samples", f"{what} has {len(words)} numbers")
    values = np.empty(len(words), dtype=np.int32)
    for place, word in enumerate(words):
        if not re.fullmatch(r"[+-]?[0-9]{1,9}", word):
            raise BadPayload("ecg_number", f"{what}, number {place}: {word[:20]!r}")
        values[place] = int(word)
    return values


def _base64(element: Element, what: str) -> bytes:
    try:
        return b64decode("".join((element.text or "").split()), validate=True)
    except (Base64Error, ValueError):
        raise BadPayload("ecg_truncated", f"the Base64 of {what} is broken or cut off") from None


def _beats(beats: Element, like: Lead, warnings: list[str]) -> list[Lead]:
    if attribute(beats, "compression").lower() not in _NO:
        warnings.append("the representative beats are compressed and were not read")
        return []
    said = attribute(beats, "samplespersec") or attribute(beats, "samplespersecond")
    hz = rate(positive(said, "repbeats"), "repbeats") if said else like.hz
    step_said = attribute(beats, "resolution")
    step = positive(step_said, "the resolution of repbeats") if step_said else like.uv_per_lsb
    found: list[Lead] = []
    for one in children(beats, "repbeat"):
        name = lead_of_name(attribute(one, "leadname") or "unnamed")
        wave = child(one, "waveform")
        holder = one if wave is None else wave
        samples = _flat(holder, attribute(beats, "dataencoding"), True, f"repbeat {name}")
        if len(samples) and len(found) < LEADS_MAX:
            found.append(Lead(name=name, samples=samples, hz=hz, uv_per_lsb=step,
                              filters=like.filters))  # fmt: skip
    return found


def _filters(root: Element, signal: Element, parsed: Element) -> Filters:
    """What was applied before storing; the filters of the printed report are not the file's."""
    high, low = _said(parsed, signal, "hipass"), _said(parsed, signal, "lowpass")
    band = text(child(signal, "signalbandwidth")).split("-")
    if not high and not low and len(band) == 2:
        high, low = band
    notch = _said(parsed, signal, "notchfilterfreqs")
    report = child(root, "reportinfo", "reportbandwidth")
    words = tuple(f"report {name_of(one)}: {text(one)[:40]}" for one in (report or ()) if text(one))
    return Filters(high_pass_hz=_cut(high), low_pass_hz=_cut(low), notch_hz=_cut(notch),
                   words=words)  # fmt: skip


def _cut(said: str) -> float | None:
    try:
        return float(exact(said, "a filter")) or None
    except BadPayload:
        return None


def _acquired(acquisition: Element | None) -> Acquired | None:
    day, moment = attribute(acquisition, "date"), attribute(acquisition, "time")
    if not _DATE.match(day):
        return None
    return Acquired(local=f"{day}T{moment}" if _TIME.match(moment) else day)


def _device(acquisition: Element | None) -> Device:
    machine = child(acquisition, "machine") if acquisition is not None else None
    parts = attribute(machine, "detaildescription").split(":")
    return Device(
        maker=parts[0].strip() or "Philips",
        model=text(machine) or None,
        software=parts[2].strip() or None if len(parts) > 2 else None,
    )


def _context(root: Element) -> PatientContext:
    person = child(root, "patient", "generalpatientdata")
    if person is None:
        return PatientContext()
    years = _cut(text(child(person, "age", "years")))
    sex = _SEX.get(text(child(person, "sex")).lower())
    return PatientContext(age=years, age_unit="years" if years else None, sex=sex)


def _statements(root: Element) -> tuple[Statement, ...]:
    """Interpretation lines as printed: the statement, then its reason."""
    found: list[Statement] = []
    for one in anywhere(root, "statement"):
        sides = (text(child(one, "leftstatement")), text(child(one, "rightstatement")))
        words = ": ".join(side for side in sides if side)
        if words and len(found) < STATEMENTS_MAX:
            found.append(Statement(text=words[:STATEMENT_MAX_CHARS]))
    return tuple(found)
