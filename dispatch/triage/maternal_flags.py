"""What is known of a woman in the maternal pathway, and which red flags follow. Pure.

Every flag is there, not there, or not known. Unknown counts as the worse in four places (POLICY):
weeks unknown are taken from the last period or the height of the fundus (1 cm about 1 week from 20
weeks on, not with twins), else as beyond 20; how she gave birth unknown takes the lower blood loss;
symptoms count as those of pre-eclampsia unless it was excluded; and `dispatch.triage.maternal`,
which decides what follows, takes unknown weeks as less than 34.

The early-warning result and the class of the shock index come from `telemetry.scores`. Words for
people are in `dispatch.rules.maternal`.
"""

from collections.abc import Callable, Mapping
from typing import Final, Literal

import msgspec

from dispatch.triage.maternal_risk import RiskPolicy

ShockClass = Literal["reassuring", "alert", "urgent"]
Stage = Literal["pregnant", "postpartum"]
KnownBy = Literal["weeks", "last_period", "fundal_height", "assumed"]
FINDINGS: Final = (
    "arrest", "stable", "labour", "crowning", "urge_to_push", "fully_dilated", "bleeding",
    "heavy_bleeding", "caesarean", "multiple", "seizure", "cord_prolapse", "shoulder_dystocia",
    "breech", "retained_placenta", "uterine_inversion", "preeclampsia", "headache",
    "visual_disturbance", "ruq_pain", "sepsis", "amniotic_embolism", "cardiac_disease",
    "respiratory_disease", "accreta", "trauma",
)  # fmt: skip
"""What a crew or caller may say yes or no to; a finding that is not named is unknown."""


class MaternalPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers of this pathway; owner: county medical director.

    Ours (POLICY): ``nicu_below_weeks``, ``city_below_weeks``, ``nicu_below_g``,
    ``nicu_from_weeks``, before which no newborn care is sought, and ``nicu_extra_limit_min``, the
    longest extra drive for it. Severe hypertension >= 160
    or >= 110 mmHg: ACOG practice bulletin 222, 2020 (GK). Blood loss >= 500 mL after vaginal birth,
    >= 1000 mL after caesarean: WHO 2012 and ACOG 2017 (GK). Bleeding and arrest count from 20
    weeks; trauma above 20 weeks: National Guideline for the Field Triage of Injured Patients 2021.
    """

    risk: RiskPolicy = RiskPolicy()
    nicu_below_weeks: float = 34
    city_below_weeks: float = 32
    nicu_below_g: float = 2000
    nicu_from_weeks: float = 20
    nicu_extra_limit_min: float = 60
    bleeding_from_weeks: float = 20
    displacement_from_weeks: float = 20
    trauma_above_weeks: float = 20
    vaginal_loss_ml: float = 500
    caesarean_loss_ml: float = 1000
    severe_systolic_mmhg: float = 160
    severe_diastolic_mmhg: float = 110

    def with_colours(self, risk: RiskPolicy) -> "MaternalPolicy":
        """The same policy with the colours of another county."""
        return msgspec.structs.replace(self, risk=risk)


DEFAULT_POLICY: Final = MaternalPolicy()


class Woman(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of her; None, or a finding that is not named, is not known.

    ``findings`` are those of FINDINGS; ``risk_marks`` codes of the county's colours;
    ``nicu_extra_min`` the extra drive to obstetrics with the newborn care these weeks need.
    """

    pregnant: bool | None = None
    days_after_birth: float | None = None
    gestation_weeks: float | None = None
    days_since_last_period: int | None = None
    fundal_height_cm: float | None = None
    estimated_weight_g: float | None = None
    blood_loss_ml: float | None = None
    systolic_mmhg: float | None = None
    diastolic_mmhg: float | None = None
    mewc_trigger: bool | None = None
    shock_class: ShockClass | None = None
    risk_marks: tuple[str, ...] = ()
    nicu_extra_min: float | None = None
    findings: Mapping[str, bool] = {}


class Picture(msgspec.Struct, frozen=True, kw_only=True):
    """The woman with what is derived once."""

    woman: Woman
    policy: MaternalPolicy
    stage: Stage | None
    weeks: float | None

    def said(self, finding: str) -> bool | None:
        """Whether a finding is there; None when nobody said."""
        return self.woman.findings.get(finding)


def gestation(woman: Woman) -> tuple[float | None, KnownBy]:
    """Weeks of pregnancy by the best that is known; None when nothing is.

    Fundal height in cm is about the weeks of a single pregnancy from 20 weeks on (GK).
    """
    if woman.gestation_weeks is not None:
        return woman.gestation_weeks, "weeks"
    if woman.days_since_last_period is not None:
        return woman.days_since_last_period / 7, "last_period"
    if woman.fundal_height_cm is not None and not woman.findings.get("multiple"):
        return woman.fundal_height_cm, "fundal_height"
    return None, "assumed"


def _any_of(*answers: bool | None) -> bool | None:
    """True when one is; not known when none is but one might be."""
    if any(answers):
        return True
    return None if None in answers else False


def _reaches(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def _antepartum_bleeding(picture: Picture) -> bool | None:
    lost_ml = picture.woman.blood_loss_ml
    is_early = picture.weeks is not None and picture.weeks < picture.policy.bleeding_from_weeks
    if picture.stage == "postpartum" or is_early:
        return False
    if picture.said("bleeding") or picture.said("heavy_bleeding") or (lost_ml or 0) > 0:
        return True
    return False if picture.said("bleeding") is False or lost_ml == 0 else None


def _postpartum_haemorrhage(picture: Picture) -> bool | None:
    if picture.stage == "pregnant":
        return False
    policy = picture.policy
    by_knife = picture.said("caesarean")
    limit_ml = policy.caesarean_loss_ml if by_knife else policy.vaginal_loss_ml
    return _any_of(picture.said("heavy_bleeding"), _reaches(picture.woman.blood_loss_ml, limit_ml))


def _severe_hypertension(picture: Picture) -> bool | None:
    woman, policy = picture.woman, picture.policy
    return _any_of(
        _reaches(woman.systolic_mmhg, policy.severe_systolic_mmhg),
        _reaches(woman.diastolic_mmhg, policy.severe_diastolic_mmhg),
    )


def _preeclampsia_symptoms(picture: Picture) -> bool | None:
    if picture.said("preeclampsia") is False:
        return False
    return _any_of(*(picture.said(name) for name in ("headache", "visual_disturbance", "ruq_pain")))


def _trauma(picture: Picture) -> bool | None:
    is_early = picture.weeks is not None and picture.weeks <= picture.policy.trauma_above_weeks
    return False if picture.stage == "postpartum" or is_early else picture.said("trauma")


def _shock_index(picture: Picture) -> bool | None:
    shock = picture.woman.shock_class
    return None if shock is None else shock != "reassuring"


def _said(finding: str) -> tuple[str, Callable[[Picture], bool | None]]:
    return finding, lambda picture: picture.said(finding)


RED_FLAGS: Final[tuple[tuple[str, Callable[[Picture], bool | None]], ...]] = (
    _said("arrest"),
    ("mewc_trigger", lambda picture: picture.woman.mewc_trigger),  # Mhyre 2014
    _said("seizure"),
    ("antepartum_bleeding", _antepartum_bleeding),
    ("postpartum_haemorrhage", _postpartum_haemorrhage),
    ("shock_index", _shock_index),  # Nathan 2015: obstetric shock index >= 0.9
    _said("cord_prolapse"),
    _said("shoulder_dystocia"),
    _said("breech"),
    _said("retained_placenta"),
    _said("uterine_inversion"),
    ("severe_hypertension", _severe_hypertension),
    ("preeclampsia_symptoms", _preeclampsia_symptoms),
    _said("sepsis"),
    _said("amniotic_embolism"),
    _said("cardiac_disease"),
    _said("respiratory_disease"),
    ("trauma_over_20_weeks", _trauma),
)
"""Every red flag and when it is there; GK except where a source stands beside it."""
