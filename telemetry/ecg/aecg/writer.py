"""Writes stored leads as an HL7 annotated ECG (R1): one rhythm series, a sequence set a time axis.

Patient-free: the subject has no name, no number and no birth date; sex and age are kept. Each axis
is relative time, so that leads that began later keep their place exactly. The format has no word
for a missing sample: an ECG with gaps is refused.
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import groupby
from typing import Final
from uuid import NAMESPACE_OID, uuid5
from xml.sax.saxutils import escape, quoteattr

from dispatch.errors import Refused
from telemetry.ecg.gaps import cut
from telemetry.ecg.leads import known_lead
from telemetry.ecg.model import GAP, Ecg, Filters, Lead, sample_hash
from telemetry.ecg.numbers import decimal_text

_MDC: Final = 'codeSystem="2.16.840.1.113883.6.24" codeSystemName="MDC"'
_ACT: Final = 'codeSystem="2.16.840.1.113883.5.4" codeSystemName="ActCode"'
_SEX: Final = {"male": "M", "female": "F", "other": "UN"}
_AGE: Final = {"years": "a", "months": "mo", "weeks": "wk", "days": "d"}


def write_aecg(ecg: Ecg) -> bytes:
    """The document; Refused where there is no lead or a lead has gaps."""
    if not ecg.leads:
        raise Refused("ecg_no_leads")
    for lead in ecg.leads:
        if GAP in (lead.samples[0], lead.samples[-1]):
            raise Refused("ecg_aecg_gaps", lead=lead.name)
    return ("\n".join(_document(ecg)) + "\n").encode()


def _document(ecg: Ecg) -> Iterator[str]:
    identity = uuid5(NAMESPACE_OID, sample_hash(ecg.leads))
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield ('<AnnotatedECG xmlns="urn:hl7-org:v3" '
           'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" type="Observation">')  # fmt: skip
    yield f'<id root="{identity}"/>'
    yield '<code code="93000" codeSystem="2.16.840.1.113883.6.12" codeSystemName="CPT-4"/>'
    yield from _times(ecg)
    yield from _subject(ecg)
    yield "<component><series>"
    yield f'<id root="{uuid5(identity, "rhythm")}"/>'
    yield f'<code code="RHYTHM" {_ACT}/>'
    yield from _times(ecg)
    yield from _author(ecg)
    yield from _filters(ecg.filters or Filters())
    pieces = sorted((piece for lead in ecg.leads for piece in cut(lead)), key=_axis_of)
    for (start_s, hz), leads in groupby(pieces, key=_axis_of):
        yield "<component><sequenceSet>"
        yield from _axis(hz, start_s)
        for lead in leads:
            yield from _sequence(lead)
        yield "</sequenceSet></component>"
    yield "</series></component></AnnotatedECG>"


def _axis_of(piece: Lead) -> tuple[Fraction, Fraction]:
    return piece.start_s, piece.hz


def _times(ecg: Ecg) -> Iterator[str]:
    if ecg.acquired is None:
        return
    digits = "".join(letter for letter in ecg.acquired.local if letter.isdigit() or letter == ".")
    zone = (ecg.acquired.zone or "").replace(":", "")
    yield f"<effectiveTime><low value={quoteattr(digits + zone)}/></effectiveTime>"


def _subject(ecg: Ecg) -> Iterator[str]:
    sex = _SEX.get(ecg.context.sex or "")
    yield ("<componentOf><timepointEvent><componentOf><subjectAssignment><subject><trialSubject>"
           "<subjectDemographicPerson>")  # fmt: skip
    if sex:
        yield f'<administrativeGenderCode code="{sex}" codeSystem="2.16.840.1.113883.5.1"/>'
    yield ("</subjectDemographicPerson></trialSubject></subject></subjectAssignment></componentOf>"
           "</timepointEvent></componentOf>")  # fmt: skip
    unit = _AGE.get(ecg.context.age_unit or "")
    if unit and ecg.context.age is not None:
        yield ('<controlVariable><relatedObservation><code code="21612-7" '
               'codeSystem="2.16.840.1.113883.6.1" displayName="Reported Age"/>'
               f'<value xsi:type="PQ" value="{ecg.context.age:g}" unit="{unit}"/>'
               "</relatedObservation></controlVariable>")  # fmt: skip


def _author(ecg: Ecg) -> Iterator[str]:
    device = ecg.device
    if not (device.maker or device.model or device.software):
        return
    yield "<author><seriesAuthor><manufacturedSeriesDevice>"
    if device.model:
        yield f"<manufacturerModelName>{escape(device.model)}</manufacturerModelName>"
    if device.software:
        yield f"<softwareName>{escape(device.software)}</softwareName>"
    yield "</manufacturedSeriesDevice>"
    if device.maker:
        name = escape(device.maker)
        yield f"<manufacturerOrganization><name>{name}</name></manufacturerOrganization>"
    yield "</seriesAuthor></author>"


def _filters(filters: Filters) -> Iterator[str]:
    name = "MDC_ECG_CTL_VBL_ATTR_FILTER_"
    for kind, part, hz in (
        ("LOW_PASS", "CUTOFF_FREQ", filters.low_pass_hz),
        ("HIGH_PASS", "CUTOFF_FREQ", filters.high_pass_hz),
        ("NOTCH", "NOTCH_FREQ", filters.notch_hz),
    ):
        if hz is None:
            continue
        yield f'<controlVariable><controlVariable><code code="{name}{kind}" {_MDC}/>'
        yield f'<component><controlVariable><code code="{name}{part}" {_MDC}/>'
        yield f'<value xsi:type="PQ" value="{hz:.10g}" unit="Hz"/>'
        yield "</controlVariable></component></controlVariable></controlVariable>"


def _axis(hz: Fraction, start_s: Fraction) -> Iterator[str]:
    yield f'<component><sequence><code code="TIME_RELATIVE" {_ACT}/><value xsi:type="GLIST_PQ">'
    yield f'<head value="{decimal_text(start_s)}" unit="s"/>'
    yield f'<increment value="{decimal_text(1 / hz)}" unit="s"/></value></sequence></component>'


def _sequence(lead: Lead) -> Iterator[str]:
    plain = lead.name.partition("#")[0]
    code = f"MDC_ECG_LEAD_{plain.upper()}" if known_lead(plain) == plain else plain
    yield f"<component><sequence><code code={quoteattr(code)} {_MDC}/>"
    yield '<value xsi:type="SLIST_PQ">'
    yield f'<origin value="{decimal_text(lead.offset_uv)}" unit="uV"/>'
    yield f'<scale value="{decimal_text(lead.uv_per_lsb)}" unit="uV"/>'
    yield f"<digits>{' '.join(map(str, lead.samples.tolist()))}</digits>"
    yield "</value></sequence></component>"
