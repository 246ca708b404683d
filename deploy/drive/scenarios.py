"""The emergencies that are played: what the caller says, what the crew finds, what is measured.

Everything here is invented for a demonstration and for load; nothing is clinical advice and no
decision reads it. The words are what a Chinese dispatcher and crew would write. Which scenario an
incident is follows from its centres (and, for the caller, from chance): the drive keeps no memory
that a restart could lose.
"""

import random
from collections.abc import Sequence
from typing import Final, Literal

import msgspec

Sex = Literal["male", "female"]


class Base(msgspec.Struct, frozen=True, kw_only=True):
    """Where the generator's vital signs begin, in contract units, and how they drift per minute."""

    heart_rate: float
    resp_rate: float
    spo2: float
    systolic: float
    diastolic: float
    temperature: float
    drift_spo2: float = 0.0
    drift_heart_rate: float = 0.0


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of emergency; ``ages`` is an inclusive range of years, ``weight`` how often."""

    name: str
    weight: float
    complaint: str
    centres: tuple[str, ...]
    priority: Literal["P1", "P2", "P3"]
    ages: tuple[int, int]
    base: Base
    acvpu: Literal["A", "C", "V", "P"]
    is_oxygen_given: bool
    mechanism: str
    injuries: str
    signs: str
    treatment: str
    caution: str = ""
    sexes: tuple[Sex, ...] = ("male", "female")
    is_pregnant: bool = False

    @property
    def is_adult(self) -> bool:
        """Whether an adult's recording may stand for this patient."""
        return self.ages[0] >= 18 and not self.is_pregnant


CHEST_PAIN: Final = Scenario(
    name="chest_pain",
    weight=3.0,
    complaint="胸痛伴大汗",
    centres=("chest_pain",),
    priority="P1",
    ages=(48, 82),
    base=Base(heart_rate=98, resp_rate=20, spo2=94, systolic=138, diastolic=84, temperature=36.6),
    acvpu="A",
    is_oxygen_given=False,
    mechanism="静息时突发胸骨后压榨样疼痛，向左肩放射",
    injuries="无外伤",
    signs="面色苍白、大汗，疼痛评分 8/10",
    treatment="阿司匹林 300 mg 嚼服，建立静脉通路，12 导联心电图",
)
SCENARIOS: Final = (
    CHEST_PAIN,
    Scenario(
        name="stroke",
        weight=2.5,
        complaint="突发言语不清、右侧肢体无力",
        centres=("stroke",),
        priority="P2",
        ages=(55, 86),
        base=Base(
            heart_rate=84, resp_rate=17, spo2=96, systolic=176, diastolic=98, temperature=36.7
        ),
        acvpu="C",
        is_oxygen_given=False,
        mechanism="家中进餐时起病，家属目击",
        injuries="无外伤",
        signs="口角左歪，右上肢不能抬起，言语含糊",
        treatment="头高 30°，测血糖 6.8 mmol/L，建立静脉通路",
        caution="服用抗凝药情况待核实",
    ),
    Scenario(
        name="trauma",
        weight=2.5,
        complaint="电动车与货车相撞，腿部出血",
        centres=("trauma",),
        priority="P1",
        ages=(18, 66),
        base=Base(
            heart_rate=116,
            resp_rate=24,
            spo2=95,
            systolic=98,
            diastolic=60,
            temperature=36.2,
            drift_heart_rate=0.6,
        ),
        acvpu="A",
        is_oxygen_given=True,
        mechanism="电动车侧面撞击，抛出约 3 米，戴头盔",
        injuries="左大腿开放性骨折，活动性出血已压迫",
        signs="皮肤湿冷，毛细血管再充盈 3 秒",
        treatment="止血带，骨盆带，颈托固定，输液",
    ),
    Scenario(
        name="obstetric",
        weight=1.0,
        complaint="孕 36 周，阴道流血伴腹痛",
        centres=("maternal",),
        priority="P1",
        ages=(21, 39),
        base=Base(
            heart_rate=112, resp_rate=21, spo2=97, systolic=102, diastolic=64, temperature=36.9
        ),
        acvpu="A",
        is_oxygen_given=True,
        mechanism="无诱因，2 小时前起病",
        injuries="无外伤",
        signs="宫体压痛，胎动减少",
        treatment="左侧卧位，建立两路静脉通路",
        caution="疑胎盘早剥，勿行阴道检查",
        sexes=("female",),
        is_pregnant=True,
    ),
    Scenario(
        name="child",
        weight=1.0,
        complaint="幼儿高热抽搐",
        centres=("newborn_child",),
        priority="P2",
        ages=(1, 5),
        base=Base(
            heart_rate=158, resp_rate=34, spo2=95, systolic=92, diastolic=56, temperature=39.6
        ),
        acvpu="V",
        is_oxygen_given=True,
        mechanism="发热 1 天，抽搐约 4 分钟后自行停止",
        injuries="无外伤",
        signs="嗜睡，双眼可追视，皮肤发烫",
        treatment="侧卧，吸氧，退热，备抗惊厥药",
    ),
    Scenario(
        name="respiratory",
        weight=2.0,
        complaint="气促加重，不能平卧",
        centres=("respiratory",),
        priority="P2",
        ages=(58, 88),
        base=Base(
            heart_rate=110,
            resp_rate=28,
            spo2=88,
            systolic=144,
            diastolic=82,
            temperature=37.6,
            drift_spo2=0.3,
        ),
        acvpu="A",
        is_oxygen_given=True,
        mechanism="慢阻肺病史，受凉后加重 2 天",
        injuries="无外伤",
        signs="三凹征，双肺哮鸣音",
        treatment="控制性吸氧，雾化吸入",
        caution="高碳酸血症风险，SpO2 目标由医师决定",
    ),
    Scenario(
        name="wrist",
        weight=2.0,
        complaint="跌倒后手腕肿痛",
        centres=(),
        priority="P3",
        ages=(16, 60),
        base=Base(
            heart_rate=86, resp_rate=16, spo2=98, systolic=128, diastolic=78, temperature=36.6
        ),
        acvpu="A",
        is_oxygen_given=False,
        mechanism="骑车跌倒，手掌着地",
        injuries="右腕肿胀畸形，皮肤完整",
        signs="疼痛评分 4/10，手指活动好",
        treatment="夹板固定，冷敷",
    ),
    Scenario(
        name="abdomen",
        weight=2.0,
        complaint="中腹部疼痛半天",
        centres=(),
        priority="P3",
        ages=(20, 70),
        base=Base(
            heart_rate=92, resp_rate=18, spo2=97, systolic=132, diastolic=82, temperature=37.8
        ),
        acvpu="A",
        is_oxygen_given=False,
        mechanism="晨起脐周痛，转移至右下腹",
        injuries="无外伤",
        signs="右下腹压痛，无肌卫，疼痛评分 5/10",
        treatment="禁食，建立静脉通路",
    ),
    Scenario(
        name="fall",
        weight=1.5,
        complaint="老人跌倒后髋部疼痛",
        centres=(),
        priority="P3",
        ages=(68, 92),
        base=Base(
            heart_rate=82, resp_rate=17, spo2=96, systolic=148, diastolic=80, temperature=36.5
        ),
        acvpu="A",
        is_oxygen_given=False,
        mechanism="平地滑倒，左侧着地",
        injuries="左下肢外旋短缩，疑股骨颈骨折",
        signs="疼痛评分 6/10，末梢血运好",
        treatment="固定，镇痛",
    ),
)


def draw(rng: random.Random) -> Scenario:
    """A scenario for a new call, by weight.

    One whose centre a county does not run is an emergency there too: it is opened without that
    centre (see `centres_for`).
    """
    return rng.choices(SCENARIOS, [one.weight for one in SCENARIOS])[0]


def centres_for(scenario: Scenario, centres_of_county: Sequence[str]) -> list[str]:
    """The scenario's centres that this county runs."""
    return [centre for centre in scenario.centres if centre in centres_of_county]


def recognise(complaint: str, centres: Sequence[str]) -> Scenario:
    """The scenario that fits an incident best, also one that a human opened.

    By the words first, then by a centre; whoever is left is played as the fall.
    """
    for one in SCENARIOS:
        if one.complaint == complaint:
            return one
    for one in SCENARIOS:
        if set(one.centres) & set(centres):
            return one
    return SCENARIOS[-1]


def age_and_sex(scenario: Scenario, rng: random.Random) -> tuple[int, Sex]:
    """Years and sex of a patient of this scenario."""
    return rng.randint(*scenario.ages), rng.choice(scenario.sexes)


_SURNAMES: Final = "王李张刘陈杨黄周吴徐孙朱"
_GIVEN: Final = ("建国", "秀英", "志强", "桂兰", "海燕", "德明", "小梅", "文斌", "春花", "立新")


def person(rng: random.Random) -> dict[str, str]:
    """An invented name and a telephone number of a range that is given to nobody."""
    return {
        "name": rng.choice(_SURNAMES) + rng.choice(_GIVEN),
        "phone": f"1000000{rng.randint(0, 9999):04d}",
    }
