"""The shapes in which advice leaves: for screens and as evidence."""

import json
from datetime import UTC, datetime

import msgspec

from dispatch.ids import FacilityId, StationId, UnitId
from dispatch.recommend.limits import MAX_EVIDENCE_OPTIONS, MAX_UNIT_OPTIONS
from dispatch.recommend.shapes import (
    destination_evidence,
    destination_shape,
    recommendation_shape,
    to_evidence,
)
from dispatch.recommend.units import UnitCandidate, UnitRequest, rank
from hospital_gateway.advice import Travel
from hospital_gateway.destination import Candidate, Case, choose
from hospital_gateway.facilities import Capacity, Facility
from hospital_gateway.policy import GatewayPolicy

NOW = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)


def _unit(number: int) -> UnitCandidate:
    return UnitCandidate(
        unit_id=UnitId(f"N{number:02}"),
        call_sign=f"南急{number:02}",
        kind="ALS",
        station_id=StationId("S1"),
        crew_skills=(),
        equipment=("defib",),
        status="idle",
        is_idle=True,
        travel=Travel(duration_s=60 * number, distance_m=700 * number, method="straight_line"),
        fix_age_s=number,
    )


def _recommendation(count=3):
    units = [_unit(number) for number in range(1, count + 1)]
    return rank(UnitRequest(priority="P1", computed_at=NOW), units)


def _advice(count: int):
    facilities = [
        Facility(
            facility_id=FacilityId(f"H{n:02}"),
            name_zh="院",
            name_en="Hospital",
            kind="hospital",
            lon=112.4,
            lat=29.4,
            phone="",
            capabilities=frozenset({"ed_24h"}),
        )
        for n in range(count)
    ]
    candidates = [
        Candidate(
            facility=facility,
            capacity=Capacity(),
            travel=Travel(duration_s=600 * place, distance_m=place, method="straight_line"),
        )
        for place, facility in enumerate(facilities)
    ]
    return choose(Case(), candidates, (), GatewayPolicy())


def _json(value) -> dict:
    return json.loads(msgspec.json.encode(value))


def test_a_recommendation_has_the_fields_of_the_contract_and_no_others():
    body = _json(recommendation_shape(_recommendation()))
    assert set(body) == {"computed_at", "method", "oldest_fix_s", "options", "nobody"}
    assert (body["method"], body["oldest_fix_s"], body["nobody"]) == ("straight_line", 3, None)
    assert set(body["options"][0]) == {
        "unit_id", "call_sign", "duration_s", "distance_m", "reasons", "costs", "is_capable",
        "fix_age_s", "method", "duration_p80_s",
    }  # fmt: skip
    assert body["options"][1]["costs"] == [{"code": "slower_by", "params": {"seconds": 60}}]


def test_destination_advice_has_the_fields_of_the_contract_and_no_others():
    body = _json(destination_shape(_advice(2), NOW))
    assert set(body) == {
        "computed_at", "rule", "decided_by", "options", "flags", "would_change", "override_reasons",
    }  # fmt: skip
    assert (body["rule"], body["decided_by"], body["flags"]) == ("R2", "fastest", [])
    assert body["would_change"][0] == {
        "code": "if_first_unavailable", "params": {"facility_id": "H01"},
    }  # fmt: skip
    assert body["override_reasons"][0] == {
        "code": "closest", "nemsis": "4220001", "zh": "最近的医院", "en": "closest facility",
    }  # fmt: skip
    assert set(body["options"][0]) == {
        "facility_id", "name_zh", "name_en", "duration_s", "distance_m", "method", "passes",
        "reasons", "costs", "penalty_s", "duration_p80_s",
    }  # fmt: skip


def test_evidence_keeps_what_was_offered_and_why():
    evidence = to_evidence(_recommendation())
    assert (evidence.computed_at, evidence.rule) == (NOW, "closest_capable:P1")
    assert [option.id for option in evidence.options] == ["N01", "N02", "N03"]
    assert "slower_by{seconds=60}" in evidence.options[1].reasons
    assert msgspec.json.decode(msgspec.json.encode(evidence), type=type(evidence)) == evidence


def test_evidence_is_bounded_but_keeps_the_chosen():
    advice = _advice(MAX_EVIDENCE_OPTIONS + 4)
    bounded = destination_evidence(advice, NOW)
    assert len(bounded.options) == MAX_EVIDENCE_OPTIONS
    last = advice.options[-1].facility_id
    kept = destination_evidence(advice, NOW, chosen=last)
    assert [option.id for option in kept.options][-1] == last
    assert len(kept.options) == MAX_EVIDENCE_OPTIONS + 1
    assert (kept.rule, kept.method) == ("R2", "straight_line")


def test_a_chosen_unit_beyond_the_list_is_evidence_too():
    crowd = _recommendation(14)
    assert len(recommendation_shape(crowd).options) == MAX_UNIT_OPTIONS
    kept = to_evidence(crowd, chosen=UnitId("N14"))
    assert [option.id for option in kept.options] == [f"N{n:02}" for n in (*range(1, 9), 14)]


def test_no_option_is_evidence_too():
    evidence = destination_evidence(_advice(0), NOW)
    assert (evidence.method, evidence.options) == ("none", ())
