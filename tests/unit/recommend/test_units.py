"""Which unit is recommended, why, and what the others cost."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.ids import CentreId, StationId, UnitId
from dispatch.recommend.limits import MAX_UNIT_OPTIONS
from dispatch.recommend.needs import missing, requirement
from dispatch.recommend.units import (
    Nobody,
    Recommendation,
    UnitCandidate,
    UnitOption,
    UnitRequest,
    is_position_known,
    rank,
)
from hospital_gateway.advice import Travel, as_text

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
FULL = ("12_lead", "defib", "ventilator")


def _ask(priority="P1", *centres: str, is_pregnant=False) -> UnitRequest:
    return UnitRequest(
        priority=priority,
        computed_at=NOW,
        centres=tuple(CentreId(centre) for centre in centres),
        is_pregnant=is_pregnant,
    )


def _unit(unit_id: str, seconds: int, kind="ALS", **more) -> UnitCandidate:
    fields = {
        "unit_id": UnitId(unit_id),
        "call_sign": f"call {unit_id}",
        "kind": kind,
        "station_id": StationId("S1"),
        "crew_skills": (),
        "equipment": FULL,
        "status": "idle",
        "is_idle": True,
        "travel": Travel(duration_s=seconds, distance_m=seconds * 12, method="road"),
        "fix_age_s": 4,
    }
    return UnitCandidate(**(fields | more))


def _busy(unit_id: str, free_in_s: int | None, kind="ALS", status="transporting") -> UnitCandidate:
    return _unit(unit_id, 60, kind, status=status, is_idle=False, free_in_s=free_in_s)


def _ids(found: Recommendation) -> list[str]:
    return [option.unit_id for option in found.options]


def _texts(option: UnitOption) -> list[str]:
    return [as_text(each) for each in (*option.reasons, *option.costs)]


def test_the_closest_idle_but_incapable_is_shown_flagged_and_never_first():
    found = rank(_ask("P1"), [_unit("A", 500), _unit("B", 100, "BLS"), _unit("C", 590)])
    assert _ids(found) == ["A", "C", "B"]
    assert [option.is_capable for option in found.options] == [True, True, False]
    assert _texts(found.options[0]) == ["nearest_capable", "meets_need{kind=ALS}"]
    assert _texts(found.options[1]) == ["meets_need{kind=ALS}", "slower_by{seconds=90}"]
    assert _texts(found.options[2]) == [
        "closest_idle",
        "faster_by{seconds=400}",
        "not_capable{missing=ALS}",
    ]
    assert found.nobody is None


def test_the_closest_idle_is_shown_even_when_the_list_is_full():
    units = [_unit(f"A{n}", 500 + n) for n in range(9)] + [_unit("B", 1, "BLS")]
    found = rank(_ask("P1"), units)
    assert _ids(found) == ["A0", "A1", "A2", "A3", "A4", "B"]


@pytest.mark.parametrize(
    ("request_", "later_s", "kind", "equipment", "wins"),
    [
        (_ask("P3", "maternal"), 299 + 120, "MAT", FULL, True),
        (_ask("P3", "maternal"), 301 + 120, "MAT", FULL, False),
        (_ask("P3", is_pregnant=True), 299, "MAT", FULL, True),
        (_ask("P1", "maternal"), 299, "MAT", FULL, True),
        (_ask("P2"), 239, "ALS", (), True),
        (_ask("P2"), 241, "ALS", (), False),
        (_ask("P3", "chest_pain"), 479, "BLS", ("12_lead", "defib"), True),
        (_ask("P3", "chest_pain"), 481, "BLS", ("12_lead", "defib"), False),
        (_ask("P4"), 1, "ALS", FULL, False),
    ],
)
def test_a_better_suited_unit_may_be_later_by_what_the_wish_is_worth(
    request_, later_s, kind, equipment, wins
):
    plain = _unit("A", 300, "ALS" if request_.priority == "P1" else "BLS",
                  equipment=("defib",) if request_.priority == "P1" else ())  # fmt: skip
    suited = _unit("Z", 300 + later_s, kind, equipment=equipment, crew_skills=("midwife",))
    assert (_ids(rank(request_, [plain, suited]))[0] == "Z") is wins


def test_the_cost_of_a_wish_not_met_is_told():
    found = rank(_ask("P3", "chest_pain"), [_unit("A", 100, equipment=("defib",))])
    assert _texts(found.options[0])[-2:] == [
        "lacks_wished{missing=12_lead,worth_s=240}",
        "leaves_station_empty{station=S1}",
    ]
    assert found.options[0].penalty_s == 240


@pytest.mark.parametrize(
    ("age_s", "is_doubtful", "is_known", "cost"),
    [
        (30, False, True, None),
        (31, False, True, "stale_fix{age_s=31}"),
        (300, False, True, "stale_fix{age_s=300}"),
        (301, False, False, "position_unknown{age_s=301,station=S1}"),
        (5, True, False, "position_unknown{age_s=5,station=S1}"),
        (None, False, False, "position_unknown{age_s=None,station=S1}"),
    ],
)
def test_the_age_of_the_fix_is_told(age_s, is_doubtful, is_known, cost):
    assert is_position_known(age_s, is_doubtful) is is_known
    aged = _unit("A", 100, fix_age_s=age_s, is_fix_doubtful=is_doubtful)
    found = rank(_ask("P3"), [aged, _unit("B", 200, fix_age_s=2)])
    told = [text for text in _texts(found.options[0]) if "fix" in text or "position" in text]
    assert told == ([] if cost is None else [cost])
    assert found.oldest_fix_s == (max(age_s, 2) if is_known else 2)


def test_a_known_position_goes_first_at_equal_time_and_then_the_id():
    lost, known, other = _unit("A", 100, fix_age_s=None), _unit("C", 100), _unit("B", 100)
    assert _ids(rank(_ask("P3"), [lost, known, other])) == ["B", "C", "A"]


def test_busy_and_out_of_service_are_no_options_and_say_why():
    shut = _unit("O", 1, status="out_of_service", is_idle=False)
    found = rank(_ask("P1"), [shut, _busy("B", 60), _unit("A", 900)])
    assert _ids(found) == ["A"]
    assert [(each.unit_id, as_text(each.reason)) for each in found.excluded] == [
        ("B", "busy{status=transporting}"),
        ("O", "out_of_service"),
    ]


def test_nobody_names_the_capable_busy_unit_that_is_free_soonest():
    units = [
        _busy("A", 900),
        _busy("B", 300),
        _busy("C", None),
        _busy("D", 10, "BLS"),
        _busy("E", 5, status="out_of_service"),
        _unit("F", 50, "BLS"),
    ]
    found = rank(_ask("P1"), units)
    assert found.nobody == Nobody(unit_id=UnitId("B"), free_in_s=300)
    assert [(option.unit_id, option.is_capable) for option in found.options] == [("F", False)]


def test_nobody_without_a_known_time_or_without_any_unit_says_so():
    assert rank(_ask("P1"), [_busy("A", None)]).nobody == Nobody(unit_id=None, free_in_s=None)
    empty = rank(_ask("P1"), [])
    assert (empty.options, empty.method, empty.oldest_fix_s) == ((), "none", None)
    assert empty.nobody == Nobody(unit_id=None, free_in_s=None)


def test_the_last_idle_unit_of_a_station_says_what_it_leaves():
    units = [
        _unit("A", 100),
        _unit("B", 200),
        _unit("C", 300, station_id=StationId("S2")),
        _unit("D", 400, station_id=StationId("S2"), status="en_route", is_idle=False),
    ]
    found = rank(_ask("P3"), units)
    emptied = [o.unit_id for o in found.options if "leaves_station_empty{station=S2}" in _texts(o)]
    assert emptied == ["C"]
    assert "leaves_station_empty{station=S1}" not in _texts(found.options[0])


def test_the_method_of_the_times_is_told():
    line = Travel(duration_s=100, distance_m=900, method="straight_line")
    found = rank(_ask("P3"), [_unit("A", 0, travel=line)])
    assert found.method == "straight_line"
    assert "straight_line_estimate" in _texts(found.options[0])
    assert rank(_ask("P3"), [_unit("A", 0, travel=line), _unit("B", 5)]).method == "mixed"


REQUESTS = st.builds(
    _ask,
    st.sampled_from(["P1", "P2", "P3", "P4", "?"]),
    st.sampled_from(["chest_pain", "maternal", "newborn_child", "moon"]),
    is_pregnant=st.booleans(),
)


@st.composite
def fleets(draw, min_size=0):
    statuses = st.sampled_from(["idle", "idle", "en_route", "out_of_service"])
    fleet = []
    for number in range(draw(st.integers(min_size, 10))):
        status = draw(statuses)
        fleet.append(
            _unit(
                f"N{number:02}",
                draw(st.integers(0, 6)) * 100,
                draw(st.sampled_from(["ALS", "BLS", "MAT"])),
                station_id=StationId(draw(st.sampled_from(["S1", "S2", "S3"]))),
                crew_skills=tuple(draw(st.sets(st.sampled_from(["midwife", "nurse"])))),
                equipment=tuple(sorted(draw(st.sets(st.sampled_from([*FULL, "incubator"]))))),
                status=status,
                is_idle=status == "idle",
                fix_age_s=draw(st.none() | st.integers(0, 600)),
                is_fix_doubtful=draw(st.booleans()),
                free_in_s=draw(st.none() | st.integers(0, 3600)),
            )
        )
    return fleet


@given(request_=REQUESTS, fleet=fleets(), data=st.data())
def test_it_never_raises_nor_depends_on_the_order_given(request_, fleet, data):
    assert rank(request_, fleet) == rank(request_, data.draw(st.permutations(fleet)))


@given(request_=REQUESTS, fleet=fleets())
def test_an_incapable_unit_never_precedes_a_capable_one(request_, fleet):
    found = rank(request_, fleet)
    flags = [option.is_capable for option in found.options]
    assert flags == sorted(flags, reverse=True)
    assert len(flags) <= MAX_UNIT_OPTIONS
    assert (found.nobody is None) is any(flags)
    needed = requirement(request_.priority, request_.centres)
    by_id = {unit.unit_id: unit for unit in fleet}
    for option in found.options:
        unit = by_id[option.unit_id]
        assert unit.is_idle
        gaps = missing(needed, unit.kind, unit.crew_skills, unit.equipment)
        assert option.is_capable is not bool(gaps)


@given(request_=REQUESTS, fleet=fleets())
def test_every_unit_is_counted_and_the_closest_idle_is_always_there(request_, fleet):
    found = rank(request_, fleet)
    idle = [unit for unit in fleet if unit.is_idle]
    assert len(found.excluded) + len(idle) == len(fleet)
    assert len(found.options) == min(len(idle), MAX_UNIT_OPTIONS)
    listed = [option.unit_id for option in (*found.options, *found.others)]
    assert sorted(listed) == sorted(unit.unit_id for unit in idle)
    if idle:
        closest = min(idle, key=lambda unit: (unit.travel.duration_s, unit.unit_id))
        marked = [o.unit_id for o in found.options if "closest_idle" in _texts(o)]
        assert marked == [closest.unit_id]


@given(request_=REQUESTS, fleet=fleets(min_size=1))
def test_a_farther_unit_does_not_change_the_advice(request_, fleet):
    before = rank(request_, fleet)
    after = rank(request_, [*fleet, _unit("far", 9000, "BLS", equipment=())])
    if before.options and before.options[0].is_capable:
        assert after.options[0].unit_id == before.options[0].unit_id
