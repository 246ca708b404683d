"""What other standards call the measured items: LOINC, MDC, UCUM, NEMSIS. Data, and MDC's sums.

An MDC code (ISO/IEEE 11073-10101) stands in two forms that mean the same thing: within its
partition, 16 bits (SpO2 is 19384 of partition 2), and context-free, partition x 65536 + term
(150456). A device library that shows 19384 where a gateway expects 150456 is not wrong, only short.

Stroke in NEMSIS 3.5.1 (2023) is three elements that are easily mixed up: eVitals.29 is the result
(positive, negative), eVitals.30 the type of scale, eVitals.34 the numeric score. Older maps call
eVitals.29 the score: that was true before 3.5.

LOINC 20824-1, which the clinical reference offers for a partial pressure "to be looked up", is left
out: its check digit is wrong (a LOINC code ends in a mod-10 digit), so that it cannot be a code.

Not here: units and conversions (`telemetry.quantities`); SNOMED codes of patients' diseases.
"""

from collections.abc import Iterator
from typing import Final, Literal, get_args

import msgspec

from dispatch.errors import BadPayload

System = Literal["LOINC", "MDC", "UCUM", "NEMSIS", "SNOMED"]
SYSTEMS: Final[tuple[System, ...]] = get_args(System)
Standing = Literal["source", "GK"]

TERMS_PER_PARTITION: Final = 65_536
PARTITION_OF_MEASUREMENTS: Final = 2  # "SCADA": where every item of the table below stands
PARTITIONS: Final = 65_536


class Coded(msgspec.Struct, frozen=True, kw_only=True):
    """One code of one item; ``note`` says which of several it is, ``mark`` how sure we are."""

    system: System
    code: str
    name: str = ""
    note: str = ""
    mark: Standing = "source"


class CodedItem(msgspec.Struct, frozen=True, kw_only=True):
    """One item with all its codes; ``name`` is that of `telemetry.codes` for what is there."""

    name: str
    zh: str
    en: str
    codes: tuple[Coded, ...]

    def of(self, system: System) -> tuple[Coded, ...]:
        """The codes of one system, the preferred one first."""
        return tuple(one for one in self.codes if one.system == system)


def context_free(partition: int, term: int) -> int:
    """The 32-bit MDC code; raises BadPayload when a part does not fit its 16 bits."""
    for name, part, end in (
        ("partition", partition, PARTITIONS),
        ("term", term, TERMS_PER_PARTITION),
    ):
        if not 0 <= part < end:
            raise BadPayload("invalid_field", f"{name}: expected 0 to {end - 1}, got {part}")
    return partition * TERMS_PER_PARTITION + term


def split(code: int) -> tuple[int, int]:
    """(partition, term) of a context-free MDC code; raises BadPayload beyond 32 bits."""
    partition, term = divmod(code, TERMS_PER_PARTITION)
    context_free(partition, term)
    return partition, term


def _loinc(code: str, note: str = "", mark: Standing = "source") -> Coded:
    return Coded(system="LOINC", code=code, note=note, mark=mark)


def _mdc(name: str, code: int, note: str = "", mark: Standing = "source") -> Coded:
    return Coded(system="MDC", code=str(code), name=name, note=note, mark=mark)


def _ucum(*units: str) -> Iterator[Coded]:
    return (Coded(system="UCUM", code=unit) for unit in units)


def _nemsis(code: str, note: str = "") -> Coded:
    return Coded(system="NEMSIS", code=code, note=note)


_RATE_METHOD: Final = _nemsis("eVitals.11", "method of the rate")

CODED: Final[tuple[CodedItem, ...]] = (
    CodedItem(
        name="heart_rate",
        zh="心率",
        en="heart rate",
        codes=(
            _loinc("8867-4"),
            _mdc("MDC_ECG_HEART_RATE", 147842),
            *_ucum("/min"),
            _nemsis("eVitals.10"),
        ),
    ),
    CodedItem(
        name="pulse_rate",
        zh="脉率",
        en="pulse rate",
        codes=(
            _loinc("8889-8", "by pulse oximetry", "GK"),
            _mdc("MDC_PULS_OXIM_PULS_RATE", 149530, "by pulse oximetry"),
            _mdc("MDC_PULS_RATE_NON_INV", 149546, "by cuff"),
            *_ucum("/min"),
            _nemsis("eVitals.10"),
            _RATE_METHOD,
        ),
    ),
    CodedItem(
        name="spo2",
        zh="血氧饱和度",
        en="oxygen saturation by pulse oximetry",
        codes=(
            _loinc("59408-5", "by pulse oximetry"),
            _loinc("2708-6", "core code of the FHIR vital signs"),
            _mdc("MDC_PULS_OXIM_SAT_O2", 150456),
            *_ucum("%"),
            _nemsis("eVitals.12"),
        ),
    ),
    CodedItem(
        name="systolic",
        zh="收缩压",
        en="systolic pressure by cuff",
        codes=(
            _loinc("8480-6"),
            _loinc("85354-9", "panel of systolic and diastolic"),
            _loinc("55284-4", "panel, as the public NPEWS chart has it"),
            _mdc("MDC_PRESS_BLD_NONINV_SYS", 150021),
            *_ucum("mm[Hg]"),
            _nemsis("eVitals.06"),
        ),
    ),
    CodedItem(
        name="diastolic",
        zh="舒张压",
        en="diastolic pressure by cuff",
        codes=(
            _loinc("8462-4"),
            _mdc("MDC_PRESS_BLD_NONINV_DIA", 150022),
            *_ucum("mm[Hg]"),
            _nemsis("eVitals.07", 'may be "P": palpated'),
        ),
    ),
    CodedItem(
        name="mean",
        zh="平均动脉压",
        en="mean pressure by cuff",
        codes=(
            _loinc("8478-0"),
            _mdc("MDC_PRESS_BLD_NONINV_MEAN", 150023),
            *_ucum("mm[Hg]"),
            _nemsis("eVitals.09"),
        ),
    ),
    CodedItem(
        name="resp_rate",
        zh="呼吸频率",
        en="respiratory rate",
        codes=(
            _loinc("9279-1"),
            _mdc("MDC_RESP_RATE", 151562, mark="GK"),
            *_ucum("/min"),
            _nemsis("eVitals.14"),
        ),
    ),
    CodedItem(
        name="temperature",
        zh="体温",
        en="body temperature",
        codes=(
            _loinc("8310-5"),
            _mdc("MDC_TEMP_BODY", 150364),
            *_ucum("Cel"),
            _nemsis("eVitals.24"),
            _nemsis("eVitals.25", "method"),
        ),
    ),
    CodedItem(
        name="etco2",
        zh="呼气末二氧化碳",
        en="end-tidal carbon dioxide",
        codes=(
            _loinc("19889-5", "in %, as in IHE PCS: not a pressure"),
            _loinc("19891-1", "partial pressure", "GK"),
            _mdc("MDC_CONC_AWAY_CO2_ET", 151708, mark="GK"),
            *_ucum("mm[Hg]", "kPa"),
            _nemsis("eVitals.16"),
            _nemsis("3340001", "eVitals.16 in mmHg"),
            _nemsis("3340003", "eVitals.16 in %"),
            _nemsis("3340005", "eVitals.16 in kPa"),
        ),
    ),
    CodedItem(
        name="glucose",
        zh="血糖",
        en="blood glucose",
        codes=(
            _loinc("2339-0", "mass, mg/dL"),
            _loinc("15074-8", "amount, mmol/L", "GK"),
            _mdc("MDC_CONC_GLU_CAPILLARY_WHOLEBLOOD", 160184, mark="GK"),
            *_ucum("mmol/L", "mg/dL"),
            _nemsis("eVitals.18", 'in mg/dL; may be "High" or "Low"'),
        ),
    ),
    CodedItem(
        name="gcs",
        zh="格拉斯哥昏迷评分",
        en="Glasgow Coma Scale, total",
        codes=(_loinc("9269-2"), *_ucum("{score}"), _nemsis("eVitals.23")),
    ),
    CodedItem(
        name="gcs_eye",
        zh="睁眼",
        en="Glasgow Coma Scale, eyes",
        codes=(_loinc("9267-6"), *_ucum("{score}"), _nemsis("eVitals.19")),
    ),
    CodedItem(
        name="gcs_verbal",
        zh="语言",
        en="Glasgow Coma Scale, verbal",
        codes=(_loinc("9270-0"), *_ucum("{score}"), _nemsis("eVitals.20")),
    ),
    CodedItem(
        name="gcs_motor",
        zh="运动",
        en="Glasgow Coma Scale, motor",
        codes=(_loinc("9268-4"), *_ucum("{score}"), _nemsis("eVitals.21")),
    ),
    CodedItem(
        name="avpu",
        zh="意识水平",
        en="level of responsiveness, AVPU",
        codes=(
            _loinc("67775-7", "as NEMSIS has it"),
            _loinc("11454-6"),
            _nemsis("eVitals.26"),
            _nemsis("3326001", "eVitals.26: alert"),
            _nemsis("3326007", "eVitals.26: unresponsive"),
        ),
    ),
    CodedItem(
        name="carbon_monoxide",
        zh="碳氧血红蛋白",
        en="carbon monoxide",
        codes=(_loinc("20563-3"), *_ucum("%"), _nemsis("eVitals.17")),
    ),
    CodedItem(
        name="pain",
        zh="疼痛评分",
        en="pain score",
        codes=(_loinc("38208-5"), *_ucum("{score}"), _nemsis("eVitals.27")),
    ),
    CodedItem(
        name="capillary_refill",
        zh="毛细血管再充盈时间",
        en="capillary refill time",
        codes=(_loinc("44963-7"), *_ucum("s")),
    ),
    CodedItem(
        name="stroke_scale",
        zh="卒中量表",
        en="stroke scale",
        codes=(
            _loinc("72089-6", "NIHSS total"),
            _loinc("67521-5", "type of scale"),
            *_ucum("{score}"),
            _nemsis("eVitals.29", "result: positive or negative, not the score"),
            _nemsis("eVitals.30", "type of scale"),
            _nemsis("eVitals.34", "numeric score"),
        ),
    ),
    CodedItem(
        name="apgar_1_min",
        zh="1 分钟 Apgar",
        en="Apgar at 1 minute",
        codes=(_loinc("48334-7"), *_ucum("{score}"), _nemsis("eVitals.32")),
    ),
    CodedItem(
        name="apgar_5_min",
        zh="5 分钟 Apgar",
        en="Apgar at 5 minutes",
        codes=(_loinc("48333-9"), *_ucum("{score}"), _nemsis("eVitals.32")),
    ),
    CodedItem(
        name="apgar_10_min",
        zh="10 分钟 Apgar",
        en="Apgar at 10 minutes",
        codes=(_loinc("48332-1"), *_ucum("{score}"), _nemsis("eVitals.32")),
    ),
    CodedItem(
        name="news2",
        zh="国家早期预警评分 2",
        en="NEWS2 total",
        codes=(
            Coded(system="SNOMED", code="1104051000000101", note="UK extension"),
            _loinc("88330-6", "seen in one repository only", "GK"),
            *_ucum("{score}"),
        ),
    ),
    CodedItem(
        name="ems_report",
        zh="院前急救病历",
        en="EMS report",
        codes=(_loinc("67796-3"),),
    ),
)

BY_NAME: Final[dict[str, CodedItem]] = {item.name: item for item in CODED}


def items_with(system: System, code: str) -> tuple[CodedItem, ...]:
    """The items that carry a code; none for an unknown one.

    An MDC code may be its name, its context-free number or the 16-bit term of partition 2; letter
    case never matters.
    """
    wanted = code.strip().casefold()
    if system == "MDC" and wanted.isascii() and wanted.isdigit():
        wanted = str(_measurement(wanted))
    if not wanted:
        return ()
    return tuple(
        item
        for item in CODED
        if any(wanted in (one.code.casefold(), one.name.casefold()) for one in item.of(system))
    )


def _measurement(digits: str) -> int:
    if len(digits) > len(str(PARTITIONS * TERMS_PER_PARTITION)):
        raise BadPayload("invalid_field", "code: an MDC code has 32 bits at most")
    partition, term = split(int(digits))
    return context_free(partition or PARTITION_OF_MEASUREMENTS, term)
