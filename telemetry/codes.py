"""The measured items with their plausible ranges, and the numerics of contract v1 built on them.

One table of ranges for every way a value comes in: a monitor's message (`telemetry.plausibility`),
what a person entered (`telemetry.entered`) and the rule page. The ranges are POLICY of the clinical
reference of this project (table "Plausibility"), set wider than the published filters it cites
(NEMSIS 3.5.1 2023; MIMIC-Extract 2020; ricu 2023) because those would drop real hypothermia,
resuscitation values and preterm babies. Outside `reject` a value cannot be true and is `invalid`;
outside `flag` it may be true, stays scored and is shown as `suspect`.

Not here: checks between two values (`telemetry.plausibility`), score bands (`telemetry.scores`),
and what other standards call an item (`telemetry.code_systems`).
"""

from typing import Final, Literal, get_args

import msgspec

Item = Literal[
    "heart_rate",
    "pulse_rate",
    "spo2",
    "systolic",
    "diastolic",
    "mean",
    "resp_rate",
    "temperature",
    "etco2",
    "glucose",
    "gcs",
    "fio2",
    "weight",
]
ITEMS: Final[tuple[Item, ...]] = get_args(Item)

Code = Literal[
    "heart_rate",
    "pulse_rate",
    "spo2",
    "resp_rate",
    "nibp_systolic",
    "nibp_diastolic",
    "nibp_mean",
    "abp_systolic",
    "abp_diastolic",
    "abp_mean",
    "etco2",
    "temperature",
]
CODES: Final[tuple[Code, ...]] = get_args(Code)
NIBP: Final[frozenset[str]] = frozenset({"nibp_systolic", "nibp_diastolic", "nibp_mean"})

CONTINUOUS_SCORED_S: Final = 60.0  # numerics older than 60 s are not scored (POLICY)
SPOT_SCORED_S: Final = 600.0  # a cuff pressure, or what a person entered, for 10 min (POLICY)


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The inclusive ranges of one item in its UCUM unit (POLICY, county medical director).

    ``reject``: beyond, a value cannot be true. ``flag``: beyond, a person should confirm it; equal
    to ``reject`` where the reference flags nothing. ``child_flag`` replaces ``flag`` for a child.
    """

    unit: str
    reject: tuple[float, float]
    flag: tuple[float, float]
    child_flag: tuple[float, float] | None = None


class CodeRule(msgspec.Struct, frozen=True, kw_only=True):
    """One numeric: UCUM unit, inclusive ranges in that unit, and usable age in seconds."""

    unit: str
    reject_below: float
    reject_above: float
    flag_below: float
    flag_above: float
    scored_s: float


_RATE = "/min"
_PRESSURE = "mm[Hg]"
_HEART: Final = Limits(unit=_RATE, reject=(0, 350), flag=(20, 250), child_flag=(40, 300))

LIMITS: Final[dict[Item, Limits]] = {
    "heart_rate": _HEART,
    "pulse_rate": _HEART,
    "spo2": Limits(unit="%", reject=(1, 100), flag=(50, 100)),
    "systolic": Limits(unit=_PRESSURE, reject=(20, 300), flag=(50, 260)),
    "diastolic": Limits(unit=_PRESSURE, reject=(5, 225), flag=(20, 160)),
    "mean": Limits(unit=_PRESSURE, reject=(10, 260), flag=(10, 260)),
    "resp_rate": Limits(unit=_RATE, reject=(0, 120), flag=(4, 80)),
    "temperature": Limits(unit="Cel", reject=(20, 45), flag=(32, 42)),
    "etco2": Limits(unit=_PRESSURE, reject=(0, 150), flag=(10, 80)),
    "glucose": Limits(unit="mmol/L", reject=(0.3, 60), flag=(2.2, 33)),
    "gcs": Limits(unit="{score}", reject=(3, 15), flag=(3, 15)),
    "fio2": Limits(unit="%", reject=(21, 100), flag=(21, 100)),
    "weight": Limits(unit="kg", reject=(0.3, 300), flag=(0.3, 300)),
}


def rule_of(limits: Limits, scored_s: float, *, is_child: bool = False) -> CodeRule:
    """The limits laid flat, with a child's flag range where there is one."""
    flag = limits.child_flag if is_child and limits.child_flag is not None else limits.flag
    return CodeRule(
        unit=limits.unit,
        reject_below=limits.reject[0],
        reject_above=limits.reject[1],
        flag_below=flag[0],
        flag_above=flag[1],
        scored_s=scored_s,
    )


def _rule(item: Item, scored_s: float = CONTINUOUS_SCORED_S) -> CodeRule:
    return rule_of(LIMITS[item], scored_s)


RULES: Final[dict[Code, CodeRule]] = {
    "heart_rate": _rule("heart_rate"),
    "pulse_rate": _rule("pulse_rate"),
    "spo2": _rule("spo2"),
    "resp_rate": _rule("resp_rate"),
    "nibp_systolic": _rule("systolic", SPOT_SCORED_S),
    "nibp_diastolic": _rule("diastolic", SPOT_SCORED_S),
    "nibp_mean": _rule("mean", SPOT_SCORED_S),
    "abp_systolic": _rule("systolic"),
    "abp_diastolic": _rule("diastolic"),
    "abp_mean": _rule("mean"),
    "etco2": _rule("etco2"),
    "temperature": _rule("temperature"),
}
"""The ranges of `LIMITS` laid flat for the path that judges every sample."""
