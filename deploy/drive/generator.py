"""An invented patient: vital signs that wander plausibly around a scenario's base values.

Each value is an autoregressive process of first order, AR(1): tomorrow's deviation is 0.97 of
today's plus a small normal shock, so that values are smooth, stay near their base and never leave a
physiological range. This is a demonstration's plausibility, no model of physiology: every message
carries ``source = "generator"`` so that no screen and no report can take it for a patient.
"""

import random
from typing import Final

import msgspec

from deploy.drive.scenarios import Base
from deploy.drive.signals import Picture, Reading

_PERSISTENCE: Final = 0.97  # per step of one second: deviations fade within about half a minute
_CUFF_EVERY_S: Final = 180.0  # a cuff on automatic: every three minutes
_CUFF_FIRST_S: Final = 20.0  # connecting the patient takes a moment
_STEPS_MAX: Final = 3_600  # after an hour without a look the walk continues where it was


class _Track(msgspec.Struct, frozen=True, kw_only=True):
    """Spread (steady-state standard deviation), drift per minute, and limits of one value."""

    base: float
    spread: float
    drift_per_min: float
    least: float
    most: float
    digits: int


class Generated:
    """An invented patient; asked for ever later moments, as a monitor asks."""

    def __init__(self, base: Base, rng: random.Random, *, pace: float) -> None:
        """``pace``: how much faster than the wall clock the patient's own time runs."""
        self._rng = rng
        self._pace = pace
        self._tracks = _tracks(base)
        self._deviations = dict.fromkeys(self._tracks, 0.0)
        self._steps = 0
        self._cuff: dict[str, Reading] = {}
        self._cuff_at_s = -_CUFF_EVERY_S + _CUFF_FIRST_S

    @property
    def labels(self) -> dict[str, str]:
        """Says that nobody measured this."""
        return {"source": "generator"}

    def at(self, elapsed_s: float) -> Picture:
        """The picture ``elapsed_s`` wall seconds after connecting; never earlier than before."""
        wanted = int(elapsed_s)
        for _ in range(min(max(0, wanted - self._steps), _STEPS_MAX)):
            self._step()
        self._steps = max(self._steps, wanted)
        minutes = elapsed_s * self._pace / 60.0
        values = {name: self._value(name, minutes) for name in self._tracks}
        if (elapsed_s - self._cuff_at_s) * self._pace >= _CUFF_EVERY_S and self._steps > 0:
            self._cuff = _measured(values["systolic"], values["diastolic"])
            self._cuff_at_s = elapsed_s
        readings = {
            "heart_rate": Reading(value=values["heart_rate"]),
            "pulse_rate": Reading(value=values["heart_rate"]),
            "resp_rate": Reading(value=values["resp_rate"]),
            "spo2": Reading(value=values["spo2"]),
            "temperature": Reading(value=values["temperature"]),
        }
        cuff_age_s = elapsed_s - self._cuff_at_s if self._cuff else None
        return Picture(readings=readings | self._cuff, cuff_age_s=cuff_age_s)

    def _step(self) -> None:
        for name, track in self._tracks.items():
            shock = self._rng.gauss(0.0, track.spread * (1.0 - _PERSISTENCE**2) ** 0.5)
            self._deviations[name] = _PERSISTENCE * self._deviations[name] + shock

    def _value(self, name: str, minutes: float) -> float:
        track = self._tracks[name]
        value = track.base + track.drift_per_min * minutes + self._deviations[name]
        return round(min(max(value, track.least), track.most), track.digits)


def _tracks(base: Base) -> dict[str, _Track]:
    return {
        "heart_rate": _Track(
            base=base.heart_rate,
            spread=3.0,
            drift_per_min=base.drift_heart_rate,
            least=35,
            most=190,
            digits=0,
        ),
        "resp_rate": _Track(
            base=base.resp_rate, spread=1.2, drift_per_min=0, least=6, most=50, digits=0
        ),
        "spo2": _Track(
            base=base.spo2, spread=0.7, drift_per_min=base.drift_spo2, least=75, most=99, digits=0
        ),
        "systolic": _Track(
            base=base.systolic, spread=5.0, drift_per_min=0, least=65, most=230, digits=0
        ),
        "diastolic": _Track(
            base=base.diastolic, spread=3.0, drift_per_min=0, least=35, most=130, digits=0
        ),
        "temperature": _Track(
            base=base.temperature, spread=0.05, drift_per_min=0, least=33, most=41, digits=1
        ),
    }


def _measured(systolic: float, diastolic: float) -> dict[str, Reading]:
    """A cuff's three numbers; the mean by the usual third of the pulse pressure."""
    low = min(diastolic, systolic - 15.0)
    return {
        "nibp_systolic": Reading(value=systolic),
        "nibp_diastolic": Reading(value=low),
        "nibp_mean": Reading(value=round(low + (systolic - low) / 3.0)),
    }
