"""Answers in words: why, who else, and what would change it; the last checked by asking again."""

import re
from typing import Any

import msgspec
import numpy as np
import pytest
from scipy import sparse

from dispatch.recommend.answer import Answer, explain, summary
from dispatch.recommend.engine import Act, Decision, recommend
from dispatch.recommend.gates import GATES
from dispatch.recommend.policies import HarmCurve, RecommendPolicy
from dispatch.recommend.situation import BUSY, IDLE, NOWHERE, UNDER_WAY, Coverage, Travel
from dispatch.recommend.words import LANGUAGES, WORDS, say
from hospital_gateway.advice import Reason, reason
from tests.unit.recommend.situations import JOINT, Case, case, draw
from tests.unit.recommend.situations import WORDS as VOCABULARY


def answered(given: Case, row: int = 0, policy: RecommendPolicy = JOINT) -> Answer:
    found = recommend(given.situation, given.travel, policy)
    return explain(given.situation, given.travel, VOCABULARY, found, row)


def codes(reasons: tuple[Reason, ...]) -> list[str]:
    return [each.code for each in reasons]


def params(reasons: tuple[Reason, ...], code: str) -> dict[str, Any]:
    return next(each.params for each in reasons if each.code == code)


def test_the_soonest_unit_is_told_as_such() -> None:
    found = answered(case([[300.0, 500.0]]))
    assert (found.act, found.unit_id, found.eta_s, found.later_s) == (Act.SEND, "u0", 300.0, 0.0)
    assert codes(found.reasons) == ["soonest"]
    assert [each.unit_id for each in found.alternatives] == ["u0", "u1"]
    assert found.alternatives[1].later_s == 200.0
    assert found.alternatives[1].extra_s == pytest.approx(200.0, abs=0.01)
    assert summary(found) == reason("closest_idle_is", unit="u0", seconds=0)


def test_a_unit_needed_elsewhere_is_named_with_its_call() -> None:
    found = answered(case([[300.0, 320.0], [310.0, 900.0]]))
    assert (found.unit_id, found.closest_idle, found.later_s) == ("u1", "u0", 20.0)
    assert params(found.reasons, "not_soonest") == {"unit": "u0", "seconds": 20}
    assert params(found.reasons, "needed_elsewhere") == {"unit": "u0", "call": "c1"}
    assert any(each.is_closest_idle and each.unit_id == "u0" for each in found.alternatives)
    assert summary(found) == reason("closest_idle_is", unit="u0", seconds=20)


def test_what_makes_a_later_unit_better_is_told_in_seconds() -> None:
    found = answered(case([[300.0, 400.0]], lack_s=[[150.0, 0.0]]))
    assert params(found.reasons, "better_suited") == {"unit": "u0", "seconds": 150}
    assert params(found.alternatives[1].costs, "lacks_wish") == {"seconds": 150}
    surer = answered(case([[300.0, 320.0]], p80_s=[[500.0, 400.0]]))
    assert params(surer.reasons, "safer_drive") == {"unit": "u0", "seconds": 120}


def test_costs_name_turnout_doubt_overtime_and_the_call_that_is_left() -> None:
    given = case(
        [[300.0, 900.0], [900.0, 990.0]],
        priority=[1, 3],
        state=[UNDER_WAY, IDLE],
        heading=[1, NOWHERE],
        turnout_s=[0.0, 60.0],
        position=[1, 1],
        shift_left_s=[float("inf"), 4000.0],
    )
    found = answered(given)
    assert found.act == Act.REDIRECT
    assert params(found.reasons, "taken_from") == {"call": "c1", "priority": "P3"}
    first, second = found.alternatives
    assert params(first.costs, "leaves_call") == {"call": "c1", "priority": "P3"}
    assert params(second.costs, "sets_out_after") == {"seconds": 60}
    assert params(second.costs, "position_doubtful") == {"seconds": 60}
    assert params(second.costs, "breaks_crew_limit") == {"seconds": 560}
    assert found.later_s == -660.0


def test_the_last_cover_of_a_zone_is_told_either_way() -> None:
    valley = Coverage(
        post_ids=("A", "B"),
        reach=sparse.csr_array(np.array([[1.0], [0.0]])),
        demand=np.array([1.0]),
        capacity=np.array([9, 9]),
        protected=np.array([True]),
    )
    policy = RecommendPolicy(level="P4")
    near = case([[300.0, 500.0]], priority=[4], post=[0, 1], coverage=valley)
    spared = answered(near, policy=policy)
    assert params(spared.reasons, "spares_zone") == {"unit": "u0", "seconds": 600}
    assert params(spared.reasons, "spares_cover") == {"unit": "u0", "seconds": 120}
    alone = case([[300.0]], priority=[4], post=[0], coverage=valley)
    goes = answered(alone, policy=policy)
    assert goes.unit_id == "u0"
    assert params(goes.alternatives[0].costs, "leaves_zone") == {"seconds": 600}


def test_who_drives_already_and_who_waits_why() -> None:
    keeps = answered(case([[300.0]], state=[UNDER_WAY], heading=[0]))
    assert (keeps.act, codes(keeps.reasons)) == (Act.KEEP, ["drives_already", "soonest"])
    nobody = answered(case([[300.0]], rest_s=[60.0]))
    assert (nobody.unit_id, nobody.eta_s, nobody.later_s) == (None, None, None)
    assert codes(nobody.reasons) == ["nobody_may_go"]
    assert [each.reason.code for each in nobody.blocked] == ["resting"]
    assert summary(nobody) == reason("closest_idle_is", unit=None, seconds=None)
    short = case(
        [[300.0, 100.0], [200.0, 9.0]],
        priority=[2, 2],
        state=[IDLE, BUSY],
        free_in_s=[0.0, 60.0],
        barred=((1, 1),),
    )
    waits = answered(short, 0)
    assert params(waits.reasons, "all_needed_more") == {"units": 1}
    assert params(waits.reasons, "promised") == {"unit": "u1", "seconds": 160}


def test_a_blocked_unit_is_told_only_when_it_would_be_sooner() -> None:
    found = answered(case([[300.0, 100.0, 400.0]], rest_s=[0.0, 60.0, 60.0]))
    assert [(each.unit_id, each.eta_s) for each in found.blocked] == [("u1", 100.0)]


def test_the_closest_idle_unit_is_always_among_the_alternatives() -> None:
    drives = [[100.0, *(200.0 + at for at in range(8))]]
    found = answered(case(drives, lack_s=[[500.0] + [0.0] * 8]))
    assert found.unit_id == "u1"
    assert len(found.alternatives) == 1 + JOINT.alternatives
    assert found.alternatives[-1].unit_id == "u0"


def later(given: Case, row: int, unit: int, seconds: float) -> Decision:
    """The decision when this pair alone takes so much longer."""
    changed = given.travel.seconds.copy()
    changed[row, unit] += seconds
    return recommend(given.situation, Travel(seconds=changed), PLAIN)


PLAIN = RecommendPolicy(level="P2", position_s=0.0)


def test_what_would_change_it_does_and_a_second_less_does_not(seed: int) -> None:
    luck = np.random.default_rng(seed)
    for _ in range(25):
        k = int(luck.integers(1, 5))
        seconds = luck.uniform(2000, 3000, (k, 6))
        given = case(seconds.tolist(), priority=luck.integers(1, 5, k).tolist())
        found = recommend(given.situation, given.travel, PLAIN)
        row = int(luck.integers(0, k))
        told = explain(given.situation, given.travel, VOCABULARY, found, row).would_change
        late = params(told, "if_later")
        unit, by_s = given.situation.units.ids.index(late["unit"]), late["seconds"]
        assert unit == found.unit[row]
        assert later(given, row, unit, by_s + 0.01).unit[row] != unit
        assert later(given, row, unit, max(0.0, by_s - 1.01)).unit[row] == unit
        soon = params(told, "if_sooner")
        other, by_s = given.situation.units.ids.index(soon["unit"]), soon["seconds"]
        assert later(given, row, other, -by_s - 0.01).unit[row] == other
        assert later(given, row, other, -max(0.0, by_s - 1.01)).unit[row] == found.unit[row]


def test_a_busy_unit_that_were_free_in_time_would_go() -> None:
    def with_release(seconds: float) -> Case:
        return case([[900.0, 200.0]], state=[IDLE, BUSY], free_in_s=[0.0, seconds])

    told = answered(with_release(1500.0)).would_change
    assert params(told, "if_free") == {"unit": "u1", "seconds": 700}
    freed = case([[900.0, 200.0]], turnout_s=[0.0, 699.0])
    assert answered(freed).unit_id == "u1"
    too_late = case([[900.0, 200.0]], turnout_s=[0.0, 701.0])
    assert answered(too_late).unit_id == "u0"
    assert "if_free" not in codes(answered(case([[900.0]])).would_change)


def test_nothing_would_change_the_only_choice() -> None:
    assert answered(case([[300.0]])).would_change == ()


@pytest.mark.parametrize("level", ["P0", "P1"])
def test_the_closest_idle_rule_compares_arrivals(level: Any) -> None:
    told = answered(case([[300.0, 450.0]]), policy=RecommendPolicy(level=level)).would_change
    assert params(told, "if_later") == {"unit": "u0", "seconds": 150}
    assert params(told, "if_sooner") == {"unit": "u1", "seconds": 150}
    assert codes(told) == ["if_later", "if_sooner"]
    alone = answered(case([[300.0]]), policy=RecommendPolicy(level=level))
    assert (alone.would_change, alone.alternatives[0].extra_s) == ((), None)


def test_seconds_are_found_on_the_curve() -> None:
    """Ten units of harm a second up to 600 s, none after: 150 s of drive, 1500 of harm."""
    curve = HarmCurve(
        name="steep", owner="Dr. Test", source="a test", points=((0.0, 0.0), (600.0, 6000.0))
    )
    policy = RecommendPolicy(level="P5", curves=(curve,))
    given = case([[300.0, 450.0]], call_curve=[0])
    told = answered(given, policy=policy).would_change
    assert params(told, "if_later") == {"unit": "u0", "seconds": 150}
    assert params(told, "if_sooner") == {"unit": "u1", "seconds": 150}
    flat = msgspec.structs.replace(curve, points=((0.0, 0.0), (200.0, 100.0), (300.0, 100.0)))
    level = RecommendPolicy(level="P5", curves=(flat,))
    told = answered(case([[300.0, 450.0]], call_curve=[0]), policy=level).would_change
    assert params(told, "if_later") == {"unit": "u0", "seconds": 150}


def test_every_code_that_is_given_has_words(seed: int) -> None:
    luck = np.random.default_rng(seed)
    for _ in range(25):
        given = draw(luck, int(luck.integers(1, 8)), int(luck.integers(1, 12)))
        found = recommend(given.situation, given.travel, RecommendPolicy(level="P4"))
        for row in range(len(given.situation.calls)):
            told = explain(given.situation, given.travel, VOCABULARY, found, row)
            reasons = [*told.reasons, *told.would_change, summary(told)]
            reasons += [each for option in told.alternatives for each in option.costs]
            reasons += [each.reason for each in told.blocked]
            for each in reasons:
                assert all("{" not in say(each, language) for language in LANGUAGES)


def test_both_languages_have_the_same_blanks() -> None:
    for code, texts in WORDS.items():
        blanks = [sorted(re.findall(r"{(\w+)}", text)) for text in texts]
        assert blanks[0] == blanks[1], code
    assert set(GATES[1:]) <= set(WORDS)


def test_times_are_told_in_minutes() -> None:
    assert say(reason("drives", seconds=437), "zh") == "行驶 7分17秒"
    assert say(reason("drives", seconds=437), "en") == "drives 7 min 17 s"
    assert say(reason("drives", seconds=-60), "en") == "drives -1 min"
    assert say(reason("drives", seconds=9), "zh") == "行驶 9秒"
    assert say(reason("out_of_range", eta_s=None, limit_s=None), "zh") == (
        "超出范围:行驶 不明,上限 不明"
    )


@pytest.mark.parametrize(("code", "language"), [("drives", "fr"), ("no_such_code", "en")])
def test_unknown_words_are_an_error(code: str, language: str) -> None:
    with pytest.raises(ValueError, match="no words"):
        say(reason(code, seconds=1), language)
