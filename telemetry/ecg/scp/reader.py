"""Reads an SCP-ECG record (EN 1064 1.x and 2.x, ISO 11073-91064) into an `Ecg`.

This file is the order of things; the parts are in `sections`, `huffman`, `header`, `rhythm` and
`findings`. Sections 1, 3 and 6 make an ECG; what else is there adds to it.
"""

from collections.abc import Callable
from fractions import Fraction
from typing import TypeVar

from dispatch.errors import BadPayload
from telemetry.ecg.cursor import Cursor
from telemetry.ecg.leads import in_order, lead_of_number
from telemetry.ecg.model import Beat, Ecg, Filters, Lead, Measurement, Samples, Statement
from telemetry.ecg.scp import findings, header
from telemetry.ecg.scp.huffman import Table, read_tables
from telemetry.ecg.scp.rhythm import (
    Beats,
    Leads,
    LeadSpan,
    Stored,
    Zone,
    add_reference,
    expand,
    read_beats,
    read_leads,
    read_stored,
    stored_count,
)
from telemetry.ecg.scp.sections import Section, read_sections

_Found = TypeVar("_Found")


def read_scp(data: bytes) -> Ecg:
    """The recording in ``data``; BadPayload names section and byte of what cannot be read."""
    return _Reader(data).read()


class _Reader:
    """One file being read: its sections, and the warnings that gather on the way."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._warnings: list[str] = []
        self._sections = read_sections(data, self._warnings)

    def read(self) -> Ecg:
        tags = header.read_tags(self._of(1), self._warnings) if 1 in self._sections else {}
        filters = header.filters_of(tags)
        tables = read_tables(self._of(2)) if 2 in self._sections else ()
        leads = read_leads(self._of(3))
        no_beats: Beats | None = None
        beats = self._try(4, read_beats, no_beats)
        median, reference = self._reference(leads, beats, tables, filters)
        stored = self._rhythm(leads, beats, tables, reference, filters)
        measured, beat = self._measured()
        return Ecg(
            format="scp-ecg",
            version=self._version(),
            leads=in_order(stored),
            median=in_order(median),
            median_beat=beat if median else None,
            acquired=header.acquired_of(tags),
            device=header.device_of(tags),
            context=header.context_of(tags),
            statements=tuple(self._statements()),
            measurements=tuple(measured),
            warnings=tuple(self._warnings),
        )

    def _of(self, number: int) -> Cursor:
        section = self._sections.get(number)
        if section is None:
            raise BadPayload(
                "ecg_section", f"section {number} is missing: without it there is no ECG"
            )
        return section.cursor(self._data)

    def _version(self) -> str | None:
        section: Section = self._sections[0]
        number = section.protocol or section.version
        return f"{number // 10}.{number % 10}" if number else None

    def _reference(
        self, leads: Leads, beats: Beats | None, tables: tuple[Table, ...], filters: Filters
    ) -> tuple[list[Lead], Stored | None]:
        """The device's beat; bits that fill up the last byte are cut off by its stated length."""
        counts = [span.count for span in leads.spans]
        nothing: Stored | None = None
        stored = self._try(5, lambda at: read_stored(at, "section 5", counts, tables), nothing)
        if stored is None:
            return [], None
        length_ms = beats.reference_ms if beats else 0
        length = -(-length_ms * 1000 // stored.interval_us) if length_ms else None
        median = [
            _lead(span, samples, stored, stored.hz, filters, Fraction(0))
            for span, all_samples in zip(leads.spans, stored.leads, strict=True)
            for samples in [all_samples[:length]]
            if len(samples)
        ]
        return median, stored

    def _rhythm(
        self,
        leads: Leads,
        beats: Beats | None,
        tables: tuple[Table, ...],
        reference: Stored | None,
        filters: Filters,
    ) -> list[Lead]:
        head = self._of(6)
        head.take(2, "its amplitude step")
        interval_us, bimodal = head.unsigned(2, "its interval"), head.take(2, "its head")[1] == 1
        is_thinned = bimodal or leads.is_subtracted
        if is_thinned and (beats is None or reference is None):
            raise BadPayload(
                "ecg_section",
                "the samples were compressed with beats: without sections 4 and 5 they cannot be "
                "restored",
            )
        ratio = _ratio(interval_us, reference) if is_thinned else 1
        zones = beats.protected if beats and bimodal else ()
        counts = [stored_count(span, zones, ratio) for span in leads.spans]
        stored = read_stored(self._of(6), "section 6", counts, tables)
        begin = min(max(span.first, 1) for span in leads.spans)
        found = []
        for place, span in enumerate(leads.spans):
            samples = self._whole(stored.leads[place], span, zones, ratio)
            if leads.is_subtracted and beats and reference:
                scale = reference.uv_per_lsb / stored.uv_per_lsb
                samples = add_reference(samples, span, beats, reference.leads[place], scale)
            start = Fraction(max(span.first, 1) - begin) / (stored.hz * ratio)
            found.append(_lead(span, samples, stored, stored.hz * ratio, filters, start))
        return found

    def _whole(
        self, stored: Samples, span: LeadSpan, zones: tuple[Zone, ...], ratio: int
    ) -> Samples:
        samples = expand(stored, span, zones, ratio) if ratio > 1 else stored
        if len(samples) == 0:
            name = lead_of_number(span.number)
            raise BadPayload("ecg_truncated", f"section 6 holds no sample of lead {name}")
        short = f"section 3 promises {span.count} samples of a lead, section 6 holds {len(samples)}"
        if len(samples) < span.count and short not in self._warnings:
            self._warnings.append(short)
        return samples

    def _measured(self) -> tuple[list[Measurement], Beat | None]:
        nothing: tuple[list[Measurement], Beat | None] = ([], None)
        measured, beat = self._try(7, findings.read_measurements, nothing)
        per_lead = self._try(10, findings.read_lead_measurements, nothing[0])
        return measured + per_lead, beat

    def _statements(self) -> list[Statement]:
        nothing: list[Statement] = []
        said = self._try(8, findings.read_text_statements, nothing)
        return said or self._try(11, findings.read_universal_statements, nothing)

    def _try(self, number: int, read: Callable[[Cursor], _Found], nothing: _Found) -> _Found:
        """What the machine found is worth a warning, not the ECG."""
        if number not in self._sections:
            return nothing
        try:
            return read(self._of(number))
        except BadPayload as error:
            self._warnings.append(f"not read: {error.detail}")
            return nothing


def _ratio(interval_us: int, reference: Stored | None) -> int:
    """How many samples of the full rate one of section 6 stands for."""
    if reference is None or interval_us == 0:
        return 1
    ratio, left = divmod(interval_us, reference.interval_us)
    if left or not 1 <= ratio <= 4:
        raise BadPayload(
            "ecg_rhythm",
            f"section 6 has a sample every {interval_us} µs, section 5 every "
            f"{reference.interval_us} µs: the standard knows 1 to 4 times",
        )
    return ratio


def _lead(
    span: LeadSpan,
    samples: Samples,
    stored: Stored,
    hz: Fraction,
    filters: Filters,
    start: Fraction,
) -> Lead:
    return Lead(
        name=lead_of_number(span.number),
        samples=samples,
        hz=hz,
        uv_per_lsb=stored.uv_per_lsb,
        start_s=start,
        filters=filters,
    )
