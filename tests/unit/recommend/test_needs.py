"""What an incident needs of a unit, by priority and centre."""

import pytest

from dispatch.recommend.needs import is_met, missing, requirement, wishes

ALL = ("12_lead", "defib", "lysis_box", "ventilator")


@pytest.mark.parametrize(
    ("priority", "centres", "kind", "equipment", "gaps"),
    [
        ("P1", (), "ALS", ALL, ()),
        ("P1", (), "BLS", ALL, ("ALS",)),
        ("P1", (), "MAT", ALL, ("ALS",)),
        ("P1", ("maternal",), "MAT", ALL, ()),
        ("P1", ("maternal",), "ALS", ALL, ()),
        ("P1", ("newborn_child",), "MAT", ALL, ()),
        ("P1", ("maternal",), "BLS", (), ("ALS/MAT", "defib")),
        ("P1", (), "ALS", (), ("defib",)),
        ("P2", ("chest_pain",), "BLS", (), ()),
        ("P4", (), "BLS", (), ()),
        ("P9", (), "BICYCLE", (), ()),
    ],
)
def test_what_must_be_there(priority, centres, kind, equipment, gaps):
    assert missing(requirement(priority, centres), kind, (), equipment) == gaps


@pytest.mark.parametrize(
    ("priority", "centres", "is_pregnant", "expected"),
    [
        ("P1", (), False, {}),
        ("P2", (), False, {"ALS": 240}),
        ("P3", ("chest_pain",), False, {"12_lead": 240, "defib": 240}),
        ("P2", ("trauma", "chest_pain"), False, {"12_lead": 240, "ALS": 240, "defib": 240}),
        ("P3", ("maternal",), False, {"MAT": 300, "midwife": 120}),
        ("P3", (), True, {"MAT": 300, "midwife": 120}),
        ("P3", ("newborn_child",), False, {"incubator": 300}),
        ("P3", ("moon",), False, {}),
    ],
)
def test_what_is_wished(priority, centres, is_pregnant, expected):
    found = wishes(priority, centres, is_pregnant)
    assert {wish.what: wish.worth_s for wish in found} == expected
    worths = [wish.worth_s for wish in found]
    assert worths == sorted(worths, reverse=True)


def test_a_mothers_ambulance_stands_for_als_only_where_it_is_the_team():
    (als,) = wishes("P2", (), is_pregnant=False)
    assert not is_met(als, "MAT", (), ())
    of_mothers = {wish.what: wish for wish in wishes("P2", ("maternal",), is_pregnant=False)}
    assert is_met(of_mothers["ALS"], "MAT", (), ())
    assert is_met(of_mothers["midwife"], "ALS", ("midwife",), ())
    assert not is_met(of_mothers["MAT"], "ALS", (), ())
