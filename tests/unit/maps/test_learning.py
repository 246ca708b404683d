"""From drives to a correction: what is used, what is left out, and whether it is true."""

import math
import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from maps.coordinates import Wgs84
from maps.network.closures import Closure
from maps.network.drives import Recorded
from maps.network.learned import Drive, Learned, biases, learn, period_of
from maps.network.learning import MIN_HELD_OUT, calibration, lesson_of
from maps.network.travel import RoadPolicy, Roads, RoadTravel
from maps.travel import StraightLineTravel
from tests.support.roads import grid

ZONE = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 1, tzinfo=UTC)
TOWN = Roads(grid(8, 8, spacing_deg=0.01), RoadPolicy())
NODES = [
    Wgs84(lon=float(lon), lat=float(lat))
    for lon, lat in zip(TOWN.graph.node_lon, TOWN.graph.node_lat, strict=True)
]
EFFECTS = {"night": 0.15, "morning": 0.05, "day": -0.10, "evening": 0.0, "P1": -0.05, "P3": 0.2}
SPREAD = 0.25


def log_ratio(hour: int, priority: str) -> float:
    return 0.2 + EFFECTS[period_of(hour)] + EFFECTS[priority]


def driven(rng: random.Random, count: int, *, ratio: float | None = None) -> Iterator[Recorded]:
    """Drives over the town that take as long as the model says, with a lognormal scatter."""
    free = RoadTravel(TOWN, StraightLineTravel(), ZONE)
    for k in range(count):
        at = START + timedelta(minutes=37 * k)
        priority = rng.choice(["P1", "P3"])
        origin, destination = rng.sample(NODES, 2)
        (estimate,) = free.when(at, priority).to_many(origin, [destination])
        effect = math.log(ratio) if ratio else log_ratio(at.astimezone(ZONE).hour, priority)
        scatter = 0.0 if ratio else rng.gauss(0.0, SPREAD)
        seconds = estimate.duration_s * math.exp(effect + scatter)
        yield Recorded(
            started_at=at,
            ended_at=at + timedelta(seconds=seconds),
            origin=origin,
            destination=destination,
            priority=priority,
            leg="to_scene",
        )


def test_the_truth_of_simulated_drives_is_found_and_the_p80_kept(seed: int) -> None:
    rng = random.Random(seed)
    count = 8_000
    drives = [
        Drive(
            estimated_s=600.0,
            observed_s=600.0 * math.exp(log_ratio(hour, priority) + rng.gauss(0.0, SPREAD)),
            hour=hour,
            priority=priority,
        )
        for hour, priority in ((rng.randrange(24), rng.choice(["P1", "P3"])) for _ in range(count))
    ]
    learned = learn(drives)
    # A cell's effect is known to about its scatter over the root of its drives, here at least an
    # eighth of all in each part of the day; 5 of those, and what 20 drives of prior hold back.
    off = 5 * SPREAD / math.sqrt(count / 8) + 0.03
    for hour in (1, 8, 13, 20):
        for priority in ("P1", "P3"):
            found = math.log(learned.factor(hour, priority))
            assert found == pytest.approx(log_ratio(hour, priority), abs=off)
    assert learned.spread == pytest.approx(SPREAD, abs=5 * SPREAD / math.sqrt(2 * count) + 0.002)
    (everything,) = [one for one in calibration(drives, learned) if one.group == "all"]
    assert everything.within_p50 == pytest.approx(0.5, abs=5 * 0.5 / math.sqrt(count) + 0.01)
    assert everything.within_p80 == pytest.approx(0.8, abs=5 * 0.4 / math.sqrt(count) + 0.01)
    assert not any(bias.is_alarming for bias in biases(drives, learned))


def test_a_priority_that_is_driven_by_night_is_not_charged_with_the_night(seed: int) -> None:
    rng = random.Random(seed)
    truth = {("P1", 2): 0.4, ("P1", 12): 0.0, ("P3", 2): 0.4, ("P3", 12): 0.0}
    counts = {("P1", 2): 1900, ("P1", 12): 100, ("P3", 2): 100, ("P3", 12): 1900}
    drives = [
        Drive(estimated_s=500, observed_s=500 * math.exp(truth[cell] + rng.gauss(0, 0.1)),
              hour=cell[1], priority=cell[0])
        for cell, count in counts.items() for _ in range(count)
    ]  # fmt: skip
    learned = learn(drives)
    for (priority, hour), effect in truth.items():
        # The rare cells have 100 drives: 5 standard errors of 0.1 / sqrt(100), and the prior.
        assert math.log(learned.factor(hour, priority)) == pytest.approx(effect, abs=0.08)


def test_learning_on_the_map_finds_the_error_and_shows_it_on_drives_it_did_not_know(
    seed: int,
) -> None:
    found = lesson_of(driven(random.Random(seed), 600), TOWN, ZONE)
    assert found.used + sum(found.left_out.values()) == 600
    assert set(found.left_out) <= {"too_short", "odd_ratio"} and found.used > 400
    before = {bias.group: bias for bias in found.bias_before}
    after = {bias.group: bias for bias in found.bias_after}
    assert before["P3"].is_alarming and not after["P3"].is_alarming
    assert {"leg:to_scene", "road:residential", "night"} <= set(after)
    assert abs(after["all"].median_log_error) < 5 * 1.2533 * SPREAD / math.sqrt(found.used) + 0.02
    held_out = found.held_out
    assert held_out is not None
    assert held_out.learned_from + held_out.asked_about == found.used
    assert held_out.log_error_after < held_out.log_error_before
    (kept,) = [one for one in held_out.calibration if one.group == "all"]
    assert kept.drives == held_out.asked_about
    assert kept.within_p80 == pytest.approx(0.8, abs=5 * 0.4 / math.sqrt(kept.drives) + 0.05)


def test_one_ratio_is_learned_the_same_in_any_order(seed: int) -> None:
    rng = random.Random(seed)
    drives = list(driven(rng, 150, ratio=1.5))
    shuffled = rng.sample(drives, len(drives))
    one, other = lesson_of(drives, TOWN, ZONE), lesson_of(shuffled, TOWN, ZONE)
    assert one == other
    assert one.learned.factor(12, "P1") == pytest.approx(1.5, rel=0.1)
    assert all(drive.within_p80 == 1.0 for drive in one.calibration)


def test_without_drives_nothing_is_learned_and_nothing_is_claimed() -> None:
    found = lesson_of([], TOWN, ZONE)
    assert found.learned == Learned() and found.used == 0
    assert (found.since, found.until, found.held_out) == (None, None, None)
    assert found.calibration == []


def test_too_few_later_drives_are_not_judged_by() -> None:
    rng = random.Random(3)
    known = list(driven(rng, 5 * MIN_HELD_OUT + 40, ratio=1.2))
    used = lesson_of(known, TOWN, ZONE)
    assert used.held_out is not None
    assert lesson_of(known[: 4 * MIN_HELD_OUT], TOWN, ZONE).held_out is None


def test_what_a_drive_broke_is_counted_under_its_name() -> None:
    good, *others = driven(random.Random(5), 400, ratio=1.1)
    while not 150 < good.observed_s < 3000:
        good = others.pop()
    here = Wgs84(lon=112.4, lat=29.3)
    fields = {name: getattr(good, name) for name in good.__struct_fields__}
    around = (Wgs84(lon=112.3, lat=29.2), Wgs84(lon=112.6, lat=29.2), Wgs84(lon=112.6, lat=29.5),
              Wgs84(lon=112.3, lat=29.5))  # fmt: skip
    slow = Closure(closure_id="s", kind="slow", factor=2.0, outline=around, from_at=START)
    later = good.started_at + timedelta(days=1)
    ahead = Closure(closure_id="a", kind="slow", factor=2.0, outline=around, from_at=later)
    hours = timedelta(hours=3)
    broken = [
        "no_target",
        Recorded(**fields | {"longest_stop_s": 900.0}),
        Recorded(**fields | {"destination": good.origin}),
        Recorded(**fields | {"origin": here, "destination": Wgs84(lon=112.39, lat=29.3)}),
        Recorded(**fields | {"closures": (slow,)}),
        Recorded(**fields | {"closures": (ahead,)}),
        Recorded(**fields | {"ended_at": good.started_at + hours}),
        good,
    ]
    found = lesson_of(broken, TOWN, ZONE)
    assert found.left_out == {
        "no_target": 1, "stopped": 1, "no_road": 1, "too_short": 1, "closed_or_slow": 1,
        "odd_ratio": 1,
    }  # fmt: skip
    assert found.used == 2, "the good one, and the one whose closure was yet to come"
