"""Messages that nothing is scored from, as rows: link reports, waveform blocks, parts of ECG files.

They share the window's judgement of late, twice and missing; nothing else of a unit depends on
them. Pure.
"""

from dispatch.ids import PatientId
from telemetry.contract import EcgPart, Link, Waveform
from telemetry.decode import bytes_of, samples_of
from telemetry.ports import LiveWaveform
from telemetry.rows import EcgPartRow, LinkRow, Stamp, WaveformRow


def stream_row(
    message: Link | Waveform | EcgPart, stamp: Stamp, patient_id: PatientId | None
) -> LinkRow | WaveformRow | EcgPartRow:
    """The row of a decoded message; ``patient_id`` is who was in the unit when it was true."""
    if isinstance(message, Link):
        return LinkRow(
            stamp=stamp,
            queued=message.queued,
            dropped=message.dropped,
            queued_bytes=message.queued_bytes,
            oldest_s=message.oldest_s,
            confirmed_s=message.confirmed_s,
            round_trip_ms=message.round_trip_ms,
            network=message.network,
            version=message.version,
        )
    if isinstance(message, Waveform):
        return WaveformRow(
            stamp=stamp,
            patient_id=patient_id,
            channel=message.channel,
            hz=message.hz,
            unit=message.unit,
            per_lsb=message.per_lsb,
            zero=message.offset,
            samples=samples_of(message),
            source=message.source,
            recording=message.recording,
        )
    return EcgPartRow(
        stamp=stamp,
        patient_id=patient_id,
        sha256=message.sha256,
        size_bytes=message.size_bytes,
        part=message.part,
        parts=message.parts,
        data=bytes_of(message),
        source=message.source,
        recording=message.recording,
    )


def live_waveform(message: Waveform, stamp: Stamp, patient_id: PatientId | None) -> LiveWaveform:
    """The same block for those who watch now."""
    return LiveWaveform(
        unit_id=stamp.unit_id,
        patient_id=patient_id,
        channel=message.channel,
        at=stamp.true_at,
        observed_at=stamp.observed_at,
        hz=message.hz,
        unit=message.unit,
        per_lsb=message.per_lsb,
        zero=message.offset,
        samples=samples_of(message),
        source=message.source,
    )
