"""Response categories as published, and the standards of arrest calls on both sides."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.criterion import PRIORITIES
from dispatch.triage.response import RESPONSES, ArrestStandards, ArrestTimes, audit

STANDARDS = ArrestStandards()


def test_categories() -> None:
    assert tuple(RESPONSES) == PRIORITIES
    assert {
        priority: (one.nemsis, one.nemsis_name, one.arp, one.mean_min, one.p90_min)
        for priority, one in RESPONSES.items()
    } == {
        "P1": ("2305001", "Critical", "Category 1", 7, 15),
        "P2": ("2305003", "Emergent", "Category 2", 18, 40),
        "P3": ("2305005", "Lower Acuity", "Category 3", None, 120),
        "P4": ("2305007", "Non-Acute", "Category 4", None, 180),
    }
    assert [one.colour for one in RESPONSES.values()] == ["red", "orange", "yellow", "green"]
    assert [one.clock_stop for one in RESPONSES.values()] == ["first_responder"] + ["conveying"] * 3


@pytest.mark.parametrize(("seconds", "is_met"), [(0, True), (119.9, True), (120, False)])
def test_recognition_under_120_s(seconds: float, is_met: bool) -> None:
    found = audit(ArrestTimes(recognition_s=seconds), STANDARDS)
    assert found.is_recognition_met is is_met
    assert found.is_compression_met is None and found.is_aedr_met is None
    assert found.missing == ("compression_s", "compression_after_address_s")


@pytest.mark.parametrize(("seconds", "is_met"), [(0, True), (179.9, True), (180, False)])
def test_first_compression_under_180_s(seconds: float, is_met: bool) -> None:
    found = audit(ArrestTimes(compression_s=seconds), STANDARDS)
    assert found.is_compression_met is is_met
    assert found.is_aedr_met is (True if is_met else None)


@pytest.mark.parametrize(
    ("compression_s", "after_address_s", "is_met"),
    [
        (180, 119.9, True),
        (180, 120, False),
        (179, 500, True),
        (None, 119, True),
        (None, 120, None),
        (180, None, None),
        (None, None, None),
    ],
)
def test_two_ways_to_meet_the_aedr_standard(
    compression_s: float | None, after_address_s: float | None, is_met: bool | None
) -> None:
    times = ArrestTimes(compression_s=compression_s, compression_after_address_s=after_address_s)
    assert audit(times, STANDARDS).is_aedr_met is is_met


def test_a_wrong_clock_is_left_out_and_named() -> None:
    found = audit(ArrestTimes(recognition_s=-0.1, compression_s=0), STANDARDS)
    assert found.is_recognition_met is None and found.is_compression_met is True
    assert found.invalid == ("recognition_s",)
    assert found.missing == ("compression_after_address_s",)


def test_standards_are_configuration() -> None:
    strict = ArrestStandards(recognition_s=60, compression_s=90, after_address_s=60)
    times = ArrestTimes(recognition_s=60, compression_s=89, compression_after_address_s=61)
    found = audit(times, strict)
    assert (found.is_recognition_met, found.is_compression_met) == (False, True)
    assert (STANDARDS.median_recognition_s, STANDARDS.median_compression_s) == (90, 150)
    assert (STANDARDS.best_recognition_s, STANDARDS.best_compression_s) == (60, 90)


@given(st.floats(0, 400), st.floats(0, 400))
def test_sooner_is_never_worse(one: float, other: float) -> None:
    early, late = sorted((one, other))
    sooner = audit(ArrestTimes(recognition_s=early, compression_s=early), STANDARDS)
    later = audit(ArrestTimes(recognition_s=late, compression_s=late), STANDARDS)
    assert not later.is_recognition_met or sooner.is_recognition_met
    assert not later.is_compression_met or sooner.is_compression_met
