"""An ECG that a vehicle sent, as a command of ingest.

Part of `commands`, which gives it on; apart only because files are kept short. The file itself is
the sample store's: the log knows which one it is, and what it is without a word from inside it.
"""

from typing import Annotated

import msgspec

from dispatch.domain.command_types import Command, Instant
from dispatch.ids import PatientId, UnitId

Sha256 = Annotated[str, msgspec.Meta(pattern=r"\A[0-9a-f]{64}\Z")]
Word = Annotated[str, msgspec.Meta(max_length=40)]


class ReportEcg(Command, frozen=True, kw_only=True, tag="report_ecg"):
    """A whole ECG file of this patient is stored; ``fault`` says why it cannot be read, or "".

    ``at`` is when the vehicle had it; ``acquired`` is the machine's own clock in its own words.
    """

    unit_id: UnitId
    patient_id: PatientId
    ecg_id: int
    sha256: Sha256
    at: Instant
    source: Word
    format: Word = ""
    leads: int = 0
    hz: float | None = None
    duration_s: float = 0.0
    has_statements: bool = False
    acquired: Word = ""
    fault: Word = ""
