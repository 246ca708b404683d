"""The feed: lost after ten silent seconds with a patient, restored after three live samples."""

from telemetry.feed import LOST_AFTER_S, RESTORED_SAMPLES, FeedWatch


def sending(until_s: int) -> FeedWatch:
    watch = FeedWatch()
    for second in range(until_s):
        assert watch.sample(second) is None
    return watch


def test_lost_once_and_restored_once() -> None:
    watch = sending(5)
    assert watch.due(4 + LOST_AFTER_S - 0.1, has_patient=True) is None
    assert watch.due(4 + LOST_AFTER_S, has_patient=True) == "lost"
    assert watch.due(30, has_patient=True) is None
    found = [watch.sample(31 + n) for n in range(5)]
    assert found == [None] * (RESTORED_SAMPLES - 1) + ["restored"] + [None] * 2
    assert (watch.feed, watch.since_s) == ("live", 31 + RESTORED_SAMPLES - 1)


def test_a_flapping_link_does_not_ring_each_time() -> None:
    watch = sending(3)
    assert watch.due(20, has_patient=True) == "lost"
    for start in range(20, 200, 20):
        assert watch.sample(start) is None
        assert watch.sample(start + 1) is None
        assert watch.due(start + 15, has_patient=True) is None
    assert watch.feed == "lost"


def test_without_a_patient_or_before_it_ever_sent() -> None:
    assert sending(3).due(60, has_patient=False) is None
    watch = FeedWatch()
    watch.begin(0, is_lost=False)
    assert watch.due(60, has_patient=True) is None
    assert watch.feed == "none"


def test_a_new_patient_under_a_sending_and_under_a_silent_monitor() -> None:
    watch = sending(3)
    watch.begin(4, is_lost=False)
    assert watch.feed == "live"
    watch.begin(60, is_lost=False)
    assert watch.feed == "none"
    assert watch.due(80, has_patient=True) is None


def test_after_a_restart() -> None:
    watch = FeedWatch()
    watch.begin(0, is_lost=False)
    watch.resume(0)
    assert watch.due(LOST_AFTER_S, has_patient=True) == "lost"
    known_lost = FeedWatch()
    known_lost.begin(0, is_lost=True)
    known_lost.resume(0)
    assert known_lost.due(60, has_patient=True) is None  # it is known already
    assert [known_lost.sample(61 + n) for n in range(3)][-1] == "restored"
