"""The event of an ECG that arrived; part of `events`, which gives it on and holds the rules.

Apart only because files are kept short.
"""

from datetime import datetime

from dispatch.domain.event_base import Event
from dispatch.ids import PatientId, UnitId


class EcgArrived(Event, frozen=True, kw_only=True, tag="ecg_arrived"):
    """A whole file is stored under ``ecg_id``; ``fault`` not "": no reader takes it."""

    unit_id: UnitId
    patient_id: PatientId
    ecg_id: int
    sha256: str
    at: datetime
    source: str
    format: str
    leads: int
    hz: float | None
    duration_s: float
    has_statements: bool
    acquired: str
    fault: str
