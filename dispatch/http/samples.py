"""Stored samples as columns: what trends and replay draw."""

from collections.abc import Sequence
from typing import Any

from telemetry.plausibility import SCORED
from telemetry.rows import VitalRow


def columns(patient_id: str, rows: Sequence[VitalRow]) -> dict[str, Any]:
    """Times and one column a numeric, all of one length; a value that cannot be trusted is null.

    ``source`` and ``recording`` are those of the newest sample, null without any: a screen must say
    when a patient is simulated or played from a recording.
    """
    codes = sorted({code for row in rows for code in row.numerics})
    values: dict[str, list[float | None]] = {code: [] for code in codes}
    for row in rows:
        for code in codes:
            numeric = row.numerics.get(code)
            trusted = numeric is not None and numeric.state in SCORED
            values[code].append(numeric.value if numeric is not None and trusted else None)
    newest = rows[-1] if rows else None
    return {
        "patient_id": patient_id,
        "at": [row.stamp.true_at for row in rows],
        "values": values,
        "source": newest.source if newest else None,
        "recording": newest.recording if newest else None,
    }
