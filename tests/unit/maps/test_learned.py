"""What a county's own drives teach: shrunk, by part of the day and priority, and told honestly."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maps.network.learned import MIN_TOLD, PRIOR_SPREAD, Drive, biases, learn, period_of


def drives(count: int, ratio: float, hour: int = 12, priority: str = "P1") -> list[Drive]:
    one = Drive(estimated_s=600, observed_s=600 * ratio, hour=hour, priority=priority)
    return [one] * count


def test_nothing_seen_changes_nothing() -> None:
    learned = learn([])
    assert learned.factor(3, "P1") == 1.0
    assert learned.spread == PRIOR_SPREAD and learned.drives == 0


def test_few_drives_change_little_and_many_are_believed() -> None:
    few, many = learn(drives(2, 1.5)), learn(drives(2000, 1.5))
    assert few.factor(12, "P1") < 1.12
    assert many.factor(12, "P1") == pytest.approx(1.5, rel=0.01)
    # Twenty drives weigh as much as the belief in no error: the county-wide part is half the log.
    assert learn(drives(20, 1.5)).overall == pytest.approx(math.log(1.5) / 2)


def test_night_is_learned_apart_from_the_day() -> None:
    learned = learn(drives(400, 1.0, hour=12) + drives(400, 1.3, hour=2))
    assert learned.factor(2, "P1") == pytest.approx(1.3, rel=0.03)
    assert learned.factor(12, "P1") == pytest.approx(1.0, rel=0.03)
    assert learned.factor(8, "P1") == pytest.approx(math.exp(learned.overall), rel=0.03)


def test_priorities_are_learned_apart() -> None:
    learned = learn(drives(400, 0.9, priority="P1") + drives(400, 1.2, priority="P3"))
    assert learned.factor(12, "P1") == pytest.approx(0.9, rel=0.04)
    assert learned.factor(12, "P3") == pytest.approx(1.2, rel=0.04)


def test_a_drive_that_is_not_about_the_road_teaches_nothing() -> None:
    odd = drives(50, 5.1) + drives(50, 0.19)
    odd.append(Drive(estimated_s=0, observed_s=60, hour=1, priority="P1"))
    odd.append(Drive(estimated_s=60, observed_s=0, hour=1, priority="P1"))
    assert learn(odd) == learn([])
    assert learn(drives(1, 4.9)).drives == 1


def test_scatter_is_learned() -> None:
    even = learn(drives(500, 1.0))
    odd = learn(drives(250, 2.0) + drives(250, 0.5))
    assert even.spread < 0.06
    assert odd.spread == pytest.approx(math.log(2), rel=0.05)


def test_what_error_is_left_is_told_and_a_large_one_alarms() -> None:
    seen = drives(MIN_TOLD, 1.2) + drives(MIN_TOLD - 1, 1.5, hour=2)
    left = {bias.group: bias for bias in biases(seen, learn([]))}
    assert left["day"].median_log_error == pytest.approx(math.log(1.2)) and left["day"].is_alarming
    assert left["night"].drives == MIN_TOLD - 1 and not left["night"].is_alarming
    assert left["evening"].drives == 0 and not left["evening"].is_alarming
    assert left["P1"].drives == left["all"].drives == len(seen)
    corrected = {bias.group: bias for bias in biases(drives(500, 1.2), learn(drives(500, 1.2)))}
    assert not corrected["all"].is_alarming


def test_the_parts_of_the_day_meet_without_a_gap() -> None:
    assert [period_of(hour) for hour in (22, 0, 5, 6, 9, 10, 16, 17, 21)] == [
        "night", "night", "night", "morning", "morning", "day", "day", "evening", "evening",
    ]  # fmt: skip


@given(
    st.lists(
        st.builds(
            Drive,
            estimated_s=st.floats(-10, 5000),
            observed_s=st.floats(-10, 5000),
            hour=st.integers(0, 23),
            priority=st.sampled_from(["P1", "P2", ""]),
        )
    )
)
def test_the_factor_stays_within_what_was_seen(seen: list[Drive]) -> None:
    learned = learn(seen)
    assert 0.04 < learned.factor(12, "P1") < 25
    assert learned.spread > 0
