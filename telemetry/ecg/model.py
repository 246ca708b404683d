"""An ECG as every reader hands it on: named leads of stored integers with their exact scale.

Shapes and arithmetic only: no format is known here. Samples stay the integers of the file, as
int32, because only integers can be compared bit by bit after a journey; a microvolt is
``sample · uv_per_lsb + offset_uv``, both exact fractions. A sample the file marks as missing is
``GAP`` whatever code the format uses for it, and never a voltage.

Who the patient is never enters these structs: no name, number, birth date or physician. Age and sex
do, because a reading without them is unsafe (docs/ecg.md).
"""

from fractions import Fraction
from hashlib import sha256
from typing import Final, Literal

import msgspec
import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.int32]

GAP: Final = -(2**31)  # int32's least value: no converter of an ECG machine reaches it

Format = Literal["scp-ecg", "hl7-aecg", "dicom", "wfdb", "sierra-xml"]


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What the file says was filtered before storing; None where it says nothing. In Hz."""

    high_pass_hz: float | None = None
    low_pass_hz: float | None = None
    notch_hz: float | None = None
    words: tuple[str, ...] = ()


class Lead(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One lead: samples in its own unit, ``hz`` apart, the first one ``start_s`` after the record.

    ``derived`` leads were computed here from I and II and are in no file.
    """

    name: str
    samples: Samples
    hz: Fraction
    uv_per_lsb: Fraction
    offset_uv: Fraction = Fraction(0)
    start_s: Fraction = Fraction(0)
    filters: Filters = Filters()
    derived: bool = False

    @property
    def duration_s(self) -> Fraction:
        """Seconds from its first sample to one sample after its last."""
        return Fraction(len(self.samples)) / self.hz

    def samples_uv(self) -> npt.NDArray[np.float64]:
        """Its microvolts; NaN where the file has no value."""
        volts = self.samples * float(self.uv_per_lsb) + float(self.offset_uv)
        return np.where(self.samples == GAP, np.nan, volts)


class Channel(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What a record holds beside the ECG: a pressure, a rate; value = sample · scale + offset."""

    name: str
    unit: str
    samples: Samples
    hz: Fraction
    scale: Fraction
    offset: Fraction = Fraction(0)


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """Words found in the file, unchanged; ``by`` says whose they are, and they are never ours."""

    text: str
    by: Literal["device", "person", "record"] = "device"


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """A number the device measured and stored, under the device's name for it."""

    name: str
    value: float
    unit: str


class Beat(msgspec.Struct, frozen=True, kw_only=True):
    """Where the device put the QRS complex of its representative beat, seconds from its start."""

    qrs_onset_s: Fraction
    qrs_end_s: Fraction


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """What recorded it."""

    maker: str | None = None
    model: str | None = None
    software: str | None = None


class PatientContext(msgspec.Struct, frozen=True, kw_only=True):
    """The two facts thresholds depend on; nothing that says who it is."""

    age: float | None = None
    age_unit: Literal["years", "months", "weeks", "days", "hours"] | None = None
    sex: Literal["male", "female", "other"] | None = None


class Acquired(msgspec.Struct, frozen=True, kw_only=True):
    """When it was recorded, by the device's clock; ``zone`` is an offset, or None: none stated."""

    local: str
    zone: str | None = None


class Ecg(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """One recording. ``leads`` as stored, in canonical order; ``median`` is the device's beat."""

    format: Format
    version: str | None
    leads: tuple[Lead, ...]
    derived: tuple[Lead, ...] = ()
    median: tuple[Lead, ...] = ()
    median_beat: Beat | None = None
    channels: tuple[Channel, ...] = ()
    acquired: Acquired | None = None
    device: Device = Device()
    context: PatientContext = PatientContext()
    statements: tuple[Statement, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def hz(self) -> Fraction | None:
        """The rate of all leads, or None where they differ or there are none."""
        rates = {lead.hz for lead in self.leads}
        return rates.pop() if len(rates) == 1 else None

    @property
    def duration_s(self) -> Fraction:
        """Seconds from the beginning of the record to the end of its longest lead or channel."""
        ends = [lead.start_s + lead.duration_s for lead in self.leads]
        ends += [Fraction(len(one.samples)) / one.hz for one in self.channels]
        return max(ends, default=Fraction(0))

    @property
    def filters(self) -> Filters | None:
        """What was filtered, where it is the same for all stored leads."""
        found = {lead.filters for lead in self.leads}
        return found.pop() if len(found) == 1 else None


def sample_hash(leads: tuple[Lead, ...]) -> str:
    """SHA-256 of the stored leads, hexadecimal; two files with the same samples have the same one.

    For each stored lead, in canonical order: its name in UTF-8, one zero byte, its samples as
    little-endian 32-bit two's complement. Gaps count as -2147483648. Scale, rate, derived leads and
    representative beats do not enter.
    """
    digest = sha256()
    for lead in leads:
        digest.update(lead.name.encode() + b"\0")
        digest.update(np.ascontiguousarray(lead.samples, dtype="<i4").tobytes())
    return digest.hexdigest()
