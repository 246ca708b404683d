"""Every clinical number that is a county's to set, in one place, with who answers for it.

Each policy is defined beside the code that it decides, with source or mark; here they are only
gathered, so that they enter the log with the county's configuration. Not here: the hospital side's
numbers (`hospital_gateway.policy`), reading the file (`dispatch.county_policies`). Pure.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeVar

import msgspec

from dispatch.domain.written import faults, laid_over
from dispatch.quality.standards import STANDARDS, QualityPolicy
from dispatch.triage.burn_tox import BurnToxPolicy
from dispatch.triage.child import ChildPolicy
from dispatch.triage.criterion import CriteriaPolicy
from dispatch.triage.maternal_flags import MaternalPolicy
from dispatch.triage.newborn import NewbornPathwayPolicy
from dispatch.triage.reperfusion import ReperfusionPolicy
from dispatch.triage.respiratory import RespiratoryPolicy
from dispatch.triage.response import ArrestStandards
from dispatch.triage.stemi import StemiPolicy
from dispatch.triage.stroke import StrokePolicy
from dispatch.triage.trauma import TraumaPolicy
from telemetry.alarms.model import AlarmPolicy
from telemetry.codes import LIMITS
from telemetry.entered import EnteredPolicy
from telemetry.scores.meows import MeowsThresholds
from telemetry.scores.mewc import MewcPolicy
from telemetry.scores.newborn import NewbornPolicy
from telemetry.scores.whom import WhomPolicy

MEDICAL_DIRECTOR: Final = "county medical director (县急诊质控 / 牵头医院急诊科)"


P = TypeVar("P", bound=msgspec.Struct)


def _as_logged(policy: P) -> P:
    """The policy as it comes back from the log, where a 60 among floats is 60.0.

    A replayed county must be the same to the byte.
    """
    return msgspec.convert(msgspec.to_builtins(policy), type(policy))


class ClinicalPolicies(msgspec.Struct, frozen=True, kw_only=True):
    """One field a policy; ``owner`` answers for all of them.

    ``signed_on`` is the ISO date on which the owner signed these very numbers, "" while nobody has.
    """

    owner: str = MEDICAL_DIRECTOR
    signed_on: str = ""
    whom: WhomPolicy = _as_logged(WhomPolicy())
    mewc: MewcPolicy = _as_logged(MewcPolicy())
    meows: MeowsThresholds = _as_logged(MeowsThresholds())
    newborn_flags: NewbornPolicy = _as_logged(NewbornPolicy())
    criteria: CriteriaPolicy = _as_logged(CriteriaPolicy())
    arrest: ArrestStandards = _as_logged(ArrestStandards())
    stemi: StemiPolicy = _as_logged(StemiPolicy())
    reperfusion: ReperfusionPolicy = _as_logged(ReperfusionPolicy())
    stroke: StrokePolicy = _as_logged(StrokePolicy())
    trauma: TraumaPolicy = _as_logged(TraumaPolicy())
    maternal: MaternalPolicy = _as_logged(MaternalPolicy())
    newborn: NewbornPathwayPolicy = _as_logged(NewbornPathwayPolicy())
    child: ChildPolicy = _as_logged(ChildPolicy())
    respiratory: RespiratoryPolicy = _as_logged(RespiratoryPolicy())
    burn_tox: BurnToxPolicy = _as_logged(BurnToxPolicy())
    plausibility: EnteredPolicy = _as_logged(EnteredPolicy())
    quality: QualityPolicy = _as_logged(QualityPolicy())
    alarms: AlarmPolicy = _as_logged(AlarmPolicy())


def changed(changes: Mapping[str, Any]) -> ClinicalPolicies:
    """The defaults with the numbers of ``changes``, a table per policy as a file holds them.

    Raises ValueError naming the first key that is unknown or holds what cannot be meant there.
    """
    wanted = laid_over(msgspec.to_builtins(ClinicalPolicies()), changes)
    policies: ClinicalPolicies = msgspec.convert(wanted, ClinicalPolicies)
    for fault in (*faults(wanted, msgspec.to_builtins(policies)), *_contradictions(policies)):
        raise ValueError(fault)
    return policies


def _contradictions(policies: ClinicalPolicies) -> Iterator[str]:
    """What is of the right kind and still cannot be decided with."""
    for _of, name in (*policies.quality.by_interval, *policies.quality.by_priority):
        if name not in STANDARDS:
            yield f"quality: {name} is no standard; there are {', '.join(STANDARDS)}"
    for item, limits in policies.plausibility.limits.items():
        where = f"plausibility.limits.{item}"
        if limits.unit != LIMITS[item].unit:
            yield f"{where}.unit: it is {LIMITS[item].unit}; write the limits in that"
        for name in ("reject", "flag", "child_flag"):
            low, high = getattr(limits, name) or (0, 0)
            if low > high:
                yield f"{where}.{name}: {low:g} is above {high:g}"
