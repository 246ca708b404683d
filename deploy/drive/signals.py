"""What a played monitor shows at one instant, and the protocol of everything that can play it.

Codes and units are those of contract v1 (docs/contracts/mqtt.md). Reading recordings is
`recordings`; inventing a patient is `generator`; sending is `monitor`.
"""

from typing import Final, Literal, Protocol

import msgspec

Quality = Literal["ok", "leads_off", "probe_off", "artefact", "asystole"]

UNITS: Final = {
    "heart_rate": "/min",
    "pulse_rate": "/min",
    "spo2": "%",
    "resp_rate": "/min",
    "nibp_systolic": "mm[Hg]",
    "nibp_diastolic": "mm[Hg]",
    "nibp_mean": "mm[Hg]",
    "abp_systolic": "mm[Hg]",
    "abp_diastolic": "mm[Hg]",
    "abp_mean": "mm[Hg]",
    "etco2": "mm[Hg]",
    "temperature": "Cel",
}
CUFF: Final = ("nibp_systolic", "nibp_diastolic", "nibp_mean")


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One value in its code's unit; None where a lead or probe is off."""

    value: float | None
    quality: Quality = "ok"


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the monitor shows at one instant.

    ``cuff_age_s`` is how long ago, in wall seconds, the cuff pressure was taken; None without one.
    """

    readings: dict[str, Reading]
    acvpu: str | None = None
    cuff_age_s: float | None = None


class Patient(Protocol):
    """Something a monitor can be connected to."""

    @property
    def labels(self) -> dict[str, str]:
        """The contract's ``source`` and ``recording`` fields: what is played is always said."""
        ...

    def at(self, elapsed_s: float) -> Picture:
        """The picture ``elapsed_s`` wall seconds after connecting."""
        ...
