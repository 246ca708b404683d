"""Numbers as files write them, made exact: decimal text, electrical units, rates.

A gain read through a float would differ in its last digit from the one written, and a journey
through three formats would not end where it began.
"""

import re
from fractions import Fraction
from typing import Final

from dispatch.errors import BadPayload
from telemetry.ecg.limits import RATE_MAX_HZ, SCALE_MAX_EXPONENT

_DECIMAL: Final = re.compile(
    r"\A\s*([+-]?)(\d{1,30}|\d{0,30}\.\d{1,30}|\d{1,30}\.)(?:[eE]([+-]?\d{1,3}))?\s*\Z", re.ASCII
)
_BIGGEST: Final = Fraction(10) ** SCALE_MAX_EXPONENT

# Micro is written with two different letters: U+00B5 and U+03BC.
_UV_PER: Final = {
    "v": Fraction(10**6),
    "mv": Fraction(1000),
    "uv": Fraction(1),
    "µv": Fraction(1),
    "μv": Fraction(1),
    "nv": Fraction(1, 1000),
    "volt": Fraction(10**6),
    "volts": Fraction(10**6),
    "millivolt": Fraction(1000),
    "millivolts": Fraction(1000),
    "microvolt": Fraction(1),
    "microvolts": Fraction(1),
    "nanovolt": Fraction(1, 1000),
}


def exact(text: str, what: str) -> Fraction:
    """The decimal number written as ``text``; BadPayload names ``what`` where it is none."""
    found = _DECIMAL.match(text)
    if found is None:
        raise BadPayload("ecg_number", f"{what} is no number: {text[:40]!r}")
    exponent = int(found[3] or 0)
    if abs(exponent) > SCALE_MAX_EXPONENT:
        raise BadPayload("ecg_number", f"{what} is beyond any ECG: {text[:40]!r}")
    digits = found[2].strip()
    value = Fraction(digits if not digits.endswith(".") else digits[:-1]) * Fraction(10) ** exponent
    if value > _BIGGEST:
        raise BadPayload("ecg_number", f"{what} is beyond any ECG: {text[:40]!r}")
    return -value if found[1] == "-" else value


def positive(text: str, what: str) -> Fraction:
    """`exact`, and greater than zero."""
    value = exact(text, what)
    if value <= 0:
        raise BadPayload("ecg_number", f"{what} must be greater than 0 and is {text[:40]!r}")
    return value


def rate(hz: Fraction, what: str) -> Fraction:
    """``hz`` where an ECG can have it."""
    if not 0 < hz <= RATE_MAX_HZ:
        raise BadPayload("ecg_rate", f"{what}: {float(hz):g} Hz is no sampling rate of an ECG")
    return hz


def microvolts_per(unit: str) -> Fraction | None:
    """How many microvolts one ``unit`` is; None where it is no voltage."""
    return _UV_PER.get(unit.strip().lower())


def decimal_text(value: Fraction, digits: int = 17) -> str:
    """``value`` as a plain decimal: exact where it ends within ``digits``, rounded where not."""
    scaled = value
    for places in range(digits + 1):
        if scaled.denominator == 1:
            return _placed(scaled.numerator, places)
        scaled = value * 10 ** (places + 1)
    return f"{float(value):.{digits}g}"


def _placed(digits: int, places: int) -> str:
    if places == 0:
        return str(digits)
    sign, body = ("-", str(-digits)) if digits < 0 else ("", str(digits))
    body = body.rjust(places + 1, "0")
    return f"{sign}{body[:-places]}.{body[-places:]}"
