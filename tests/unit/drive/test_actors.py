"""What played people decide and when: planning, chores, motion, payloads, the cast, screens."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.drive import ambulance, county, crew, dispatcher, generator, hospital, scenarios
from deploy.drive.chance import chance
from deploy.drive.chores import Chores
from deploy.drive.client import Login, Session
from deploy.drive.motion import Trip, apparent_speed_kmh, drive_s, whereabouts
from deploy.drive.planning import announced, first_destination, next_act, unit_to_send
from deploy.drive.screen import Screen
from deploy.drive.series import Recording
from deploy.drive.signals import Picture, Reading
from deploy.drive.stage import Habits, Stage
from dispatch.ids import CountyId
from maps.coordinates import Wgs84
from maps.distance import haversine_m
from telemetry.decode import decode, read_topic

COUNTIES = Path(__file__).parents[3] / "deploy" / "counties"
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
HABITS = Habits(
    seed=7,
    speed=4.0,
    recording_speed=4.0,
    interval_s=90.0,
    ack_rate=0.9,
    is_manual=False,
    is_one_incident=False,
    has_dropouts=True,
    units=frozenset(),
)


def job(state: str, **patient: Any) -> dict[str, Any]:
    fields = {
        "patient_id": "I-1.P1",
        "unit_id": "N01",
        "state": "attended",
        "acvpu": None,
        "facility_id": None,
        "prealert_id": None,
        "handover": "none",
    }
    return {"assignment": {"state": state}, "patients": [fields | patient]}


NO_PAST = announced([])
READY = {"acvpu": "A", "facility_id": "H1", "prealert_id": "I-1.P1.A1"}


@pytest.mark.parametrize(
    ("given", "what", "step"),
    [
        (job("notified"), "acknowledge", ""),
        (job("acknowledged"), "advance", "en_route"),
        (job("en_route"), "drive_to_scene", "on_scene"),
        (job("on_scene"), "advance", "at_patient"),
        (job("at_patient"), "assess", ""),
        (job("at_patient", acvpu="A"), "choose", ""),
        (job("at_patient", acvpu="A", facility_id="H1"), "announce", ""),
        (job("at_patient", **READY), "advance", "transporting"),
        (job("transporting", **READY), "drive_to_hospital", "at_destination"),
        (job("at_destination", **READY), "offer", ""),
        (job("at_destination", **READY, handover="offered") | {}, "wait", ""),
        (job("at_destination", **READY, handover="accepted"), "advance", "cleared"),
        (job("at_patient", unit_id="N09"), "advance", "cleared"),
        (job("cleared"), "wait", ""),
    ],
)
def test_each_state_has_its_next_act(given: dict[str, Any], what: str, step: str) -> None:
    act = next_act(given, "N01", NO_PAST)
    assert (act.what, act.step) == (what, step)


def test_a_rejected_prealert_means_another_hospital() -> None:
    past = announced(
        [{"id": "I-1.P1.A1", "patient_id": "I-1.P1", "facility_id": "H1", "state": "rejected"}]
    )
    assert next_act(job("transporting", **READY), "N01", past).what == "choose"
    chosen = READY | {"facility_id": "H2"}
    assert next_act(job("transporting", **chosen), "N01", past).what == "announce"


def test_destination_and_unit_are_the_first_that_fit() -> None:
    advice = {
        "options": [
            {"facility_id": "H1", "passes": True},
            {"facility_id": "H4", "passes": False},
            {"facility_id": "H2", "passes": True},
        ]
    }
    assert first_destination(advice, ()) == "H1"
    assert first_destination(advice, {"H1"}) == "H2"
    assert first_destination(advice, {"H1", "H2"}) is None
    units = {
        "options": [
            {"unit_id": "N09", "is_capable": False},
            {"unit_id": "N01", "is_capable": True},
            {"unit_id": "N02", "is_capable": True},
        ]
    }
    assert unit_to_send({"options": units["options"][1:]}, ()) == ("N01", "")
    unit_id, reason = unit_to_send(units, {"N02"}) or ("", "")
    assert unit_id == "N02" and reason
    assert unit_to_send(units, {"N14"}) is None


def test_a_chore_waits_its_time_then_pauses_and_repeats_by_seed() -> None:
    now = [100.0]
    chores = Chores(7, "crew-N01", lambda: now[0])
    assert not chores.ready("x", after_s=(5.0, 10.0))
    now[0] += 10.0
    assert chores.ready("x", after_s=(5.0, 10.0))
    assert not chores.ready("x", after_s=(5.0, 10.0))
    now[0] += 10.0
    assert chores.ready("x", after_s=(5.0, 10.0))
    again = Chores(7, "crew-N01", lambda: 0.0)
    assert chores.chosen("p", share=0.5) == again.chosen("p", share=0.5)
    taken = sum(chores.chosen(str(n), share=0.9) for n in range(1000))
    assert 860 < taken < 940


def test_chores_forget_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("deploy.drive.limits.CHORES_MAX", 3)
    now = [0.0]
    chores = Chores(1, "x", lambda: now[0])
    for n in range(4):
        chores.ready(str(n), after_s=(0.0, 0.0))
    assert chores.ready("0", after_s=(0.0, 0.0))  # forgotten, so it is new again


def test_motion_arrives_and_never_looks_faster_than_the_server_believes() -> None:
    origin, target = Wgs84(lon=112.4, lat=29.36), Wgs84(lon=112.5, lat=29.36)
    speed = apparent_speed_kmh(20.0)
    assert speed == 150.0
    trip = Trip(origin=origin, target=target, started_at_s=50.0, speed_kmh=speed)
    assert whereabouts(trip, 50.0).place == origin
    before, after = whereabouts(trip, 60.0), whereabouts(trip, 61.0)
    assert haversine_m(before.place, after.place) == pytest.approx(150 / 3.6, rel=0.01)
    assert before.heading_deg == pytest.approx(90, abs=0.2)
    end = whereabouts(trip, 50.0 + drive_s(origin, target, speed))
    assert end.has_arrived and end.place == target and end.speed_kmh == 0


def test_payloads_are_what_the_server_decodes() -> None:
    picture = Picture(
        readings={
            "heart_rate": Reading(value=72.0),
            "spo2": Reading(value=None, quality="probe_off"),
            "nibp_systolic": Reading(value=120.0),
        },
        acvpu="A",
        cuff_age_s=30.0,
    )
    body = ambulance.vitals_body(picture, {"source": "generator"}, NOW, True)
    trip = Trip(
        origin=Wgs84(lon=112.4, lat=29.3),
        target=Wgs84(lon=112.5, lat=29.3),
        started_at_s=0.0,
        speed_kmh=90.0,
    )
    fix = ambulance.fix_body(whereabouts(trip, 10.0))
    for kind, one in (("vitals", body), ("position", fix)):
        envelope = {"v": 1, "boot_id": "0123456789abcdef", "seq": 1, "observed_at": NOW}
        topic = read_topic(f"greenlane/nanxian/N01/NX01-MON/{kind}", CountyId("nanxian"))
        assert decode(topic, msgspec.json.encode(envelope | one)).seq == 1
    assert body["oxygen"] == {"on": True, "litres_per_min": 5.0}
    recorded = ambulance.vitals_body(picture, {"source": "recording"}, NOW, True)
    assert "oxygen" not in recorded  # a recording does not say, so its monitor does not either


def test_the_generator_is_plausible_labelled_and_repeatable() -> None:
    for scenario in scenarios.SCENARIOS:
        one = generator.Generated(scenario.base, chance(3, scenario.name), pace=4.0)
        two = generator.Generated(scenario.base, chance(3, scenario.name), pace=4.0)
        pictures = [one.at(float(s)) for s in range(300)]
        assert pictures == [two.at(float(s)) for s in range(300)]
        rates = [p.readings["heart_rate"].value or 0.0 for p in pictures]
        assert max(abs(b - a) for a, b in pairwise(rates)) < 12
        assert all(abs(rate - scenario.base.heart_rate) < 40 for rate in rates)
        cuffs = [p for p in pictures if "nibp_systolic" in p.readings]
        assert cuffs and one.labels == {"source": "generator"}
        assert all(p.cuff_age_s is not None and p.cuff_age_s * 4 <= 184 for p in cuffs)


@pytest.mark.parametrize("name", ["nanxian", "mingxi"])
def test_both_counties_can_be_played(name: str) -> None:
    loaded = county.load(COUNTIES / name)
    assert loaded.county_id == name
    assert all(one.monitor_id and one.gps_id for one in loaded.vehicles)
    spot = county.where_somebody_calls(loaded, chance(1, "callers"))
    assert loaded.nearest_spot(spot.place).place == spot.place
    with pytest.raises(county.CountyFolderError, match="stations"):
        county.load(COUNTIES)


def test_the_cast_is_the_same_each_time_and_children_are_never_recordings() -> None:
    loaded = county.load(COUNTIES / "nanxian")
    recording = Recording(
        name="r",
        age_years=60,
        sex="female",
        duration_s=60.0,
        hold_s=60.0,
        is_sampled=True,
        series={},
    )
    stage = Stage(loaded, HABITS, (recording,))
    chest = stage.cast("I-1", "胸痛伴大汗", ["chest_pain"])
    assert (chest.age_years, chest.sex, chest.recording) == (60, "female", recording)
    assert chest == stage.cast("I-1", "胸痛伴大汗", ["chest_pain"])
    child = stage.cast("I-2", "幼儿高热抽搐", [])
    assert child.recording is None and child.age_years <= 5
    assert stage.patient("I-2.P1", child).labels == {"source": "generator"}
    assert stage.cast("I-3", "words of a human", ["stroke"]).scenario.name == "stroke"
    assert crew.findings("I-1.P1", chest)["acvpu"] == "A"


def test_stories_follow_the_call_and_the_county() -> None:
    told = [dispatcher.story(7, f"C-{n}", is_one_incident=False) for n in range(300)]
    assert {one.name for one in told} == {one.name for one in scenarios.SCENARIOS}
    assert dispatcher.story(7, "C-9", is_one_incident=True) is scenarios.CHEST_PAIN
    chest = scenarios.CHEST_PAIN
    assert scenarios.centres_for(chest, ["chest_pain", "stroke"]) == ["chest_pain"]
    assert scenarios.centres_for(chest, ["stroke"]) == []


def test_beds_go_round() -> None:
    beds = [
        {"bed_id": "E1", "bed_kind": "eicu", "state": "free"},
        {"bed_id": "R1", "bed_kind": "resus", "state": "held"},
        {"bed_id": "R2", "bed_kind": "resus", "state": "free"},
    ]
    assert hospital.free_bed({"beds": beds}) == "R2"
    assert hospital.free_bed({"beds": beds[:2]}) is None
    assert hospital.free_bed(None) is None
    turns = [hospital.next_bed_state(s) for s in ("occupied", "cleaning", "free", "held")]
    assert [turn and turn[0] for turn in turns] == ["cleaning", "free", None, None]


async def test_a_screen_holds_the_newest_documents() -> None:
    session = Session("http://127.0.0.1:1", Login(login="x", password="x"), chance(1, "s"))
    screen = Screen(session, chance(1, "x"))
    screen.take(
        {
            "t": "snapshot",
            "docs": [{"kind": "unit", "id": "N02"}, {"kind": "unit", "id": "N01", "n": 1}],
        }
    )
    assert screen.has_snapshot.is_set()
    await screen.look()
    screen.take({"t": "docs", "docs": [{"kind": "unit", "id": "N01", "n": 2}], "gone": []})
    assert screen.get("unit", "N01") == {"kind": "unit", "id": "N01", "n": 2}
    screen.take({"t": "docs", "docs": [], "gone": [["unit", "N01"]]})
    assert [one["id"] for one in screen.of_kind("unit")] == ["N02"]
    screen.take({"t": "beat", "seq": 1})
    assert not await screen.tell_displayed(["A"])
    screen.take({"t": "snapshot", "docs": []})
    assert screen.docs == {}
    await session.close()
