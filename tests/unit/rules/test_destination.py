"""The destination rule: X1 to X14 of the clinical reference §4, and what a case may say."""

import json
from typing import Any

import pytest

from dispatch.errors import BadPayload
from dispatch.rules.destination import DESTINATION
from dispatch.rules.read import read_case

Row = dict[str, Any]


def ask(**given: Any) -> Row:
    values, ignored = read_case(DESTINATION, given)
    assert not ignored
    result = DESTINATION.evaluate(values)
    json.dumps(result, allow_nan=False)
    return result


def at(place: str, minutes: float | None, **more: Any) -> Row:
    return {"id": place, "minutes": minutes, **more}


TOWNSHIP, COUNTY, CITY = at("township", 4), at("county", 12), at("city", 60)
LEVEL_2 = {"kind": "hospital", "trauma_level": "II"}

ROWS = [
    ("X1", "R0", "township", {"pathway": "arrest"}, [TOWNSHIP, at("county", 15)]),
    ("X2", "R0", "county", {"pathway": "arrest"},
     [at("township", 4, status="closed: internal disaster"), at("county", 15)]),
    ("X3", "R0", "township", {"pathway": "arrest"},
     [at("township", 4, status="advisory"), at("county", 15)]),
    ("X4 before", "R1", "city", {"pathway": "stroke", "current": "city"},
     [at("county", 10), at("city", 25)]),
    ("X4", "R0", "county", {"pathway": "stroke", "current": "city", "airway_lost": True},
     [at("county", 10), at("city", 25)]),
    ("X5", "R1", "city", {"pathway": "stemi"},
     [at("county", 12, ppci=False), {"id": "city", "t_pci_min": 110}]),
    ("X5 at 120", "R1", "city", {"pathway": "stemi"},
     [at("county", 12, ppci=False), {"id": "city", "t_pci_min": 120}]),
    ("X5 at 121", "R1", "county", {"pathway": "stemi"},
     [at("county", 12, ppci=False), {"id": "city", "t_pci_min": 121}]),
    ("X6", "R1", "county", {"pathway": "trauma red"}, [at("level-II", 50, **LEVEL_2), COUNTY]),
    ("X6 just", "R1", "county", {"pathway": "trauma"}, [at("level-II", 45.1, **LEVEL_2), COUNTY]),
    ("X7", "R1", "level-II", {"pathway": "trauma red"},
     [at("level-II", 40, **LEVEL_2), COUNTY]),
    ("X7 at the limit", "R1", "level-II", {"pathway": "trauma red"},
     [at("level-II", 45, **LEVEL_2), COUNTY]),
    ("X7 yellow", "R1", "county", {"pathway": "trauma yellow"},
     [at("level-II", 40, **LEVEL_2), COUNTY]),
    ("X8", "R2", "neighbour", {},
     [at("county", 8, status="advisory"), at("neighbour", 15, kind="hospital")]),
    ("X8 too far", "R2", "county", {"pathway": "general"},
     [at("county", 8, status="advisory"), at("neighbour", 21, kind="hospital")]),
    ("X9", "R2", "county", {"news2": 8}, [at("county", 12, eicu_free=0), at("city", 60)]),
    ("X10 stable", "R1", "city", {"pathway": "burn", "stable": True}, [COUNTY, at("city", 50)]),
    ("X10 unstable", "R1", "county", {"pathway": "burn", "stable": False},
     [COUNTY, at("city", 50)]),
    ("X10 unknown", "R1", "county", {"pathway": "burn"}, [COUNTY, at("city", 50)]),
    ("X11", "R1", "city", {"pathway": "co", "airway_safe": True}, [COUNTY, CITY]),
    ("X11 beyond the limit", "R1", "county", {"pathway": "co", "airway_safe": True},
     [COUNTY, at("city", 60.1)]),
    ("X11 airway unsafe", "R1", "county", {"pathway": "co", "airway_safe": False},
     [COUNTY, CITY]),
    ("X12", "R1", "county", {"pathway": "burn", "stable": True, "refuses": ["city"],
                             "competent": True}, [COUNTY, at("city", 50)]),
    ("X12 the centre as such", "R2", "county", {"pathway": "burn", "stable": True,
                                                "refuses_centre": True, "competent": True},
     [COUNTY, at("city", 50)]),
    ("X13", "R2", "two", {}, [at("one", 11, kind="county"),
                              at("two", 12, kind="county", lead=True)]),
    ("X13 no tie", "R2", "one", {}, [at("one", 11, kind="county"),
                                     at("two", 13, kind="county", lead=True)]),
    ("X14", "R2", "county", {"gps_lost": True, "current": "city"}, [COUNTY, CITY]),
    ("traumatic arrest, 5 min farther", "R0", "county", {"arrest": True, "traumatic": True},
     [TOWNSHIP, at("county", 9)]),
    ("traumatic arrest, more", "R0", "township", {"pathway": "traumatic_arrest"},
     [TOWNSHIP, at("county", 9.1)]),
    ("arrest at 20 weeks", "R0", "county", {"arrest": True, "pregnant": True, "weeks": 20},
     [TOWNSHIP, at("county", 9)]),
    ("arrest at 19 weeks and 6 days", "R0", "township",
     {"arrest": True, "pregnant": True, "weeks": 19.9}, [TOWNSHIP, at("county", 9)]),
    ("bleeding", "R0", "township", {"bleeding": True, "pathway": "trauma"},
     [TOWNSHIP, at("county", 15)]),
    ("R10: the drive is not known", "R1", "county", {"pathway": "stemi"},
     [at("county", 12, ppci=False), at("city", None)]),
]  # fmt: skip

ROWS += [
    (name, "R0", "township", {name: True}, [TOWNSHIP, COUNTY])
    for name in ("immediate", "arrest", "airway_lost", "bleeding")
]


@pytest.mark.parametrize(
    ("rule", "first", "patient", "facilities"), [row[1:] for row in ROWS], ids=[r[0] for r in ROWS]
)
def test_table(rule, first, patient, facilities):
    result = ask(**patient, facilities=facilities)
    assert (result["rule"], result["first"], result["first_passes"]) == (rule, first, True)
    swapped = ask(**patient, facilities=list(reversed(facilities)))
    assert swapped["first"] == first


def test_x2_says_why_the_nearer_one_is_out():
    result = ask(pathway="arrest", facilities=[at("township", 4, status="disaster"),
                                               at("county", 15)])  # fmt: skip
    assert result["excluded"] == [{"id": "township", "why": ["internal_disaster"]}]
    assert result["ranked"] == ["county"]
    assert result["decided_by"] == "only_one_passes"
    assert result["would_change"] == [
        "if_first_unavailable{facility_id=township}", "if_diversion_ended{facility_id=township}",
    ]  # fmt: skip


def test_x4_asks_the_crew_to_turn_and_x14_never_does():
    lost = {"pathway": "stroke", "current": "city", "airway_lost": True}
    places = [at("county", 10), at("city", 25)]
    assert ask(**lost, facilities=places)["switch"] is True
    stale = ask(**lost, position_stale=True, facilities=places)
    assert (stale["switch"], stale["flags"]) == (False, ["position_stale"])
    assert ask(facilities=places)["switch"] is False


def test_x9_flags_the_missing_bed_and_shows_the_city():
    result = ask(news2=7, facilities=[at("county", 12, eicu_free=0), at("city", 60, eicu_free=3)])
    assert result["flags"] == ["first_without_bed{kind=eicu}"]
    assert result["ranked"] == ["county", "city"]
    assert result["options"][0] == {
        "id": "county", "minutes": 12, "penalty_min": 5, "passes": True,
        "reasons": ["nearest_capable"], "costs": ["no_bed_free{kind=eicu,penalty_s=300}"],
    }  # fmt: skip
    assert result["options"][1]["reasons"] == ["beds_free{free=3,kind=eicu}"]
    below = ask(news2=6, facilities=[at("county", 12, eicu_free=0)])
    assert below["flags"] == []
    assert ask(wants_eicu=True, facilities=[at("county", 12, eicu_free=0)])["flags"] == [
        "first_without_bed{kind=eicu}"
    ]


def test_x12_a_refusal_without_capacity_does_not_count_and_doubt_is_told():
    case = {"pathway": "burn", "stable": True, "refuses": ["city"],
            "facilities": [COUNTY, at("city", 50)]}  # fmt: skip
    refused = ask(**case, competent=True)
    assert refused["flags"] == []
    assert refused["excluded"] == [{"id": "city", "why": ["patient_refuses"]}]
    assert refused["would_change"][-1] == "if_patient_agreed{facility_id=city}"
    doubt = ask(**case)
    assert (doubt["first"], doubt["flags"]) == ("county", ["confirm_capacity"])
    unable = ask(**case, competent=False)
    assert (unable["first"], unable["flags"]) == ("city", ["refusal_without_capacity"])


def test_x12_the_refused_centre_is_recorded():
    case = {"pathway": "burn", "stable": True, "refuses_centre": True, "facilities": [COUNTY]}
    assert ask(**case, competent=True)["flags"] == ["centre_refused{centre=burn}"]
    assert ask(**case)["flags"] == ["centre_refused{centre=burn}", "confirm_capacity"]
    unable = ask(**case, competent=False)
    assert (unable["rule"], unable["flags"]) == ("R1", ["refusal_without_capacity"])
    assert ask(**{**case, "refuses_centre": False})["flags"] == []


def test_what_is_unknown_is_told():
    burn = ask(pathway="burn", facilities=[COUNTY])
    assert burn["flags"] == ["stability_unknown"]
    assert ask(pathway="burn", stable=True, facilities=[COUNTY])["flags"] == []
    drive = ask(facilities=[at("county", None), at("city", 60)])
    assert (drive["first"], drive["flags"]) == ("city", ["travel_unknown"])
    assert drive["excluded"] == [{"id": "county", "why": ["travel_unknown"]}]
    nobody = ask(facilities=[at("county", None)])
    assert (nobody["first"], nobody["first_passes"], nobody["ranked"]) == (None, None, [])
    assert (nobody["decided_by"], nobody["reasons"]) == ("no_candidate", [])
    assert ask(facilities=[])["excluded"] == []


def test_one_no_to_stability_is_enough():
    places = [COUNTY, at("city", 50)]
    assert ask(pathway="burn", stable=True, airway_safe=False, facilities=places)["first"] == (
        "county"
    )
    assert ask(pathway="stroke", stable=False, facilities=[COUNTY, at("city", 25)])["first"] == (
        "county"
    )
    assert ask(pathway="stroke", may_bypass=False, facilities=[COUNTY, at("city", 25)])[
        "first"
    ] == ("county")
    assert ask(pathway="stroke", may_bypass=True, facilities=[COUNTY, at("city", 25)])["first"] == (
        "city"
    )


def test_a_transfer_leaves_out_the_sender_and_runs_the_clock():
    case = {"facilities": [at("township", 0), at("clinic", 3), COUNTY, CITY]}
    up = ask(**case, origin={"id": "township", "dido_min": 31})
    assert (up["first"], up["ranked"]) == ("county", ["county", "city"])
    assert up["flags"] == ["dido_alarm{elapsed_s=1860}"]
    assert up["excluded"] == [
        {"id": "township", "why": ["is_sender"]},
        {"id": "clinic",
         "why": ["lacks_capability{capability=ed_24h}", "lower_tier{facility_kind=clinic}"]},
    ]  # fmt: skip
    warned = ask(**case, origin={"id": "x", "kind": "township", "dido_min": 20})
    assert warned["flags"] == ["dido_warning{elapsed_s=1200}"]
    back = ask(**case, origin={"id": "city", "back_transfer": True})
    assert (back["first"], back["flags"]) == ("township", [])


def test_a_chosen_place_wants_a_reason_unless_it_is_the_advised_one():
    case = {"facilities": [COUNTY, CITY, at("clinic", 1)]}
    assert ask(**case)["override"] is None
    assert ask(**case, choose="county")["override"] == {
        "needed": False, "allowed": True, "reason": None,
    }  # fmt: skip
    assert ask(**case, choose="city")["override"] == {
        "needed": True, "allowed": False, "reason": None,
    }  # fmt: skip
    signed = ask(**case, choose="city", override_reason="patient_choice")["override"]
    assert signed == {
        "needed": True,
        "allowed": True,
        "reason": {
            "code": "patient_choice", "nemsis": "4220015", "zh": "患者本人选择",
            "en": "patient's choice",
        },
    }  # fmt: skip
    only = ask(facilities=[at("clinic", 1)], choose="clinic")["override"]
    assert only == {"needed": True, "allowed": False, "reason": None}


def test_what_a_facility_can_do_may_be_said_in_many_ways():
    for told in (
        {"kind": "hospital"}, {"capabilities": ["ED_24h"]}, {"capabilities": ["ed"]},
        {"ed_24h": True},
    ):  # fmt: skip
        assert ask(facilities=[at("x", 5, **told)])["first_passes"] is True
    for told in ({"kind": "clinic"}, {"ed_24h": False}, {"ed_24h": None, "kind": "county"},
                 {"kind": "county", "unavailable": ["ed_24h"]}, {"trauma_level": 1}):  # fmt: skip
        assert ask(facilities=[at("x", 5, **told)])["first_passes"] is False
    out = ask(facilities=[at("x", 5, kind="county", ed_24h=False)])
    assert out["excluded"] == [{"id": "x", "why": ["capability_out{capability=ed_24h}"]}]
    graded = ask(pathway="newborn", stable=True, facilities=[at("x", 5, kind="township",
                                                               nicu_level=2)])  # fmt: skip
    assert graded["ranked"] == ["x"]


def test_status_load_centres_and_limits_are_read():
    closed = ask(facilities=[at("county", 5, status="closed", reason="flood"), CITY])
    assert closed["excluded"] == [{"id": "county", "why": ["closed{reason=flood}"]}]
    hurt = ask(facilities=[at("county", 5, internal_disaster=True), CITY])
    assert hurt["excluded"] == [{"id": "county", "why": ["internal_disaster"]}]
    busy = ask(facilities=[at("county", 5, inbound=3, status="open")])
    assert busy["options"][0]["penalty_min"] == 3
    runs = ask(
        pathway="stemi",
        facilities=[at("a", 5, kind="county"), at("b", 9, kind="county", centres=["胸痛"])],
    )
    assert (runs["first"], runs["decided_by"]) == ("b", "runs_centre")
    assert "runs_centre{centre=chest_pain}" in runs["reasons"]
    resus = ask(pathway="stemi", facilities=[at("county", 5, resus_free=2)])
    assert "beds_free{free=2,kind=resus}" in resus["reasons"]
    far = {"pathway": "trauma", "facilities": [COUNTY, at("city", 50)]}
    assert ask(**far)["first"] == "county"
    assert ask(**far, limits={"trauma red": 50})["first"] == "city"
    assert ask(**far, limits={"stroke": 50})["first"] == "county"
    child = {"pathway": "child", "stable": True,
             "facilities": [at("county", 12, nicu_level="II"), at("city", 50)]}  # fmt: skip
    assert ask(**child)["first"] == "city"
    assert ask(**child, limits={"newborn": 40, "child": 49})["first"] == "county"


def test_the_policy_may_differ():
    busy = {"facilities": [at("county", 8, status="advisory"), at("x", 15, kind="hospital")]}
    assert ask(**busy)["first"] == "x"
    assert ask(**busy, policy={"advisory_penalty_s": 300})["first"] == "county"
    lab = {"pathway": "stemi", "facilities": [at("county", 12, ppci=False), at("city", 100)]}
    assert ask(**lab)["first"] == "city"
    assert ask(**lab, policy={"door_to_wire_s": 1201})["first"] == "county"
    assert ask(**lab, since_contact_min=1)["first"] == "county"


def test_t_pci_leaves_the_drive():
    places = [{"id": "city", "t_pci": 110}]
    assert ask(pathway="stemi", facilities=places)["options"][0]["minutes"] == 90
    later = ask(pathway="stemi", fmc_min=10.5, facilities=places)
    assert later["options"][0]["minutes"] == 79.5
    past = ask(pathway="stemi", facilities=[{"id": "city", "t_pci": 5}])
    assert past["options"][0]["minutes"] == 0


def test_wishes_and_capabilities_are_passed_on():
    pair = [at("a", 5, kind="county"), at("b", 6, kind="county")]
    assert ask(patient_choice="b", facilities=pair)["decided_by"] == "tie_patient_choice"
    assert ask(own_hospital="b", facilities=pair)["decided_by"] == "tie_own_hospital"
    able = [at("a", 5, kind="county"), at("b", 30, kind="city")]
    assert ask(requires=["burn"], facilities=able)["first"] == "b"
    odd = [at("a", 5, kind="township", tox=True), at("b", 6, kind="township", psych=True)]
    assert ask(facilities=odd)["first"] == "a"
    assert ask(prefers=["psych"], facilities=odd)["decided_by"] == "tie_preferred_capability"
    child = [at("a", 5, kind="county", nicu_level=3), at("b", 6, kind="county", picu=True,
                                                         nicu_level=3)]  # fmt: skip
    assert ask(pathway="burn", stable=True, age=13.9, facilities=child)["first"] == "b"
    assert ask(pathway="burn", stable=True, age=14, facilities=child)["first"] == "a"


def test_several_situations_are_one_patient():
    result = ask(pathways=["stroke", "trauma_yellow"], facilities=[at("township", 3), COUNTY])
    assert (result["rule"], result["ranked"]) == ("R1", ["county"])
    assert ask(pathways=["stemi", "arrest"], facilities=[TOWNSHIP])["rule"] == "R0"
    both = ask(pathway="trauma", pathways=["stroke"], facilities=[at("x", 3, lysis_stroke=True,
               ct_24h=True, ed_24h=True, resus=True)])  # fmt: skip
    assert "lacks_capability{capability=blood}" in both["excluded"][0]["why"]


BAD = [
    ({}, "missing_field", "facilities"),
    ({"facilities": 3}, "invalid_field", "facilities"),
    ({"facilities": [3]}, "invalid_field", "facilities[0]: a table is expected"),
    ({"facilities": [{}]}, "missing_field", "facilities[0].id is needed"),
    ({"facilities": [{"id": "x", "minutes": 3}]}, "missing_field", "facilities[0]: kind or"),
    ({"facilities": [at("county", -1)]}, "invalid_field", "facilities[0].minutes: expected"),
    ({"facilities": [at("county", 1, level=2)]}, "invalid_field", "facilities[0].level: not a"),
    ({"facilities": [at("county", 1, min=2)]}, "invalid_field", "facilities[0].minutes: given"),
    ({"facilities": [at("county", 1, t_pci=2)]}, "invalid_field", "facilities[0]: minutes or"),
    ({"facilities": [at("county", 1, ppci=3)]}, "invalid_field", "facilities[0]: a capability"),
    ({"facilities": [at("x", 1, kind="moon")]}, "invalid_field", "facilities[0].kind: expected"),
    ({"facilities": [at("x", 1, capabilities=["moon"])]}, "invalid_field",
     "facilities[0].capabilities.capability: expected"),
    ({"facilities": [at("county", 1, centres=["moon"])]}, "invalid_field",
     "facilities[0].centres.pathway: expected"),
    ({"facilities": [at("county", 1, unavailable=["moon"])]}, "invalid_field",
     "facilities[0].unavailable.capability"),
    ({"facilities": [COUNTY, COUNTY]}, "invalid_field", "facilities: 'county' stands twice"),
    ({"facilities": [at("county", None), COUNTY]}, "invalid_field", "'county' stands twice"),
    ({"facilities": [COUNTY], "pathway": "moon"}, "invalid_field", "pathway: expected one of"),
    ({"facilities": [COUNTY], "pathways": ["moon"]}, "invalid_field", "pathway: expected one of"),
    ({"facilities": [COUNTY], "requires": ["moon"]}, "invalid_field", "requires.capability"),
    ({"facilities": [COUNTY], "prefers": [3]}, "invalid_field", "prefers.capability"),
    ({"facilities": [COUNTY], "refuses": [3]}, "invalid_field", "id: expected"),
    ({"facilities": [COUNTY], "origin": {}}, "missing_field", "origin.id is needed"),
    ({"facilities": [COUNTY], "choose": "moon"}, "invalid_field", "choose: 'moon' is none"),
    ({"facilities": [], "choose": "county"}, "invalid_field", "choose: 'county' is none"),
    ({"facilities": [COUNTY], "choose": "county", "override_reason": "why not"},
     "invalid_field", "override_reason: expected one of closest, diversion"),
    ({"facilities": [COUNTY], "policy": {"moon": 3}}, "invalid_field", "policy: expected"),
    ({"facilities": [COUNTY], "policy": {"ladder": 3}}, "invalid_field", "policy: expected"),
    ({"facilities": [COUNTY], "policy": {"tie_s": -1}}, "invalid_field", "policy.tie_s.number"),
    ({"facilities": [COUNTY], "limits": {"moon": 3}}, "invalid_field", "limits.pathway"),
    ({"facilities": [COUNTY], "limits": {"trauma": 1.5}}, "invalid_field", "limits.trauma.limit"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "reason", "detail"), BAD)
def test_a_case_that_cannot_be_read_says_where(case, reason, detail):
    with pytest.raises(BadPayload) as error:
        ask(**case)
    assert error.value.reason == reason
    assert detail in error.value.detail
