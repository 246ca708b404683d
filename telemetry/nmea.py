"""NMEA 0183 of satellite receivers to fixes: GGA, GNS, RMC, GLL, VTG, GSA, ZDA, DTM. Pure.

Any talker (GP, GN, GB, BD, GL, GA, QZ …). One epoch is all sentences of one time of day; it is
given out when the sentence that ended the epoch before arrives again, or when a new epoch begins.
So a receiver with any selection and order of sentences gives one fix a second without waiting for
the next one.

Date. RMC and ZDA carry it. Without them the day is the one that brings the time of day nearest to
our clock, across midnight too. A receiver whose week counter has run over (every 1024 weeks) shows
a date about 19.6 years old; it is corrected by whole periods and the fix says so.

Accuracy. Receivers do not state it here; HDOP times a range error by the kind of fix is an
estimate (POLICY: 5 m for a plain fix, the user range error of a single-frequency civil receiver;
SBAS half of it) and is labelled as one.

Not here: the serial port; whether the place can be true (`telemetry.position`).
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from telemetry.contract import Position

SENTENCE_MAX_BYTES: Final = 128  # NMEA 0183 allows 82; some makers send longer ones
KMH_PER_KNOT: Final = 1.852  # the nautical mile, exact
WEEKS_OF_A_PERIOD: Final = 1024
_PERIOD: Final = timedelta(weeks=WEEKS_OF_A_PERIOD)
_RANGE_ERROR_M: Final = {"1": 5.0, "2": 2.5, "3": 5.0, "4": 0.1, "5": 0.5, "9": 2.5}
_GGA_FIXES: Final = frozenset(_RANGE_ERROR_M)
_GNS_QUALITY: Final = {"A": "1", "D": "2", "P": "3", "R": "4", "F": "5"}
_SENTENCE: Final = re.compile(rb"[$!]([A-Z]{2})([A-Z]{3}),([^*]*)\*([0-9A-Fa-f]{2})")
_TIME: Final = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{1,6}))?")
_ANGLE: Final = re.compile(r"([0-9]{1,3})([0-9]{2}(?:\.[0-9]{0,8})?)")
_NUMBER: Final = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{0,9})?")
_SPEED_MAX_KMH: Final = 2000.0  # of contract v1, as the next
_ACCURACY_MAX_M: Final = 1_000_000.0
_DATUMS: Final = frozenset({"W84", "", "999"})


class Sentence(msgspec.Struct, frozen=True, kw_only=True):
    """A checked sentence: talker, type, fields behind the address."""

    talker: str
    kind: str
    fields: tuple[str, ...]

    def at(self, number: int) -> str:
        """A field, counted from 0; "" when it is not there."""
        return self.fields[number] if number < len(self.fields) else ""


class NmeaFix(msgspec.Struct, frozen=True, kw_only=True):
    """One epoch. Degrees WGS-84; ``valid``: fixed by satellites, not estimated or simulated.

    ``accuracy_m`` is an estimate from HDOP, see the module; ``notes`` say what was put right.
    """

    at: datetime
    lon: float | None
    lat: float | None
    valid: bool
    speed_kmh: float | None = None
    heading_deg: float | None = None
    altitude_m: float | None = None
    satellites: int | None = None
    hdop: float | None = None
    accuracy_m: float | None = None
    accuracy_by: str = "HDOP times a range error, estimated"
    talkers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def read_sentence(line: bytes) -> Sentence:
    """One line without its end; raises BadPayload: oversize, not_nmea, wrong_checksum."""
    line = line.strip()
    if len(line) > SENTENCE_MAX_BYTES:
        raise BadPayload("oversize", f"{len(line)} bytes, a sentence has {SENTENCE_MAX_BYTES}")
    found = _SENTENCE.fullmatch(line)
    if found is None or not line.isascii():
        raise BadPayload("not_nmea", "a sentence is $ttSSS,fields*hh in ASCII")
    due = 0
    for byte in line[1:-3]:
        due ^= byte
    if int(found[4], 16) != due:
        raise BadPayload("wrong_checksum", f"stated {found[4].decode()}, due {due:02X}")
    return Sentence(
        talker=found[1].decode(),
        kind=found[2].decode(),
        fields=tuple(found[3].decode("ascii").split(",")),
    )


class _Epoch:
    """What the sentences of one time of day have said so far."""

    def __init__(self, clock: time) -> None:
        self.clock = clock
        self.day: date | None = None
        self.lon: float | None = None
        self.lat: float | None = None
        self.opinions: list[bool] = []
        self.quality = ""
        self.speed_kmh: float | None = None
        self.heading_deg: float | None = None
        self.altitude_m: float | None = None
        self.satellites: int | None = None
        self.hdop: float | None = None
        self.talkers: list[str] = []
        self.is_given = False


class NmeaReader:
    """Sentences of one receiver in, one fix an epoch out."""

    def __init__(self) -> None:
        self._epoch: _Epoch | None = None
        self._dated: datetime | None = None
        self._last_kind = ""
        self._ending_kind = ""
        self._is_other_datum = False

    def feed(self, line: bytes, now: datetime) -> NmeaFix | None:
        """The fix that this sentence completes; ``now`` is our clock in UTC.

        Raises BadPayload: oversize, not_nmea, wrong_checksum, bad_field, other_datum. Sentences of
        other types are passed over.
        """
        sentence = read_sentence(line)
        reader = _READERS.get(sentence.kind)
        if sentence.kind == "DTM":
            self._is_other_datum = sentence.at(0) not in _DATUMS
        if reader is None:
            return None
        finished = self._turn(sentence, now)
        epoch = self._epoch
        if epoch is None:
            return finished  # VTG or GSA before any time
        reader(epoch, sentence)
        if epoch.day is not None:
            self._dated = datetime.combine(epoch.day, epoch.clock, UTC)
        if sentence.talker not in epoch.talkers:
            epoch.talkers.append(sentence.talker)
        self._last_kind = sentence.kind
        if sentence.kind == self._ending_kind and finished is None:
            return self._give(epoch, now)
        return finished

    def flush(self, now: datetime) -> NmeaFix | None:
        """The epoch that has begun, when the stream ends."""
        return None if self._epoch is None else self._give(self._epoch, now)

    def _turn(self, sentence: Sentence, now: datetime) -> NmeaFix | None:
        """Begin a new epoch when the time of day is another; the old one, if not yet given."""
        place = _TIMED.get(sentence.kind)
        if place is None:
            return None
        clock = _clock(sentence.at(place))
        old = self._epoch
        if clock is None or (old is not None and old.clock == clock):
            return None
        finished = None if old is None else self._give(old, now)
        if old is not None:
            self._ending_kind = self._last_kind
        self._epoch = _Epoch(clock)
        return finished

    def _give(self, epoch: _Epoch, now: datetime) -> NmeaFix | None:
        if epoch.is_given or (epoch.lat is None and not epoch.opinions):
            return None
        epoch.is_given = True
        if self._is_other_datum:
            raise BadPayload("other_datum", "DTM states a datum that is not WGS-84")
        at, notes = self._moment(epoch, now)
        valid = bool(epoch.opinions) and all(epoch.opinions) and epoch.lat is not None
        error_m = _RANGE_ERROR_M.get(epoch.quality or "1")
        return NmeaFix(
            at=at,
            lon=epoch.lon,
            lat=epoch.lat,
            valid=valid,
            speed_kmh=epoch.speed_kmh,
            heading_deg=epoch.heading_deg,
            altitude_m=epoch.altitude_m,
            satellites=epoch.satellites,
            hdop=epoch.hdop,
            accuracy_m=_accuracy_m(epoch.hdop, error_m) if valid else None,
            talkers=tuple(epoch.talkers),
            notes=notes,
        )

    def _moment(self, epoch: _Epoch, now: datetime) -> tuple[datetime, tuple[str, ...]]:
        if epoch.day is not None:
            at = datetime.combine(epoch.day, epoch.clock, UTC)
        elif self._dated is not None:
            at = _nearest(epoch.clock, self._dated)  # the date was stated a few epochs ago
        else:
            return _nearest(epoch.clock, now), ("the date is our clock's",)
        periods = round((now - at) / _PERIOD)
        if periods:
            return at + periods * _PERIOD, (
                f"{periods} periods of {WEEKS_OF_A_PERIOD} weeks added",
            )
        return at, ()


def position_of(fix: NmeaFix, boot_id: str, seq: int) -> Position | None:
    """The fix as contract v1 has it; None without a valid place."""
    if not fix.valid or fix.lon is None or fix.lat is None:
        return None
    return Position(
        v=1,
        boot_id=boot_id,
        seq=seq,
        observed_at=fix.at,
        lon=fix.lon,
        lat=fix.lat,
        datum="WGS84",
        speed_kmh=_within(fix.speed_kmh, _SPEED_MAX_KMH),
        heading_deg=fix.heading_deg,
        accuracy_m=_within(fix.accuracy_m, _ACCURACY_MAX_M),
    )


def _within(value: float | None, highest: float) -> float | None:
    """The value when contract v1 can hold it."""
    return value if value is not None and 0 <= value <= highest else None


def _accuracy_m(hdop: float | None, error_m: float | None) -> float | None:
    return None if hdop is None or error_m is None else round(hdop * error_m, 1)


def _nearest(clock: time, now: datetime) -> datetime:
    """The moment of this time of day that is nearest to ``now``."""
    today = datetime.combine(now.date(), clock, UTC)
    days = (today - timedelta(days=1), today, today + timedelta(days=1))
    return min(days, key=lambda one: abs(one - now))


def _clock(text: str) -> time | None:
    if not text:
        return None
    found = _TIME.fullmatch(text)
    if found is None:
        raise BadPayload("bad_field", f"a time is hhmmss.ss, got {text[:20]!r}")
    second = min(int(found[3]), 59)  # a leap second is the second before it
    try:
        return time(int(found[1]), int(found[2]), second, int((found[4] or "0").ljust(6, "0")))
    except ValueError:
        raise BadPayload("bad_field", f"no time of day: {text[:20]!r}") from None


def _number(text: str) -> float | None:
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise BadPayload("bad_field", f"not a number: {text[:20]!r}")
    return float(text)


def _angle(text: str, side: str, limit: float) -> float | None:
    if not text:
        return None
    found = _ANGLE.fullmatch(text)
    if found is None or side not in ("N", "S", "E", "W"):
        raise BadPayload("bad_field", f"not (d)ddmm.mmmm and N, S, E or W: {text[:20]!r}")
    minutes = float(found[2])
    degrees = int(found[1]) + minutes / 60
    if minutes >= 60 or degrees > limit:
        raise BadPayload("bad_field", f"beyond {limit:g} degrees: {text[:20]!r}")
    return -degrees if side in ("S", "W") else degrees


def _place(epoch: _Epoch, sentence: Sentence, first: int) -> None:
    lat = _angle(sentence.at(first), sentence.at(first + 1), 90)
    lon = _angle(sentence.at(first + 2), sentence.at(first + 3), 180)
    if lat is not None and lon is not None:
        epoch.lat, epoch.lon = lat, lon


def _course(epoch: _Epoch, heading: str, speed: float | None) -> None:
    course = _number(heading)
    if course is not None and 0 <= course <= 360:
        epoch.heading_deg = course
    if speed is not None and speed >= 0:
        epoch.speed_kmh = round(speed, 3)


def _gga(epoch: _Epoch, sentence: Sentence) -> None:
    _place(epoch, sentence, 1)
    quality = sentence.at(5)
    epoch.opinions.append(quality in _GGA_FIXES)
    epoch.quality = quality if quality in _GGA_FIXES else epoch.quality
    satellites = _number(sentence.at(6))
    epoch.satellites = None if satellites is None else int(satellites)
    epoch.hdop = _number(sentence.at(7)) or epoch.hdop
    epoch.altitude_m = _number(sentence.at(8))


def _gns(epoch: _Epoch, sentence: Sentence) -> None:
    """One letter of mode for each constellation; the best of them counts."""
    _place(epoch, sentence, 1)
    modes = [_GNS_QUALITY[letter] for letter in sentence.at(5) if letter in _GNS_QUALITY]
    epoch.opinions.append(bool(modes))
    epoch.quality = max(modes, default=epoch.quality)
    satellites = _number(sentence.at(6))
    epoch.satellites = None if satellites is None else int(satellites)
    epoch.hdop = _number(sentence.at(7)) or epoch.hdop
    epoch.altitude_m = _number(sentence.at(8))


def _rmc(epoch: _Epoch, sentence: Sentence) -> None:
    _place(epoch, sentence, 2)
    mode = sentence.at(11)
    epoch.opinions.append(sentence.at(1) == "A" and mode not in ("E", "M", "N", "S"))
    knots = _number(sentence.at(6))
    _course(epoch, sentence.at(7), None if knots is None else knots * KMH_PER_KNOT)
    if sentence.at(8):
        epoch.day = _day(sentence.at(8))


def _gll(epoch: _Epoch, sentence: Sentence) -> None:
    _place(epoch, sentence, 0)
    mode = sentence.at(6)
    epoch.opinions.append(sentence.at(5) == "A" and mode not in ("E", "M", "N", "S"))


def _vtg(epoch: _Epoch, sentence: Sentence) -> None:
    kmh, knots = _number(sentence.at(6)), _number(sentence.at(4))
    if kmh is None and knots is not None:
        kmh = knots * KMH_PER_KNOT
    _course(epoch, sentence.at(0), kmh)


def _gsa(epoch: _Epoch, sentence: Sentence) -> None:
    hdop = _number(sentence.at(15))
    if epoch.hdop is None and hdop is not None:
        epoch.hdop = hdop


def _zda(epoch: _Epoch, sentence: Sentence) -> None:
    parts = [_number(sentence.at(place)) for place in (1, 2, 3)]
    if None not in parts:
        day, month, year = (int(part or 0) for part in parts)
        epoch.day = _date(year, month, day)


def _day(text: str) -> date:
    if len(text) != 6 or not (text.isascii() and text.isdigit()):
        raise BadPayload("bad_field", f"a date is ddmmyy, got {text[:20]!r}")
    year = int(text[4:6])
    return _date(2000 + year if year < 80 else 1900 + year, int(text[2:4]), int(text[0:2]))


def _date(year: int, month: int, day: int) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise BadPayload("bad_field", f"no date: {year}-{month}-{day}") from None
    if not 1980 <= year <= 2100:
        raise BadPayload("bad_field", f"no date of a satellite: {year}")
    return found


_READERS: Final = {
    "GGA": _gga,
    "GNS": _gns,
    "RMC": _rmc,
    "GLL": _gll,
    "VTG": _vtg,
    "GSA": _gsa,
    "ZDA": _zda,
}
_TIMED: Final = {"GGA": 0, "GNS": 0, "RMC": 0, "GLL": 4, "ZDA": 0}
"""Where the time of day stands."""
