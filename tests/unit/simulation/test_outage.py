"""The radio out: who can be told, who cannot, and that the desk is asked when it is back."""

from collections.abc import Sequence

import msgspec
import pytest

from dispatch.simulation.outcome import CallOutcome, Outcome
from dispatch.simulation.policy import BadOrder, Order, Policy, Promise, Send, Situation
from dispatch.simulation.published import Closest, Forward, Yardstick
from dispatch.simulation.run import simulate
from dispatch.simulation.shapes import SimCall, Town
from tests.unit.simulation.towns import MIN, call, line, town


def out(made: Town, from_min: int, until_min: int) -> Town:
    return msgspec.structs.replace(made, radio_out_ms=((from_min * MIN, until_min * MIN),))


def by_id(outcome: Outcome) -> dict[int, CallOutcome]:
    return {one.call_id: one for one in outcome.calls}


def two_calls() -> list[SimCall]:
    """The first keeps the unit of post 0 until minute 12; the second comes while the radio is out.

    It is 3 min from that unit on its way home, 6 from the other one's post.
    """
    return [call(0, 0, 2, on_scene_ms=10 * MIN), call(1, 13 * MIN, 4, priority=0)]


def test_a_unit_at_its_post_is_phoned_and_one_on_the_road_is_not() -> None:
    made = town([0, 10], [0, 1])
    heard = by_id(simulate(made, line(11), two_calls(), Closest()))
    unheard = by_id(simulate(out(made, 5, 60), line(11), two_calls(), Closest()))
    assert heard[1].unit_id == 0
    assert unheard[1].unit_id == 1
    assert unheard[1].sent_ms == 13 * MIN


def test_who_comes_back_to_its_post_is_heard_of_there() -> None:
    made = out(town([0], [0]), 5, 600)
    found = by_id(simulate(made, line(11), two_calls(), Closest()))
    assert found[1].sent_ms == 14 * MIN  # freed in minute 12 at place 2, at its post two later


def test_the_desk_is_asked_when_the_radio_is_back() -> None:
    """The way home is long: the radio is back before the unit is."""
    made = out(town([0], [0]), 5, 20)
    calls = [call(0, 0, 9, on_scene_ms=5 * MIN), call(1, 15 * MIN, 8)]
    found = by_id(simulate(made, line(11), calls, Closest()))
    assert found[1].sent_ms == 20 * MIN  # freed in minute 14, on its way to place 0 until 23


class Tells(Yardstick):
    """Gives one order for the last call when it comes."""

    name = "tells"

    def __init__(self, order: Order) -> None:
        self._order = order

    def decide(self, situation: Situation) -> Sequence[Order]:
        if situation.trigger_id == 1:
            assert [one.doing for one in situation.units] == ["silent"]
            assert not situation.underway
            return [self._order]
        return [Send(0, 0)]


@pytest.mark.parametrize("order", [Send(1, 0), Promise(1, 0)])
def test_an_order_that_nobody_hears_is_a_bug(order: Order) -> None:
    made = out(town([0], [0]), 0, 60)
    with pytest.raises(BadOrder, match="no radio"):
        simulate(made, line(11), [call(0, 0, 9), call(1, 2 * MIN, 5)], Tells(order))


@pytest.mark.parametrize("policy", [Closest(), Forward()])
def test_every_call_is_served_in_the_end(policy: Policy, seed: int) -> None:
    made = out(town([0, 5, 10], [0, 1, 2]), 0, 90)
    calls = [call(k, (k * 7 + seed % 5) * MIN, (k * 3 + seed) % 11, on_scene_ms=9 * MIN)
             for k in range(30)]  # fmt: skip
    outcome = simulate(made, line(11), calls, policy, seed=seed)
    assert all(one.arrived_ms >= one.at_ms for one in outcome.calls)
