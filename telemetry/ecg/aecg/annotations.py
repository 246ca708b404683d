"""Annotations of an HL7 aECG: statements, global measurements, and where the QRS complex lies.

Only annotations that concern all leads are taken: one with a lead in its region is that lead's. The
words are the device's or the annotator's own; which of the two, the annotation set says.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final, Literal
from xml.etree.ElementTree import Element

from dispatch.errors import BadPayload
from telemetry.ecg.limits import ANNOTATIONS_MAX, STATEMENT_MAX_CHARS, STATEMENTS_MAX
from telemetry.ecg.model import Beat, Measurement, Statement
from telemetry.ecg.numbers import exact
from telemetry.ecg.xml import attribute, child, children, text

_SAID: Final = ("MDC_ECG_RHY", "MDC_ECG_INTERPRETATION", "MDC_ECG_BEAT_NORMAL")
_MEASURED: Final = ("MDC_ECG_TIME_PD_", "MDC_ECG_ANGLE_", "MDC_ECG_HEART_RATE", "MDC_ECG_RATE")
_QRS: Final = frozenset({"MDC_ECG_WAVC_QRSWAVE", "MDC_ECG_WAVC_QRS"})
_SECONDS: Final = {"s": Fraction(1), "ms": Fraction(1, 1000), "us": Fraction(1, 10**6)}


def _sets(series: Element) -> Iterator[Element]:
    yield from children(series, "subjectOf", "annotationSet")


def _annotations(parent: Element) -> Iterator[Element]:
    """The annotations below ``parent``, with those inside them."""
    stack = list(children(parent, "component", "annotation"))[::-1]
    count = 0
    while stack and count < ANNOTATIONS_MAX:
        one = stack.pop()
        count += 1
        yield one
        stack += list(children(one, "component", "annotation"))[::-1]


def _is_of_one_lead(annotation: Element) -> bool:
    codes = (attribute(child(boundary, "code"), "code")
             for boundary in children(annotation, "support", "supportingROI", "component",
                                      "boundary"))  # fmt: skip
    return any(code.startswith("MDC_ECG_LEAD") for code in codes)


def statements_of(series: list[Element]) -> tuple[Statement, ...]:
    """Rhythm and interpretation statements in the words of the file."""
    found: list[Statement] = []
    for one_set in (each for one in series for each in _sets(one)):
        for annotation in _annotations(one_set):
            code = attribute(child(annotation, "code"), "code")
            words = _words(child(annotation, "value"))
            if code.startswith(_SAID) and words and len(found) < STATEMENTS_MAX:
                found.append(Statement(text=words[:STATEMENT_MAX_CHARS], by=_author(one_set)))
    return tuple(dict.fromkeys(found))


def _words(value: Element | None) -> str:
    return text(value) or attribute(value, "displayName") or attribute(value, "code")


def _author(one_set: Element) -> Literal["device", "person"]:
    author = child(one_set, "author", "assignedEntity", "assignedAuthorType")
    return (
        "person" if author is not None and child(author, "assignedPerson") is not None else "device"
    )


def measurements_of(series: list[Element]) -> tuple[Measurement, ...]:
    """Intervals, axes and rates of the whole ECG."""
    found: dict[str, Measurement] = {}
    for annotation in (each for one in series for group in _sets(one)
                       for each in _annotations(group)):  # fmt: skip
        code = attribute(child(annotation, "code"), "code")
        value = child(annotation, "value")
        said = attribute(value, "value")
        if not code.startswith(_MEASURED) or not said or _is_of_one_lead(annotation):
            continue
        try:
            number = float(exact(said, code))
        except BadPayload:
            continue  # a measurement that is no number is left out, as one not made
        found.setdefault(code, Measurement(name=code, value=number, unit=attribute(value, "unit")))
    return tuple(found.values())


def beat_of(derived: Element) -> Beat | None:
    """The QRS complex of the representative beat, where one annotation spans all leads."""
    for annotation in (each for group in _sets(derived) for each in _annotations(group)):
        if attribute(child(annotation, "value"), "code") in _QRS and not _is_of_one_lead(
            annotation
        ):
            span = _relative_span(annotation)
            if span is not None:
                return span
    return None


def _relative_span(annotation: Element) -> Beat | None:
    for boundary in children(annotation, "support", "supportingROI", "component", "boundary"):
        if attribute(child(boundary, "code"), "code") != "TIME_RELATIVE":
            continue
        low, high = (_seconds(child(boundary, "value", edge)) for edge in ("low", "high"))
        if low is not None and high is not None and 0 <= low < high:
            return Beat(qrs_onset_s=low, qrs_end_s=high)
    return None


def _seconds(edge: Element | None) -> Fraction | None:
    unit = _SECONDS.get(attribute(edge, "unit"))
    said = attribute(edge, "value")
    if unit is None or not said:
        return None
    try:
        return exact(said, "a boundary") * unit
    except BadPayload:
        return None
