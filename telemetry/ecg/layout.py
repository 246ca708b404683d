"""The drawing of an ECG as a plan in millimetres; back ends only repeat it in ink.

Paper: 25 mm are one second, 10 mm are one millivolt, thin lines every 1 mm, thick ones every 5. The
origin is the upper left corner, y points down. Layouts:

    3x4+1   four columns of three leads, 2.5 s each, and a rhythm strip of 10 s below
    12x1    twelve rows of 10 s

Columns show what happened then: the second column begins 2.5 s into the record, as on every cart.
A lead that began later is drawn where it began. A gap is a break in the line. Every row begins with
a calibration pulse of 1 mV and 0.2 s. The same rules in the browser are in
frontend/src/ui/ecg/layout.ts, held together by tests/contract/ecg/layout.json.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal

import msgspec
import numpy as np

from telemetry.ecg.leads import TWELVE
from telemetry.ecg.model import GAP, Ecg, Lead

MM_PER_S: Final = 25
MM_PER_MV: Final = 10
MARGIN_MM: Final = 5
HEADER_MM: Final = 15
FOOTER_MM: Final = 7
PULSE_MM: Final = 10  # room before the traces for the calibration pulse
COLUMN_MM: Final = 62.5  # 2.5 s
STRIP_MM: Final = 250.0  # 10 s
ROW_MM: Final = {"3x4+1": 30.0, "12x1": 20.0}
TRACE_MM: Final = 0.25  # a pen
LABEL_MM: Final = 3.2
NAME_MM: Final = 3.6

LayoutName = Literal["3x4+1", "12x1"]
Language = Literal["zh", "en"]
Point = tuple[float, float]

_RHYTHM: Final = ("II", "MLII", "V1", "I")


class Label(msgspec.Struct, frozen=True):
    """Words at their left end of the base line."""

    x: float
    y: float
    size_mm: float
    text: str
    is_strong: bool = False


class Trace(msgspec.Struct, frozen=True):
    """One lead's line in one place: polylines, broken at gaps."""

    lead: str
    lines: tuple[tuple[Point, ...], ...]


class Plan(msgspec.Struct, frozen=True):
    """Everything to draw, in millimetres; the grid covers ``grid`` = (x, y, width, height)."""

    width_mm: float
    height_mm: float
    grid: tuple[float, float, float, float]
    traces: tuple[Trace, ...]
    pulses: tuple[tuple[Point, ...], ...]
    labels: tuple[Label, ...]


class Cell(msgspec.Struct, frozen=True):
    """Where a lead goes: the box from ``x`` wide ``width``, zero line at ``y``, from second."""

    lead: str
    x: float
    y: float
    width: float
    from_s: float


def cells(layout: LayoutName, names: tuple[str, ...]) -> tuple[Cell, ...]:
    """The boxes of a layout for the leads there are; leads beyond the twelve get rows in 12x1."""
    left, top = MARGIN_MM + PULSE_MM, MARGIN_MM + HEADER_MM
    row_mm = ROW_MM[layout]
    if layout == "12x1":
        rows: list[str] = [name for name in TWELVE if name in names]
        rows += [name for name in names if name not in TWELVE]
        return tuple(
            Cell(name, left, top + (row + 0.5) * row_mm, STRIP_MM, 0.0)
            for row, name in enumerate(rows)
        )
    found = [
        Cell(name, left + column * COLUMN_MM, top + (row + 0.5) * row_mm, COLUMN_MM, column * 2.5)
        for place, name in enumerate(TWELVE)
        for column, row in [divmod(place, 3)]
        if name in names
    ]
    rhythm = next((name for name in (*_RHYTHM, *names) if name in names), None)
    if rhythm is not None:
        found.append(Cell(rhythm, left, top + 3.5 * row_mm, STRIP_MM, 0.0))
    return tuple(found)


def plan(ecg: Ecg, layout: LayoutName, language: Language, from_s: float = 0.0) -> Plan:
    """The drawing of ten seconds from ``from_s`` on; derived leads are drawn and marked."""
    leads = {lead.name: lead for lead in (*ecg.leads, *ecg.derived)}
    boxes = tuple(
        msgspec.structs.replace(box, from_s=box.from_s + from_s)
        for box in cells(layout, tuple(leads))
    )
    rows = 4 if layout == "3x4+1" else max(len(boxes), 1)
    height = rows * ROW_MM[layout]
    width = PULSE_MM + STRIP_MM
    top = MARGIN_MM + HEADER_MM
    labels = [*_names(boxes, leads), *_words(ecg, language, top + height, from_s)]
    return Plan(
        width_mm=width + 2 * MARGIN_MM,
        height_mm=top + height + FOOTER_MM + MARGIN_MM,
        grid=(MARGIN_MM, top, width, height),
        traces=tuple(Trace(box.lead, lines_of(leads[box.lead], box)) for box in boxes),
        pulses=tuple(_pulse(y) for y in dict.fromkeys(box.y for box in boxes)),
        labels=tuple(labels),
    )


def lines_of(lead: Lead, box: Cell) -> tuple[tuple[Point, ...], ...]:
    """The part of a lead that falls into a box, as polylines in millimetres."""
    first = max(-(-(Fraction(box.from_s) - lead.start_s) * lead.hz // 1), 0)
    last = (Fraction(box.from_s) + Fraction(box.width) / MM_PER_S - lead.start_s) * lead.hz
    part = lead.samples[int(first) : max(int(last) + 1, 0)]
    at_s = np.arange(int(first), int(first) + len(part)) / float(lead.hz) + float(lead.start_s)
    x = box.x + (at_s - box.from_s) * MM_PER_S
    millivolts = (part * float(lead.uv_per_lsb) + float(lead.offset_uv)) / 1000
    y = box.y - millivolts * MM_PER_MV
    return tuple(_runs(x, y, part == GAP))


def _runs(x: np.ndarray, y: np.ndarray, gaps: np.ndarray) -> Iterator[tuple[Point, ...]]:
    """Stretches without a gap, in points rounded to a micrometre."""
    edges = np.flatnonzero(np.diff(np.concatenate([[True], gaps, [True]]).astype(np.int8)))
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        xs, ys = np.round(x[begin:end], 3).tolist(), np.round(y[begin:end], 3).tolist()
        yield tuple(zip(xs, ys, strict=True))


def _pulse(y: float) -> tuple[Point, ...]:
    """1 mV for 0.2 s, between two bits of zero line."""
    x = float(MARGIN_MM + 2)
    top = y - MM_PER_MV
    return ((x, y), (x + 1, y), (x + 1, top), (x + 6, top), (x + 6, y), (x + 7, y))


def _names(boxes: tuple[Cell, ...], leads: dict[str, Lead]) -> Iterator[Label]:
    for box in boxes:
        name = box.lead + ("*" if leads[box.lead].derived else "")
        yield Label(box.x + 1, box.y - 8.2, NAME_MM, name, is_strong=True)


def _words(ecg: Ecg, language: Language, bottom: float, from_s: float) -> Iterator[Label]:
    """Head and foot: when, on what, how fast, how filtered; never who."""
    words = _WORDS[language]
    when = ecg.acquired.local.replace("T", " ") if ecg.acquired else words["no_time"]
    zone = (ecg.acquired.zone or words["no_zone"]) if ecg.acquired else ""
    device = " ".join(part for part in (ecg.device.maker, ecg.device.model) if part)
    yield Label(MARGIN_MM, MARGIN_MM + 3, LABEL_MM, f"{when} {zone}".strip())
    yield Label(MARGIN_MM, MARGIN_MM + 7.5, LABEL_MM, device)
    said = "; ".join(one.text for one in ecg.statements if one.by == "device")[:120]
    if said:
        yield Label(MARGIN_MM, MARGIN_MM + 12, LABEL_MM, f"{words['device_says']}: {said}")
    foot = f"25 mm/s  10 mm/mV  {_bandwidth(ecg, words)}"
    hz = ecg.hz
    foot += f"  {float(hz):g} Hz" if hz is not None else ""
    foot += f"  {words['from']} {from_s:g} s" if from_s else ""
    if ecg.derived:
        foot += f"  * {words['derived']}"
    yield Label(MARGIN_MM, bottom + 5, LABEL_MM, foot)


def _bandwidth(ecg: Ecg, words: dict[str, str]) -> str:
    filters = ecg.filters
    if filters is None or (filters.high_pass_hz is None and filters.low_pass_hz is None):
        return words["no_filter"]
    high = "?" if filters.high_pass_hz is None else f"{filters.high_pass_hz:g}"
    low = "?" if filters.low_pass_hz is None else f"{filters.low_pass_hz:g}"
    notch = f" ~{filters.notch_hz:g} Hz" if filters.notch_hz is not None else ""
    return f"{high}-{low} Hz{notch}"


_WORDS: Final = {
    "en": {
        "no_time": "recording time not stated",
        "no_zone": "(no zone stated)",
        "device_says": "Device",
        "no_filter": "filters not stated",
        "derived": "computed from I and II",
        "from": "from",
    },
    "zh": {
        "no_time": "未注明采集时间",
        "no_zone": "（未注明时区）",
        "device_says": "设备提示",
        "no_filter": "未注明滤波",
        "derived": "由 I、II 导联推算",
        "from": "自第",
    },
}
