"""Annotations of a DICOM waveform (PS3.3 C.10.10): the device's words, numbers and wave marks.

A mark belongs to the median beat where it refers to that group, or where its annotation group also
marks the fiducial at the group's trigger sample, as machines do that refer everything to group 1.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any, Final

from pydicom.dataset import Dataset

from telemetry.ecg.limits import ANNOTATIONS_MAX, STATEMENT_MAX_CHARS, STATEMENTS_MAX
from telemetry.ecg.model import Beat, Measurement, Statement

_ONSET: Final = "qrs onset"
_ENDS: Final = ("qrs offset", "qrs end")
_FIDUCIAL: Final = "fiducial point"


def _annotations(document: Dataset) -> list[Dataset]:
    return list(document.get("WaveformAnnotationSequence") or ())[:ANNOTATIONS_MAX]


def _meaning(annotation: Dataset) -> str:
    names = annotation.get("ConceptNameCodeSequence")
    return str(names[0].get("CodeMeaning") or "") if names else ""


def statements_of(document: Dataset) -> tuple[Statement, ...]:
    """Free text and coded findings, each once, as they stand."""
    found = []
    for one in _annotations(document):
        words = str(one.get("UnformattedTextValue") or "")
        codes = one.get("ConceptCodeSequence")
        if not words and codes:
            words = str(codes[0].get("CodeMeaning") or "")
        if words.strip():
            found.append(Statement(text=words.strip()[:STATEMENT_MAX_CHARS]))
    return tuple(dict.fromkeys(found))[:STATEMENTS_MAX]


def measurements_of(document: Dataset) -> tuple[Measurement, ...]:
    """Numbers with a name and a unit, the first of each name."""
    found: dict[str, Measurement] = {}
    for one in _annotations(document):
        value: Any = one.get("NumericValue")
        name = _meaning(one)
        if value in (None, "") or not name:
            continue
        first = value if isinstance(value, (str, int, float)) else value[0]
        units = one.get("MeasurementUnitsCodeSequence")
        unit = str(units[0].get("CodeValue") or "") if units else ""
        found.setdefault(name, Measurement(name=name[:64], value=float(first), unit=unit[:16]))
    return tuple(found.values())


def beat_of(
    document: Dataset, group: int | None, trigger: Any, hz: Fraction, length: int
) -> Beat | None:
    """Where the QRS complex of the median beat lies, in seconds from the beat's first sample."""
    marks: dict[int, dict[str, int]] = defaultdict(dict)
    own: dict[str, int] = {}
    for one in _annotations(document):
        position = _position(one)
        if position is None:
            continue
        name = _meaning(one).strip().lower()
        marks[int(one.get("AnnotationGroupNumber") or 0)].setdefault(name, position)
        if _group_of(one) == group:
            own.setdefault(name, position)
    by_trigger = (
        found for found in marks.values() if trigger and found.get(_FIDUCIAL) == int(trigger)
    )
    for found in (own, *by_trigger):
        end = next((found[name] for name in _ENDS if name in found), None)
        onset = found.get(_ONSET)
        if onset is not None and end is not None and 1 <= onset < end <= length:
            return Beat(qrs_onset_s=(onset - 1) / hz, qrs_end_s=(end - 1) / hz)
    return None


def _position(annotation: Dataset) -> int | None:
    """The sample it marks, counted from 1."""
    value: Any = annotation.get("ReferencedSamplePositions")
    if value in (None, ""):
        return None
    return int(value if isinstance(value, int) else value[0])


def _group_of(annotation: Dataset) -> int | None:
    value: Any = annotation.get("ReferencedWaveformChannels")
    return int(value[0]) if value else None
