"""Every rule of Greenlane, in the order in which people meet them; and how to find one."""

from typing import Final

from dispatch.errors import Refused
from dispatch.rules import (
    adult,
    call_triage,
    chest_pain,
    child_scores,
    destination,
    intervals,
    maternal,
    maternal_scores,
    mci,
    measurements,
    newborn_child,
    newborn_scores,
    news,
    respiratory,
    stroke,
    trauma,
    whom,
)
from dispatch.rules.model import Rule

RULES: Final[tuple[Rule, ...]] = (
    *call_triage.RULES,
    *mci.RULES,
    *whom.RULES,
    *news.RULES,
    *child_scores.RULES,
    *maternal_scores.RULES,
    *adult.RULES,
    *newborn_scores.RULES,
    *chest_pain.RULES,
    *stroke.RULES,
    *trauma.RULES,
    *maternal.RULES,
    *newborn_child.RULES,
    *respiratory.RULES,
    *destination.RULES,
    *measurements.RULES,
    *intervals.RULES,
)

CURRENT: Final[dict[str, Rule]] = {rule.name: rule for rule in RULES}
"""The version in force by name: the last one of each name in `RULES`."""


def find(name: str, version: str | None = None) -> Rule:
    """One rule; the version in force when none is named.

    Raises Refused("unknown_rule") or Refused("unknown_version"), with what there is instead.
    """
    versions = {rule.version: rule for rule in RULES if rule.name == name}
    if not versions:
        raise Refused("unknown_rule", rule=name, known=", ".join(CURRENT))
    if version is None:
        return CURRENT[name]
    if version not in versions:
        raise Refused("unknown_version", rule=name, version=version, known=", ".join(versions))
    return versions[version]
