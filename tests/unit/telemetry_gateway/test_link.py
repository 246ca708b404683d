"""What the vehicle knows of its link: confirmed, unconfirmed, lost although TCP takes writes."""

from telemetry.gateway.limits import UNCONFIRMED_S
from telemetry.gateway.link import Confirmations, Key

ONE: Key = ("NX01-MON", "boot-0001", 1)
TWO: Key = ("NX01-MON", "boot-0001", 2)


def test_nothing_sent_is_not_a_lost_link() -> None:
    health = Confirmations().health(is_connected=True, now_s=1000.0)
    assert (health.is_lost, health.confirmed_s, health.round_trip_ms) == (False, None, None)
    assert Confirmations().health(is_connected=False, now_s=0.0).is_lost


def test_what_is_not_confirmed_in_time_is_a_lost_link() -> None:
    seen = Confirmations()
    seen.published(ONE, 10.0)
    assert not seen.health(True, 10.0 + UNCONFIRMED_S).is_lost
    assert seen.health(True, 10.1 + UNCONFIRMED_S).is_lost
    seen.published(ONE, 15.0)  # sent again: it waits since the first time
    assert seen.health(True, 10.1 + UNCONFIRMED_S).is_lost


def test_another_connection_does_not_make_an_unconfirmed_link_well() -> None:
    seen = Confirmations()
    seen.published(ONE, 10.0)
    seen.forget()
    seen.published(ONE, 17.0)
    assert seen.health(True, 18.5).is_lost
    seen.confirmed([ONE], 19.0)
    well = seen.health(True, 20.0)
    assert (well.is_lost, well.confirmed_s) == (False, 1.0)


def test_the_round_trip_is_smoothed_and_of_the_newest() -> None:
    seen = Confirmations()
    seen.published(ONE, 10.0)
    seen.published(TWO, 10.4)
    seen.confirmed([ONE, TWO], 10.5)
    assert round(seen.health(True, 10.5).round_trip_ms or 0) == 100
    seen.published(TWO, 11.0)
    seen.confirmed([TWO], 11.6)
    assert round(seen.health(True, 11.6).round_trip_ms or 0) == 200


def test_part_confirmed_still_waits() -> None:
    seen = Confirmations()
    seen.published(ONE, 0.0)
    seen.published(TWO, 0.0)
    seen.confirmed([ONE], 5.0)
    assert not seen.health(True, 5.0 + UNCONFIRMED_S).is_lost
    assert seen.health(True, 5.1 + UNCONFIRMED_S).is_lost
