"""A device's clock is wrong, or its message is late: telling the two apart."""

from telemetry.skew import STEADY_AGAIN_S, STEADY_S, SkewEstimate


def run(estimate: SkewEstimate, offset_s: float, from_s: float, seconds: int) -> list[float]:
    return [estimate.delay_s(offset_s, from_s + second) for second in range(seconds)]


def test_a_good_clock() -> None:
    estimate = SkewEstimate()
    assert max(run(estimate, 0.3, 0, 10)) < 0.31
    assert estimate.skew_s == 0


def test_a_clock_ahead_is_known_at_once() -> None:
    estimate = SkewEstimate()
    assert estimate.delay_s(-3 * 3600, 0) == 0
    assert estimate.skew_s == -3 * 3600


def test_a_clock_behind_is_late_until_it_is_steady() -> None:
    estimate = SkewEstimate()
    delays = run(estimate, 3600.0, 0, 12)
    assert delays[0] == 3600
    assert delays[int(STEADY_S) + 1 :] == [0] * (12 - int(STEADY_S) - 1)
    assert estimate.skew_s == 3600


def test_a_clock_of_1970() -> None:
    estimate = SkewEstimate()
    assert run(estimate, 1.79e9, 0, 12)[-1] == 0


def test_a_flushed_backlog_is_never_taken_for_a_clock() -> None:
    estimate = SkewEstimate()
    # twenty minutes of 1 Hz samples within twelve seconds: each is a second less old
    delays = [estimate.delay_s(1200.0 - second * 0.99, second * 0.01) for second in range(1100)]
    assert min(delays) > 100
    assert estimate.skew_s is None


def test_a_backlog_after_live_samples_is_late_for_long() -> None:
    estimate = SkewEstimate()
    run(estimate, 0.1, 0, 5)
    assert min(run(estimate, 1200, 5, int(STEADY_AGAIN_S) - 1)) > 1190


def test_a_clock_set_back_is_believed_after_a_minute() -> None:
    estimate = SkewEstimate()
    run(estimate, 0.1, 0, 5)
    assert run(estimate, 1200, 5, int(STEADY_AGAIN_S) + 2)[-1] == 0


def test_a_clock_put_right_is_believed_at_once() -> None:
    estimate = SkewEstimate()
    run(estimate, 3600.0, 0, 12)
    assert estimate.delay_s(0.2, 13) < 0.21
    assert estimate.skew_s == 0


def test_a_year_late_is_a_wrong_clock_at_once() -> None:
    estimate = SkewEstimate()
    run(estimate, 0.1, 0, 5)
    assert estimate.delay_s(1.79e9, 5) == 0
    assert estimate.delay_s(0.1, 6) < 0.2  # the clock was set right
    assert estimate.delay_s(-3.8e8, 7) == 0
    assert estimate.delay_s(0.1, 8) == 0  # and back from 2038
    assert min(run(estimate, 300 * 86_400.0, 9, 2)) > 299 * 86_400  # months may be a delay
