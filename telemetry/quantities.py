"""Units of the measured items, and conversion on request. Pure.

A number never changes its unit by itself: 98.6 in a Celsius field is refused, not turned into 37,
and glucose 90 in mmol/L is asked about, not divided. Whoever wants another unit says so, names both
and gets a new number; the one that was measured stays as it was.

    glucose       mg/dL = mmol/L x 18.0156   (molar mass 180.156 g/mol; IUPAC atomic weights 2021)
    pressure      mmHg = kPa x 7.50062       (1 mmHg = 133.322 4 Pa; NIST SP 811, 2008)
    temperature   Cel = (degF - 32) x 5/9

Not here: whether a value can be true (`telemetry.plausibility`, `telemetry.entered`). End-tidal CO2
in per cent is another quantity: it becomes a pressure only with the air pressure of that moment.
"""

import math
from collections.abc import Callable
from typing import Final, Literal, get_args

from dispatch.errors import BadPayload
from telemetry.codes import LIMITS, Item

Unit = Literal["/min", "%", "mm[Hg]", "kPa", "Cel", "[degF]", "mmol/L", "mg/dL", "{score}", "kg"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)

MG_DL_PER_MMOL_L: Final = 18.0156
MMHG_PER_KPA: Final = 7.50062
FAHRENHEIT_OF_FREEZING: Final = 32.0
FAHRENHEIT_PER_KELVIN: Final = 9 / 5

SPELLINGS: Final[dict[Unit, tuple[str, ...]]] = {
    "/min": ("bpm", "1/min", "min-1", "min^-1", "per min", "beats/min", "breaths/min", "次/分"),
    "%": ("percent", "pct"),
    "mm[Hg]": ("mmHg", "mm Hg", "毫米汞柱"),
    "kPa": ("千帕",),
    "Cel": ("°C", "C", "℃", "degC", "celsius", "摄氏度"),
    "[degF]": ("°F", "F", "℉", "degF", "fahrenheit", "华氏度"),
    "mmol/L": ("mmol", "毫摩尔/升"),
    "mg/dL": ("mg%", "毫克/分升"),
    "{score}": ("score", "points", "分"),
    "kg": ("kilogram", "公斤", "千克"),
}
"""Besides the UCUM unit itself: how devices and people write it; letter case never matters."""

_READ: Final[dict[str, Unit]] = {
    word.casefold(): unit for unit, words in SPELLINGS.items() for word in (unit, *words)
}
_OTHER: Final[dict[Unit, Unit]] = {"mm[Hg]": "kPa", "Cel": "[degF]", "mmol/L": "mg/dL"}
_OTHER_ITEMS: Final[tuple[Item, ...]] = (
    "systolic",
    "diastolic",
    "mean",
    "etco2",
    "temperature",
    "glucose",
)

_WAYS: Final[dict[tuple[Unit, Unit], Callable[[float], float]]] = {
    ("mmol/L", "mg/dL"): lambda value: value * MG_DL_PER_MMOL_L,
    ("mg/dL", "mmol/L"): lambda value: value / MG_DL_PER_MMOL_L,
    ("kPa", "mm[Hg]"): lambda value: value * MMHG_PER_KPA,
    ("mm[Hg]", "kPa"): lambda value: value / MMHG_PER_KPA,
    ("[degF]", "Cel"): lambda value: (value - FAHRENHEIT_OF_FREEZING) / FAHRENHEIT_PER_KELVIN,
    ("Cel", "[degF]"): lambda value: value * FAHRENHEIT_PER_KELVIN + FAHRENHEIT_OF_FREEZING,
}


def read_unit(text: str) -> Unit:
    """The UCUM unit that was meant; raises BadPayload("invalid_field") for an unknown one."""
    unit = _READ.get(text.strip().casefold())
    if unit is None:
        raise BadPayload("invalid_field", f"unit: one of {', '.join(UNITS)}, got {text[:40]!r}")
    return unit


def units_of(item: Item) -> tuple[Unit, ...]:
    """The units an item may be given in: the one of `LIMITS` first, then what converts to it."""
    own = read_unit(LIMITS[item].unit)
    return (own, _OTHER[own]) if item in _OTHER_ITEMS else (own,)


def convert(value: float, source: Unit, target: Unit, item: Item | None = None) -> float:
    """``value`` of ``item`` in another unit, unrounded.

    Raises BadPayload("cannot_convert") for units of different quantities, for an amount of
    substance without knowing of which, and for an amount that cannot be held in a number.
    """
    if "mmol/L" in (source, target) and source != target and item != "glucose":
        raise BadPayload("cannot_convert", f"{source} to {target} is known for glucose only")
    if item is not None and not {source, target} <= set(units_of(item)):
        known = " and ".join(units_of(item))
        raise BadPayload("cannot_convert", f"{item} is in {known}, not {source} to {target}")
    if source == target:
        return value
    way = _WAYS.get((source, target))
    if way is None:
        raise BadPayload("cannot_convert", f"{source} and {target} measure different things")
    found = way(value)
    if not math.isfinite(found):
        raise BadPayload("cannot_convert", f"{value:g} {source} is beyond any number")
    return found


def in_own_unit(item: Item, value: float, unit: Unit) -> float:
    """``value`` in the unit of the item's limits, for comparing only; raises BadPayload."""
    return convert(value, unit, units_of(item)[0], item)
