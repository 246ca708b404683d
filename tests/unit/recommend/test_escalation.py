"""Units for a call that needs several, without repeats; first response beside the proper unit."""

from typing import Any

import numpy as np
import pytest

from dispatch.ids import UnitId
from dispatch.recommend.engine import recommend
from dispatch.recommend.escalation import (
    EscalationPolicy,
    Kit,
    first_response,
    repeats,
    roles,
    unfilled,
)
from dispatch.recommend.limits import MAX_ROLES
from dispatch.recommend.needs import Requirement
from dispatch.recommend.situation import NOWHERE
from tests.unit.recommend.situations import ALS, BLS, JOINT, case

PROPER = Requirement(kinds=("ALS",), equipment=("defib",))
POLICY = EscalationPolicy()


def kit(name: str, kind: str = "BLS", equipment: tuple[str, ...] = ()) -> Kit:
    return Kit(unit_id=UnitId(name), kind=kind, equipment=equipment)


def als(name: str) -> Kit:
    return kit(name, "ALS", ("defib",))


def test_roles_grow_with_patients_and_with_what_is_asked_for() -> None:
    assert roles(PROPER, 0, 0, POLICY) == (PROPER,)
    assert roles(PROPER, 3, 1, POLICY) == (PROPER, Requirement(), Requirement(), PROPER)
    two = EscalationPolicy(patients_per_unit=2)
    assert len(roles(PROPER, 3, 0, two)) == 2
    assert len(roles(PROPER, 10_000, 0, POLICY)) == MAX_ROLES
    with pytest.raises(ValueError, match="counted from 0"):
        roles(PROPER, -1, 0, POLICY)


def test_each_unit_fills_one_role_and_the_scarce_one_is_spared() -> None:
    needed = (PROPER, Requirement())
    assert unfilled(needed, []) == needed
    assert unfilled(needed, [als("N1")]) == (Requirement(),)
    assert unfilled(needed, [kit("N2")]) == (PROPER,)
    assert unfilled(needed, [als("N1"), kit("N2")]) == ()
    assert unfilled((Requirement(), PROPER), [als("N1"), kit("N2")]) == ()
    assert unfilled((PROPER, PROPER), [als("N1"), kit("N2")]) == (PROPER,)


def test_a_unit_that_is_listed_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="on the call twice"):
        unfilled((PROPER,), [als("N1"), als("N1")])


def test_more_units_never_leave_more_roles_open(seed: int) -> None:
    luck = np.random.default_rng(seed)
    for _ in range(40):
        needed = tuple(PROPER if luck.random() < 0.5 else Requirement() for _ in range(4))
        fleet = [als(f"N{n}") if luck.random() < 0.5 else kit(f"N{n}") for n in range(5)]
        left = [len(unfilled(needed, fleet[:count])) for count in range(6)]
        assert left == sorted(left, reverse=True)
        assert left[5] >= max(0, len(needed) - 5)


def test_the_same_call_never_gets_the_same_unit_again(seed: int) -> None:
    """Escalate step by step: each step asks for one more, all that were on it are barred."""
    luck = np.random.default_rng(seed)
    names = [f"N{n}" for n in range(6)]
    drives = [luck.uniform(60, 900, 6).tolist()]
    been: list[str] = []
    for _step in range(8):
        given = case(drives, unit_ids=names, barred=repeats(been, names, 0))
        unit = int(recommend(given.situation, given.travel, JOINT).unit[0])
        if len(been) == 6:
            assert unit == NOWHERE
            continue
        assert names[unit] not in been
        been.append(names[unit])


def along(policy: EscalationPolicy = POLICY, **more: Any) -> int:
    options = {"call_kinds": [ALS], "kind": [ALS, BLS, BLS]} | more
    given = case(options.pop("drives", [[900.0, 100.0, 80.0]]), **options)
    found = recommend(given.situation, given.travel, JOINT)
    return first_response(given.situation, given.travel, found, 0, policy)


def test_a_lower_unit_goes_along_when_it_is_much_sooner() -> None:
    assert along() == 2
    assert along(drives=[[300.0, 100.0, 80.0]]) == NOWHERE
    assert along(EscalationPolicy(first_response_s=820.0), drives=[[900.0, 100.0, 80.0]]) == 2
    assert along(EscalationPolicy(first_response_s=820.1), drives=[[900.0, 100.0, 80.0]]) == NOWHERE


def test_a_first_response_passes_every_other_gate() -> None:
    assert along(rest_s=[0.0, 0.0, 60.0]) == 1
    assert along(rest_s=[0.0, 60.0, 60.0]) == NOWHERE


def test_no_first_response_for_lighter_calls_or_without_the_proper_unit() -> None:
    assert along(priority=[2]) == NOWHERE
    assert along(kind=[BLS, BLS, BLS]) == NOWHERE


def test_escalation_numbers_are_checked() -> None:
    for slip in ({"patients_per_unit": 0}, {"proper_every": 0}, {"first_response_s": -1.0}):
        with pytest.raises(ValueError, match="escalation"):
            EscalationPolicy(**slip)
