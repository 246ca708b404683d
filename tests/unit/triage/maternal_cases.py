"""Women for the tests of the maternal pathway."""

from typing import Any

from dispatch.triage.maternal import MaternalAnswer, decide
from dispatch.triage.maternal_flags import FINDINGS, Woman

OPERATING = ("or_24h", "blood", "ob_emergency")
BORN = {"days_after_birth": 0}


def woman(**given: Any) -> Woman:
    fields = {name: given.pop(name) for name in Woman.__struct_fields__ if name in given}
    assert set(given) <= set(FINDINGS), given
    return Woman(**fields, findings=given)


def decided(**given: Any) -> MaternalAnswer:
    return decide(woman(**given))


def healthy(**given: Any) -> MaternalAnswer:
    """Pregnant at term, marked green, stable, early warning silent."""
    calm = {"gestation_weeks": 39, "risk_marks": ("green",), "mewc_trigger": False, "stable": True}
    return decided(**{**calm, **given})
