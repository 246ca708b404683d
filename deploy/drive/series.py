"""A recorded patient in memory: per code, times and readings, in order of time.

Filled by the readers (`wfdb_numerics`, `cinc2012`), played by `recordings`.
"""

from typing import Literal

import msgspec

from deploy.drive.signals import Reading


class RecordingError(ValueError):
    """A recording that cannot be played; the message says what and why."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One code's readings; ``times_s`` counts from the start of the recording and never falls."""

    times_s: tuple[float, ...]
    readings: tuple[Reading, ...]


class Consciousness(msgspec.Struct, frozen=True, kw_only=True):
    """ACVPU letters as they were charted."""

    times_s: tuple[float, ...] = ()
    letters: tuple[str, ...] = ()


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """One recorded patient.

    ``hold_s`` is how long a reading is shown without a newer one; ``is_sampled`` tells that points
    come at a fixed rate and repeat a cuff pressure until the next one is taken.
    """

    name: str
    age_years: int | None
    sex: Literal["male", "female", "unknown"]
    duration_s: float
    hold_s: float
    is_sampled: bool
    series: dict[str, Series]
    acvpu: Consciousness = Consciousness()
