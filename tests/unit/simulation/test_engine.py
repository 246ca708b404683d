"""The clock and the desk: order of events, what orders do, what is refused, the laws."""

import random
from collections.abc import Sequence

import msgspec
import pytest

from dispatch.simulation import engine, laws, orders
from dispatch.simulation.limits import MAX_IDLE_TAIL_MS
from dispatch.simulation.outcome import Outcome
from dispatch.simulation.policy import (
    BadOrder,
    Decline,
    Move,
    Order,
    Promise,
    Send,
    Situation,
)
from dispatch.simulation.published import Closest, Forward, MinMax, Priorities, Queue, Yardstick
from dispatch.simulation.run import Unserved, simulate
from dispatch.simulation.shapes import Noise, SimCall, SimFacility
from tests.unit.simulation.towns import MIN, at, call, line, town


class Scripted(Yardstick):
    """Answers question after question from a list; then nothing."""

    name = "scripted"

    def __init__(self, *answers: Sequence[Order], watches_idle: bool = False) -> None:
        self.answers = list(answers)
        self.watches_idle = watches_idle  # type: ignore[misc]
        self.seen: list[Situation] = []

    def decide(self, situation: Situation) -> Sequence[Order]:
        self.seen.append(situation)
        return self.answers.pop(0) if self.answers else ()


def test_one_call_from_post_to_hospital_and_home() -> None:
    where = town([0], [0], hospitals=[5], mobilise_ms=2 * MIN)
    calls = [call(7, 10 * MIN, 3, ready_ms=MIN, transport=True)]
    outcome = simulate(where, line(6), calls, Closest())
    (one,) = outcome.calls
    assert one.sent_ms == 11 * MIN
    assert one.arrived_ms == 16 * MIN  # 1 call taking, 2 mobilising, 3 driving
    assert one.delivered_ms == 28 * MIN  # 10 on scene, 2 driving
    assert one.closed_ms == 33 * MIN
    assert one.held_ms == 22 * MIN
    assert (one.unit_id, one.facility, one.saw_idle) == (0, 0, True)
    assert outcome.units[0].metres == 5000.0


def test_a_unit_going_home_is_met_on_the_way_and_needs_no_mobilisation() -> None:
    where = town([0], [0], mobilise_ms=2 * MIN)
    calls = [call(0, 0, 4), call(1, 18 * MIN, 4)]
    outcome = simulate(where, line(6), calls, Closest())
    assert outcome.calls[0].closed_ms == 16 * MIN
    assert outcome.calls[1].arrived_ms == 20 * MIN  # two minutes back, where it had turned round
    assert outcome.units[0].metres == 4000 + 2000 + 2000


def test_at_one_moment_a_freed_unit_goes_before_the_next_call() -> None:
    where = town([0], [0])
    calls = [call(0, 0, 0), call(1, 10 * MIN, 0)]
    outcome = simulate(where, line(1), calls, Closest())
    assert outcome.calls[1].saw_idle
    assert outcome.calls[1].sent_ms == 10 * MIN


def test_simultaneous_calls_are_taken_by_id() -> None:
    where = town([0], [0])
    calls = [call(5, 0, 0), call(3, 0, 0)]
    outcome = simulate(where, line(1), calls, Queue())
    sent = {one.call_id: one.sent_ms for one in outcome.calls}
    assert sent == {3: 0, 5: 10 * MIN}


def test_diversion_swaps_two_units_without_a_gap() -> None:
    where = town([0, 9], [0, 1])
    script = Scripted(
        [Send(0, 1)],
        [Send(1, 1), Send(0, 0)],
    )
    calls = [call(0, 0, 2), call(1, 2 * MIN, 8, priority=0)]
    outcome = simulate(where, line(10), calls, script)
    first, second = outcome.calls
    assert (first.unit_id, second.unit_id) == (0, 1)
    assert first.diversions == 1
    assert second.arrived_ms == 5 * MIN  # back to place 9, the only one it knows behind it
    assert first.arrived_ms == 4 * MIN
    assert first.held_ms == 2 * MIN + 2 * MIN + 10 * MIN


def test_a_call_whose_unit_is_taken_waits_and_the_loose_unit_goes_home() -> None:
    where = town([0, 9], [0, 1])
    script = Scripted([Send(0, 1)], [Send(0, 0)])
    calls = [call(0, 0, 1), call(1, MIN, 3)]
    with pytest.raises(Unserved, match="1 calls wait"):
        simulate(where, line(10), calls, script)
    units = script.seen[1].units
    assert units[1].doing == "en_route"
    assert units[1].call_id == 0


def test_a_promise_is_kept_after_the_work_before_it() -> None:
    where = town([0], [0], hospitals=[0])
    script = Scripted([Send(0, 0)], [Promise(1, 0)])
    calls = [call(0, 0, 2, transport=True), call(1, MIN, 4)]
    outcome = simulate(where, line(5), calls, script)
    assert outcome.calls[0].closed_ms == 19 * MIN
    assert outcome.calls[1].sent_ms == 19 * MIN
    assert outcome.calls[1].arrived_ms == 23 * MIN
    view = script.seen[1].units[0]
    assert (view.free_ms, view.free_at) == (19 * MIN, at(0))


def test_a_unit_moves_to_stand_by_and_is_sent_from_where_it_is() -> None:
    where = town([0, 8], [0])
    script = Scripted([Send(0, 0)], [Move(0, 1)], [Send(1, 0)], watches_idle=True)
    calls = [call(0, 0, 2), call(1, 15 * MIN, 8)]
    outcome = simulate(where, line(9), calls, script)
    assert outcome.calls[1].arrived_ms == 15 * MIN + 3 * MIN  # freed at 12, three steps on its way
    assert outcome.units[0].standby_moves == 1


def test_declined_calls_are_lost_and_counted_in_the_laws() -> None:
    where = town([0], [0])
    script = Scripted([Send(0, 0)], [Decline(1)])
    outcome = simulate(where, line(1), [call(0, 0, 0), call(1, MIN, 0)], script)
    assert [one.is_lost for one in outcome.calls] == [False, True]
    assert outcome.calls[1].closed_ms == MIN
    with pytest.raises(ValueError, match="never reached"):
        _ = outcome.calls[1].response_ms


@pytest.mark.parametrize(
    "answer",
    [
        [Send(9, 0)],
        [Send(0, 9)],
        [Send(1, 0)],
        [Send(0, 0), Send(0, 1)],
        [Promise(0, 0)],
        [Move(0, 7)],
        [Move(9, 0)],
        [Decline(1)],
        [Decline(9)],
        [Send(0, 0), Move(0, 0)],
    ],
)
def test_senseless_orders_stop_the_run(answer: list[Order]) -> None:
    where = town([0], [0, 0])
    calls = [call(0, 0, 0), call(1, 60 * MIN, 0)]
    with pytest.raises(BadOrder):
        simulate(where, line(1), calls, Scripted(answer))


def test_a_unit_at_work_can_be_promised_but_not_sent() -> None:
    where = town([0], [0])
    calls = [call(0, 0, 0), call(1, MIN, 0)]
    with pytest.raises(BadOrder, match="cannot be sent"):
        simulate(where, line(1), calls, Scripted([Send(0, 0)], [Send(1, 0)]))


def test_a_closed_hospital_is_passed_over_and_none_at_all_is_told() -> None:
    where = town([0], [0], hospitals=[1, 5])
    shut = SimFacility(facility_id=0, spot=at(1), shut_ms=((0, 60 * MIN),))
    half = msgspec.structs.replace(where, facilities=(shut, where.facilities[1]))
    outcome = simulate(half, line(6), [call(0, 0, 0, transport=True)], Closest())
    assert outcome.calls[0].facility == 1
    none = msgspec.structs.replace(where, facilities=(shut,))
    outcome = simulate(none, line(6), [call(0, 0, 0, transport=True)], Closest())
    assert outcome.calls[0].misplaced
    assert outcome.calls[0].closed_ms == 10 * MIN


def test_only_units_with_the_skill_go() -> None:
    where = town([0, 5], [0, 1], skills=[1, 3])
    for policy in (Queue(), Forward(), Priorities(), MinMax(), Closest()):
        outcome = simulate(where, line(6), [call(0, 0, 0, needs=2)], policy)
        assert outcome.calls[0].unit_id == 1, policy.name


def test_the_estimate_of_a_policy_knows_nothing_of_luck() -> None:
    noisy = town([0, 9], [0, 1], noise=Noise(kind="lognormal", spread=0.5, bias=2.0))
    script = Scripted([Send(0, 0)], [Send(1, 1)])
    calls = [call(0, 0, 4), call(1, MIN, 8)]
    outcome = simulate(noisy, line(10), calls, script, seed=3)
    view = script.seen[1].units[0]
    assert view.free_ms == 4 * MIN + 10 * MIN
    assert outcome.calls[0].arrived_ms != 4 * MIN


def random_calls(seed: int, count: int = 120, places: int = 12) -> list[SimCall]:
    dice = random.Random(seed)
    clock = 0
    found = []
    for number in range(count):
        clock += dice.randrange(0, 6 * MIN)
        found.append(
            call(
                number,
                clock,
                dice.randrange(places),
                priority=dice.randrange(2),
                on_scene_ms=dice.randrange(0, 30 * MIN),
                transport=dice.random() < 0.7,
                ready_ms=dice.choice([0, 0, 30_000]),
            )
        )
    return found


POLICIES = (Queue, Forward, Priorities, MinMax, Closest)


@pytest.mark.parametrize("policy", POLICIES)
def test_the_laws_hold_and_the_same_seed_gives_the_same_run(
    policy: type[Yardstick], seed: int
) -> None:
    where = town([0, 4, 8], [0, 1, 2, 0], hospitals=[3, 9], mobilise_ms=45_000,
                 noise=Noise(kind="lognormal", spread=0.3))  # fmt: skip
    calls = random_calls(seed)
    first = simulate(where, line(12), calls, policy(), seed=seed)  # checks the laws itself
    again = simulate(where, line(12), list(reversed(calls)), policy(), seed=seed)
    assert sorted(first.calls, key=lambda one: one.call_id) == sorted(
        again.calls, key=lambda one: one.call_id
    )
    assert first.sums == again.sums
    assert sum(one.arrived_ms >= 0 for one in first.calls) == len(calls)


@pytest.mark.parametrize("policy", POLICIES)
def test_all_durations_times_three_make_all_responses_times_three(
    policy: type[Yardstick], seed: int
) -> None:
    where = town([0, 4, 8], [0, 1, 2], hospitals=[3], mobilise_ms=MIN)
    calls = random_calls(seed)
    slow_town = msgspec.structs.replace(where, mobilise_ms=3 * MIN)
    slow_calls = [
        msgspec.structs.replace(
            one,
            at_ms=3 * one.at_ms,
            ready_ms=3 * one.ready_ms,
            on_scene_ms=3 * one.on_scene_ms,
            handover_ms=3 * one.handover_ms,
        )
        for one in calls
    ]
    normal = simulate(where, line(12), calls, policy())
    slow = simulate(slow_town, line(12, 3 * MIN), slow_calls, policy())
    assert [3 * one.response_ms for one in normal.calls] == [
        one.response_ms for one in slow.calls
    ]  # fmt: skip


@pytest.mark.parametrize("policy", POLICIES)
def test_with_one_call_and_one_unit_every_policy_agrees(policy: type[Yardstick]) -> None:
    outcome = simulate(town([0], [0]), line(4), [call(0, 5, 3)], policy())
    assert outcome.calls[0].response_ms == 3 * MIN


def _run(seed: int) -> Outcome:
    return simulate(town([0, 8], [0, 1], hospitals=[3]), line(12), random_calls(seed), Queue())


@pytest.mark.parametrize(
    ("law", "spoil"),
    [
        ("Little", lambda o: {"sums": msgspec.structs.replace(o.sums, open_ms=o.sums.open_ms + 1)}),
        ("units", lambda o: {"sums": msgspec.structs.replace(o.sums, busy_ms=o.sums.busy_ms - 1)}),
        ("calls", lambda o: {"calls": _changed(o, held_ms=o.calls[0].held_ms + 1)}),
        ("flow", lambda o: {"calls": _changed(o, is_lost=True)}),
        ("backwards", lambda o: {"calls": _changed(o, sent_ms=o.calls[0].arrived_ms + 1)}),
    ],
)
def test_a_planted_bug_breaks_its_law(law: str, spoil: object, seed: int) -> None:
    outcome = _run(seed)
    laws.check(outcome)
    assert callable(spoil)
    with pytest.raises(laws.Broken, match=law):
        laws.check(msgspec.structs.replace(outcome, **spoil(outcome)))


def _changed(outcome: Outcome, **fields: object) -> tuple[object, ...]:
    return (msgspec.structs.replace(outcome.calls[0], **fields), *outcome.calls[1:])


def test_too_large_or_senseless_scenarios_are_refused() -> None:
    good = town([0], [0])
    with pytest.raises(ValueError, match="used twice"):
        simulate(good, line(1), [call(0, 0, 0), call(0, 1, 0)], Queue())
    with pytest.raises(ValueError, match="priority 5 of 2"):
        simulate(good, line(1), [call(0, 0, 0, priority=5)], Queue())
    with pytest.raises(ValueError, match="0 units"):
        simulate(msgspec.structs.replace(good, units=()), line(1), [], Queue())
    wrong = msgspec.structs.replace(good, noise=Noise(kind="pink"))
    with pytest.raises(ValueError, match="pink"):
        simulate(wrong, line(1), [call(0, 0, 0)], Queue())


def test_a_policy_that_never_answers_is_named() -> None:
    with pytest.raises(Unserved, match="scripted"):
        simulate(town([0], [0]), line(1), [call(0, 0, 0)], Scripted())


def test_every_bound_is_held(monkeypatch: pytest.MonkeyPatch) -> None:
    where, calls = town([0], [0]), [call(0, 0, 0), call(1, 0, 0)]
    monkeypatch.setattr(orders, "MAX_ORDERS_AT_ONCE", 1)
    with pytest.raises(BadOrder, match="2 orders at once"):
        simulate(where, line(1), calls, Scripted([Send(0, 0), Move(0, 0)]))
    monkeypatch.setattr(engine, "MAX_CALLS", 1)
    with pytest.raises(ValueError, match="2 calls; at most 1"):
        simulate(where, line(1), calls, Queue())
    monkeypatch.setattr(engine, "MAX_UNITS", 1)
    with pytest.raises(ValueError, match="2 units"):
        simulate(town([0], [0, 0]), line(1), [], Queue())


def test_a_policy_that_ticks_and_never_answers_is_ended() -> None:
    class Ticking(Scripted):
        tick_ms = 60 * MIN

    script = Ticking()
    with pytest.raises(Unserved, match="call 0 waits for ever"):
        simulate(town([0], [0]), line(1), [call(0, 0, 0)], script)
    assert script.seen[-1].now_ms == MAX_IDLE_TAIL_MS + 60 * MIN


def test_ticks_come_until_the_last_call_is_closed() -> None:
    class Ticking(Scripted):
        tick_ms = 4 * MIN

    script = Ticking([], [], [Send(0, 0)])
    outcome = simulate(town([0], [0]), line(1), [call(0, 0, 0)], script)
    assert outcome.calls[0].sent_ms == 8 * MIN
    assert [one.trigger for one in script.seen] == ["call", "tick", "tick"]
