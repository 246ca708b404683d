"""Which of our numerics an OBX-3 means, and which unit an OBX-6. Pure.

Codes of IEEE 11073-10101 (MDC), by number or name, and LOINC, for what is one of our numerics
without doubt; what is similar and not the same (oesophageal temperature, a concentration of CO2 in
per cent, an arterial pressure of a pulmonary line) stays unmapped and is listed. Local codes are
understood by their name alone, and the result says that it was by name.

The names of local codes are POLICY: add one when a monitor of the county needs it.
"""

import re
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload
from telemetry.code_systems import (
    PARTITION_OF_MEASUREMENTS,
    PARTITIONS,
    TERMS_PER_PARTITION,
    context_free,
    items_with,
    split,
)
from telemetry.codes import CODES, RULES, Code, Item
from telemetry.quantities import Unit, convert, read_unit

MappedBy = Literal["MDC", "LOINC", "name"]

_MDC: Final[dict[int, Code]] = {
    147842: "heart_rate",  # MDC_ECG_HEART_RATE, the same number as MDC_ECG_CARD_BEAT_RATE
    149530: "pulse_rate",  # MDC_PULS_OXIM_PULS_RATE
    149546: "pulse_rate",  # MDC_PULS_RATE_NON_INV
    149514: "pulse_rate",  # MDC_PULS_RATE
    149538: "pulse_rate",  # 0002-4822, the plethysmogram's rate of one large maker
    150456: "spo2",  # MDC_PULS_OXIM_SAT_O2
    151562: "resp_rate",  # MDC_RESP_RATE
    151570: "resp_rate",  # MDC_AWAY_RESP_RATE
    151578: "resp_rate",  # MDC_TTHOR_RESP_RATE
    151594: "resp_rate",  # MDC_CO2_RESP_RATE
    150021: "nibp_systolic",  # MDC_PRESS_BLD_NONINV_SYS
    150022: "nibp_diastolic",
    150023: "nibp_mean",
    150301: "nibp_systolic",  # MDC_PRESS_CUFF_SYS
    150302: "nibp_diastolic",
    150303: "nibp_mean",
    150033: "abp_systolic",  # MDC_PRESS_BLD_ART_SYS
    150034: "abp_diastolic",
    150035: "abp_mean",
    150037: "abp_systolic",  # MDC_PRESS_BLD_ART_ABP_SYS
    150038: "abp_diastolic",
    150039: "abp_mean",
    150364: "temperature",  # MDC_TEMP_BODY
    150344: "temperature",  # MDC_TEMP, a probe whose place is not said
    151708: "etco2",  # MDC_CONC_AWAY_CO2_ET, taken when its unit is a pressure
    151728: "etco2",  # MDC_AWAY_CO2_ET
}
_MDC_NAMES: Final[dict[str, Code]] = {
    "MDC_ECG_HEART_RATE": "heart_rate",
    "MDC_ECG_CARD_BEAT_RATE": "heart_rate",
    "MDC_PULS_RATE": "pulse_rate",
    "MDC_PULS_OXIM_PULS_RATE": "pulse_rate",
    "MDC_PULS_RATE_NON_INV": "pulse_rate",
    "MDC_PULS_OXIM_SAT_O2": "spo2",
    "MDC_RESP_RATE": "resp_rate",
    "MDC_AWAY_RESP_RATE": "resp_rate",
    "MDC_TTHOR_RESP_RATE": "resp_rate",
    "MDC_CO2_RESP_RATE": "resp_rate",
    "MDC_PRESS_BLD_NONINV_SYS": "nibp_systolic",
    "MDC_PRESS_BLD_NONINV_DIA": "nibp_diastolic",
    "MDC_PRESS_BLD_NONINV_MEAN": "nibp_mean",
    "MDC_PRESS_CUFF_SYS": "nibp_systolic",
    "MDC_PRESS_CUFF_DIA": "nibp_diastolic",
    "MDC_PRESS_CUFF_MEAN": "nibp_mean",
    "MDC_PRESS_BLD_ART_SYS": "abp_systolic",
    "MDC_PRESS_BLD_ART_DIA": "abp_diastolic",
    "MDC_PRESS_BLD_ART_MEAN": "abp_mean",
    "MDC_PRESS_BLD_ART_ABP_SYS": "abp_systolic",
    "MDC_PRESS_BLD_ART_ABP_DIA": "abp_diastolic",
    "MDC_PRESS_BLD_ART_ABP_MEAN": "abp_mean",
    "MDC_TEMP": "temperature",
    "MDC_TEMP_BODY": "temperature",
    "MDC_CONC_AWAY_CO2_ET": "etco2",
    "MDC_AWAY_CO2_ET": "etco2",
}
_NAMES: Final[dict[str, Code]] = {
    "hr": "heart_rate",
    "heartrate": "heart_rate",
    "ecghr": "heart_rate",
    "心率": "heart_rate",
    "pr": "pulse_rate",
    "pulse": "pulse_rate",
    "pulserate": "pulse_rate",
    "脉率": "pulse_rate",
    "spo2r": "pulse_rate",
    "spo2": "spo2",
    "血氧": "spo2",
    "血氧饱和度": "spo2",
    "rr": "resp_rate",
    "resp": "resp_rate",
    "resprate": "resp_rate",
    "respirationrate": "resp_rate",
    "呼吸率": "resp_rate",
    "呼吸频率": "resp_rate",
    "nibps": "nibp_systolic",
    "nibpsys": "nibp_systolic",
    "nibpsystolic": "nibp_systolic",
    "nbps": "nibp_systolic",
    "收缩压": "nibp_systolic",
    "nibpd": "nibp_diastolic",
    "nibpdia": "nibp_diastolic",
    "nibpdiastolic": "nibp_diastolic",
    "nbpd": "nibp_diastolic",
    "舒张压": "nibp_diastolic",
    "nibpm": "nibp_mean",
    "nibpmean": "nibp_mean",
    "nbpm": "nibp_mean",
    "平均压": "nibp_mean",
    "abps": "abp_systolic",
    "ar1s": "abp_systolic",
    "arts": "abp_systolic",
    "artsys": "abp_systolic",
    "abpd": "abp_diastolic",
    "ar1d": "abp_diastolic",
    "artd": "abp_diastolic",
    "artdia": "abp_diastolic",
    "abpm": "abp_mean",
    "ar1m": "abp_mean",
    "artm": "abp_mean",
    "artmean": "abp_mean",
    "etco2": "etco2",
    "呼气末二氧化碳": "etco2",
    "temp": "temperature",
    "t1": "temperature",
    "temp1": "temperature",
    "tmp1": "temperature",
    "temperature": "temperature",
    "体温": "temperature",
}
_CODES_END: Final = PARTITIONS * TERMS_PER_PARTITION
_NOT_A_LETTER: Final = re.compile(r"[^\w]|_")
_LOINC: Final = ("LN", "LOINC", "2.16.840.1.113883.6.1")
_MDC_SYSTEMS: Final = ("MDC", "MDIL", "2.16.840.1.113883.6.24")
_HEXADECIMAL: Final = re.compile(r"([0-9A-Fa-f]{4})-([0-9A-Fa-f]{4})")
"""Partition and term, as monitors write them that call the system MDIL: 0002-4182."""
_CUFF: Final[dict[str, Code]] = {
    "systolic": "nibp_systolic",
    "diastolic": "nibp_diastolic",
    "mean": "nibp_mean",
}

ITEM_OF: Final[dict[Code, Item]] = {
    "nibp_systolic": "systolic",
    "nibp_diastolic": "diastolic",
    "nibp_mean": "mean",
    "abp_systolic": "systolic",
    "abp_diastolic": "diastolic",
    "abp_mean": "mean",
    "heart_rate": "heart_rate",
    "pulse_rate": "pulse_rate",
    "spo2": "spo2",
    "resp_rate": "resp_rate",
    "etco2": "etco2",
    "temperature": "temperature",
}

_MDC_UNITS: Final[dict[int, Unit]] = {
    262688: "%",
    264864: "/min",  # beats
    264928: "/min",  # breaths
    265987: "kPa",
    266016: "mm[Hg]",
    266560: "[degF]",
    268192: "Cel",
}
_MDC_UNIT_NAMES: Final[dict[str, Unit]] = {
    "MDC_DIM_PERCENT": "%",
    "MDC_DIM_BEAT_PER_MIN": "/min",
    "MDC_DIM_RESP_PER_MIN": "/min",
    "MDC_DIM_PER_MIN": "/min",
    "MDC_DIM_KILO_PASCAL": "kPa",
    "MDC_DIM_MMHG": "mm[Hg]",
    "MDC_DIM_FAHR": "[degF]",
    "MDC_DIM_DEGC": "Cel",
}
_UNIT_WORDS: Final[dict[str, Unit]] = {
    "br/min": "/min",
    "brpm": "/min",
    "rpm": "/min",
    "resp/min": "/min",
    "beats/minute": "/min",
    "breaths/minute": "/min",
    "beats per minute": "/min",
    "breaths per minute": "/min",
    "mm(hg)": "mm[Hg]",
    "deg c": "Cel",
    "deg f": "[degF]",
}
"""ISO+ (HL7 v2.3 and older) and what else monitors write, beside `telemetry.quantities`."""
_ANNOTATION: Final = re.compile(r"\{[^}]*\}")


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """One triplet of OBX-3: code, text, coding system."""

    code: str
    text: str
    system: str


def identifiers_of(components: list[str]) -> tuple[Identifier, ...]:
    """The triplet and the alternate triplet of a coded element."""
    padded = components[:6] + [""] * (6 - len(components[:6]))
    pairs = (padded[0:3], padded[3:6])
    return tuple(
        Identifier(code=code.strip(), text=text.strip(), system=system.strip())
        for code, text, system in pairs
        if code.strip() or text.strip()
    )


def code_of(identifiers: tuple[Identifier, ...]) -> tuple[Code, MappedBy] | None:
    """Our code, and what told it; a standard code in either triplet wins over a name."""
    for one in identifiers:
        if _is_mdc(one) and (code := _mdc(one)) is not None:
            return code, "MDC"
        if one.system.upper() in _LOINC and (code := _loinc(one.code)) is not None:
            return code, "LOINC"
    for one in identifiers:
        if _is_mdc(one) or one.system.upper() in _LOINC:
            continue
        for word in (one.text, one.code):
            code = _NAMES.get(_NOT_A_LETTER.sub("", word).casefold())
            if code is not None:
                return code, "name"
    return None


def _is_mdc(one: Identifier) -> bool:
    return one.system.upper() in _MDC_SYSTEMS or one.text.startswith("MDC_")


def _mdc(one: Identifier) -> Code | None:
    if one.text in _MDC_NAMES:
        return _MDC_NAMES[one.text]
    if one.code in _MDC_NAMES:
        return _MDC_NAMES[one.code]
    number = _mdc_number(one.code)
    if number is None:
        return None
    partition, term = split(number)
    return _MDC.get(number if partition else context_free(PARTITION_OF_MEASUREMENTS, term))


def _mdc_number(word: str) -> int | None:
    """A context-free code in decimal digits, or as partition and term in hexadecimal ones."""
    if (found := _HEXADECIMAL.fullmatch(word)) is not None:
        return context_free(int(found[1], 16), int(found[2], 16))
    if word.isascii() and word.isdigit() and len(word) <= 10 and int(word) < _CODES_END:
        return int(word)
    return None


def _loinc(code: str) -> Code | None:
    """By the table of `telemetry.code_systems`; a pressure there is that of a cuff."""
    for item in items_with("LOINC", code):
        if item.name in _CUFF and code == item.codes[0].code:
            return _CUFF[item.name]
        for known in CODES:
            if known == item.name and code != "19889-5":  # that one is a concentration
                return known
    return None


def unit_of(components: list[str]) -> Unit:
    """The unit of OBX-6; raises BadPayload: missing_unit, unknown_unit."""
    words = [word.strip() for word in components[:6] if word.strip()]
    if not words:
        raise BadPayload("missing_unit", "OBX-6 is empty; a number without a unit is not taken")
    for word in words:
        if word in _MDC_UNIT_NAMES:
            return _MDC_UNIT_NAMES[word]
        number = _mdc_number(word)
        if number in _MDC_UNITS:
            return _MDC_UNITS[number]
        if word.casefold() in _UNIT_WORDS:
            return _UNIT_WORDS[word.casefold()]
        try:
            return read_unit(_ANNOTATION.sub("", word))
        except BadPayload:
            continue
    raise BadPayload("unknown_unit", f"OBX-6 is {words[0][:40]!r}")


def in_our_unit(code: Code, value: float, unit: Unit) -> float:
    """The value in the unit of our code, unrounded; raises BadPayload ``wrong_unit``."""
    try:
        return convert(value, unit, read_unit(RULES[code].unit), ITEM_OF[code])
    except BadPayload as bad:
        raise BadPayload("wrong_unit", bad.detail) from None
