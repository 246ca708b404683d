"""The criteria of the 2021 National Guideline for the Field Triage of Injured Patients, as tables.

American College of Surgeons 2021; the codes are those of NEMSIS 3.5.1 (2023), eInjury.03 for red
and eInjury.04 for yellow. Codes that NEMSIS marks as deprecated (total GCS of 13 or less, falls of
more than 20 ft, motorcycle over 20 mph and others) are not in these tables and so cannot be given.

    red, vital signs     motor response of the GCS < 6 (not the total); RR < 10 or > 29;
                         respiratory distress or support; SpO2 < 90 % on room air;
                         SBP < 70 + 2 x age at 0-9 years, < 90 at 10-64, < 110 from 65;
                         HR > SBP from 10 years
    red, injuries        ticked by whoever examines
    yellow               mechanism and judgement, ticked; fall > 3 m (10 ft), pregnancy > 20 weeks

Ages are completed years. Values are compared as they were measured, without rounding.

Not here: deciding (`dispatch.triage.trauma`).
"""

from typing import Final, Literal

import msgspec

Input = Literal[
    "age",
    "motor",
    "rr",
    "resp_support",
    "spo2_air",
    "sbp",
    "hr",
    "injuries",
    "mechanisms",
    "judgements",
]
INPUTS: Final[tuple[Input, ...]] = (
    "age", "motor", "rr", "resp_support", "spo2_air", "sbp", "hr", "injuries", "mechanisms",
    "judgements",
)  # fmt: skip

Ages = tuple[tuple[int, int | None], ...]
"""Ranges of completed years, both ends included; None is open; no range at all is every age."""


class Criterion(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the guideline: our code, the NEMSIS code, the words, for whom it counts."""

    code: str
    nemsis: str
    zh: str
    en: str
    ages: Ages = ()


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """A number is outside when it is < ``below`` or > ``above``."""

    criterion: Criterion
    reads: Input
    below: float
    above: float | None = None


class PressureBand(msgspec.Struct, frozen=True, kw_only=True):
    """Hypotension at one age: systolic < ``below_mmhg`` + ``per_year_mmhg`` x completed years."""

    criterion: Criterion
    below_mmhg: float
    per_year_mmhg: float = 0

    def limit_mmhg(self, age_years: int) -> float:
        """The pressure below which it is hypotension at this age, in completed years."""
        return self.below_mmhg + self.per_year_mmhg * age_years

    @property
    def oldest_years(self) -> int:
        """The age with the highest limit; an open band has one limit for all."""
        first_years, last_years = self.criterion.ages[0]
        return first_years if last_years is None else last_years


MOTOR: Final = Limits(
    criterion=Criterion(
        code="motor<6",
        nemsis="2903041",
        zh="不能遵嘱动作（GCS 运动评分 <6）",
        en="cannot follow commands (motor GCS < 6)",
    ),
    reads="motor",
    below=6,
)
RESP_RATE: Final = Limits(
    criterion=Criterion(
        code="RR", nemsis="2903037", zh="呼吸 <10 或 >29 次/分", en="breathing < 10 or > 29/min"
    ),
    reads="rr",
    below=10,
    above=29,
)
RESP_SUPPORT: Final = Criterion(
    code="resp_support",
    nemsis="2903033",
    zh="呼吸窘迫或需呼吸支持",
    en="respiratory distress or need of support",
)
SPO2: Final = Limits(
    criterion=Criterion(
        code="SpO2", nemsis="2903035", zh="未吸氧时 SpO2 <90%", en="SpO2 < 90 % on room air"
    ),
    reads="spo2_air",
    below=90,
)
PRESSURE: Final[tuple[PressureBand, ...]] = (
    PressureBand(
        criterion=Criterion(
            code="SBP_0_9",
            nemsis="2903029",
            zh="0–9 岁收缩压 <70+2×年龄",
            en="0-9 years: systolic < 70 + 2 x age",
            ages=((0, 9),),
        ),
        below_mmhg=70,
        per_year_mmhg=2,
    ),
    PressureBand(
        criterion=Criterion(
            code="SBP_10_64",
            nemsis="2903031",
            zh="10–64 岁收缩压 <90",
            en="10-64 years: systolic < 90",
            ages=((10, 64),),
        ),
        below_mmhg=90,
    ),
    PressureBand(
        criterion=Criterion(
            code="SBP_65+",
            nemsis="2903027",
            zh="65 岁及以上收缩压 <110",
            en="65 years and over: systolic < 110",
            ages=((65, None),),
        ),
        below_mmhg=110,
    ),
)
SBP_AT_ANY_AGE: Final = PRESSURE[1].criterion
"""The row that stands for a pressure which is too low at every age, when the age is not known."""
SHOCK: Final = Criterion(
    code="HR>SBP",
    nemsis="2903025",
    zh="10 岁及以上心率 > 收缩压",
    en="10 years and over: heart rate > systolic",
    ages=((10, None),),
)

INJURIES: Final[tuple[Criterion, ...]] = (
    Criterion(
        code="penetrating",
        nemsis="2903015",
        zh="头、颈、躯干或四肢近端穿透伤",
        en="penetrating injury of head, neck, torso or proximal limb",
    ),
    Criterion(
        code="skull_fracture",
        nemsis="2903009",
        zh="颅骨变形或疑似骨折",
        en="skull deformed or suspected fracture",
    ),
    Criterion(
        code="spinal_deficit",
        nemsis="2903039",
        zh="疑脊柱损伤伴新发运动或感觉丧失",
        en="suspected spinal injury with new motor or sensory loss",
    ),
    Criterion(
        code="chest_wall",
        nemsis="2903005",
        zh="胸壁不稳、变形或连枷胸",
        en="chest wall unstable, deformed or flail",
    ),
    Criterion(
        code="pelvic_fracture", nemsis="2903013", zh="疑骨盆骨折", en="suspected pelvic fracture"
    ),
    Criterion(
        code="two_long_bones",
        nemsis="2903021",
        zh="疑两处及以上近端长骨骨折",
        en="two or more suspected proximal long-bone fractures",
    ),
    Criterion(
        code="mangled_limb",
        nemsis="2903003",
        zh="肢体碾压、脱套、毁损或无脉",
        en="limb crushed, degloved, mangled or pulseless",
    ),
    Criterion(
        code="amputation",
        nemsis="2903001",
        zh="腕或踝以上离断",
        en="amputation proximal to wrist or ankle",
    ),
    Criterion(
        code="bleeding",
        nemsis="2903023",
        zh="活动性出血需止血带或填塞压迫",
        en="active bleeding that needs a tourniquet or packing",
    ),
)

MECHANISMS: Final[tuple[Criterion, ...]] = (
    Criterion(
        code="ejection", nemsis="2904009", zh="部分或全部被甩出车外", en="ejected, wholly or partly"
    ),
    Criterion(
        code="intrusion",
        nemsis="2904011",
        zh="车体侵入：乘员处 >30 cm，任意处 >46 cm",
        en="intrusion > 30 cm (12 in) at the occupant or > 46 cm (18 in) anywhere",
    ),
    Criterion(code="extrication", nemsis="2904011", zh="被困需破拆", en="needs extrication"),
    Criterion(
        code="death_in_vehicle",
        nemsis="2904007",
        zh="同车厢内有人死亡",
        en="death in the same compartment",
    ),
    Criterion(
        code="child_unrestrained",
        nemsis="2904029",
        zh="0–9 岁儿童未系安全带或安全座椅未固定",
        en="child of 0-9 years unrestrained or in an unsecured seat",
        ages=((0, 9),),
    ),
    Criterion(
        code="telemetry",
        nemsis="2904013",
        zh="车载数据提示重伤",
        en="vehicle telemetry consistent with severe injury",
    ),
    Criterion(
        code="rider_separated",
        nemsis="2904035",
        zh="骑乘者与车辆分离且撞击明显",
        en="rider separated from the vehicle with significant impact",
    ),
    Criterion(
        code="pedestrian_thrown",
        nemsis="2904001",
        zh="行人或骑车人被撞飞、碾压或重击",
        en="pedestrian or cyclist thrown, run over or hit hard",
    ),
    Criterion(
        code="fall_over_3_m", nemsis="2904031", zh="坠落 >3 m", en="fall of more than 3 m (10 ft)"
    ),
)
FALL_ABOVE_M: Final = 3  # 10 ft, all ages

JUDGEMENTS: Final[tuple[Criterion, ...]] = (
    Criterion(
        code="low_fall_head_impact",
        nemsis="2904033",
        zh="≤5 岁或 ≥65 岁低处跌倒伴明显头部撞击",
        en="low fall with significant head impact at 5 years or less, or 65 or more",
        ages=((0, 5), (65, None)),
    ),
    Criterion(code="anticoagulant", nemsis="2904019", zh="使用抗凝药", en="takes anticoagulants"),
    Criterion(code="child_abuse", nemsis="2904039", zh="疑虐待儿童", en="suspected child abuse"),
    Criterion(
        code="special_needs",
        nemsis="2904037",
        zh="特殊的高资源医疗需求",
        en="special, high-resource healthcare needs",
    ),
    Criterion(
        code="pregnancy_over_20_wk",
        nemsis="2904021",
        zh="妊娠 >20 周",
        en="pregnancy of more than 20 weeks",
    ),
    Criterion(code="burns_with_trauma", nemsis="2904027", zh="烧伤合并创伤", en="burns and trauma"),
    Criterion(
        code="other_concern",
        nemsis="2904023",
        zh="急救人员其他顾虑",
        en="other concern of the crew",
    ),
)
GESTATION_ABOVE_WEEKS: Final = 20

VITALS: Final[tuple[Criterion, ...]] = (
    MOTOR.criterion,
    RESP_RATE.criterion,
    RESP_SUPPORT,
    SPO2.criterion,
    *(band.criterion for band in PRESSURE),
    SHOCK,
)
RED: Final[tuple[Criterion, ...]] = (*VITALS, *INJURIES)
YELLOW: Final[tuple[Criterion, ...]] = (*MECHANISMS, *JUDGEMENTS)
BY_CODE: Final = {criterion.code: criterion for criterion in (*RED, *YELLOW)}
