"""Each bound of the core is turned down and overflowed: what is promised at the edge is so."""

import asyncio

import msgspec
import pytest

from dispatch.domain import commands as c
from dispatch.domain.fold import apply
from dispatch.domain.world import World
from dispatch.errors import Unavailable
from dispatch.live.hub import Hub
from dispatch.live.journeys import Journeys
from dispatch.live.outbox import Outbox, frame
from dispatch.live.plane import LivePlane
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from dispatch.recorder import Recorder
from maps.travel import StraightLineTravel
from tests.support.desk import DISPATCHER, START, Desk, staff
from tests.support.screens import Screens


def follower() -> Follower:
    """A follower of nothing: no test here reaches its log."""
    return Follower(None, None, IdentityStore(bytes(32)))  # type: ignore[arg-type]


def test_a_long_timeline_keeps_its_newest_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.domain.fold.TIMELINE_ENTRIES_MAX", 5)
    desk = Desk()
    incident_id = desk.incident()
    for number in range(12):
        fields = {"incident_id": incident_id, "priority": "P1", "centres": (), "reason": "x"}
        desk.tell(c.ReprioritiseIncident, DISPATCHER, **fields)
        assert len(desk.world.incidents[incident_id].timeline) == min(number + 3, 5)
    newest = [item.seq for item in desk.world.incidents[incident_id].timeline]
    assert newest == list(range(desk.world.seq - 4, desk.world.seq + 1))


def closed(desk: Desk) -> None:
    """One patient from the call to a bed, its incident closed, with an alarm taken note of."""
    assignment_id, patient_id, _ = desk.announced("N01", "H1")
    free = next(bed for bed in ("H1.R1", "H1.R2") if desk.world.beds[bed].state == "free")
    bed = {"patient_id": patient_id, "facility_id": "H1", "bed_id": free}
    desk.tell(c.HoldBed, staff("H1"), **bed)
    desk.drive(assignment_id, "transporting", "at_destination")
    desk.tell(c.OfferHandover, c.Actor(role="crew", unit_id="N01"), patient_id=patient_id)
    desk.tell(c.AcceptHandover, staff("H1"), patient_id=patient_id)
    desk.drive(assignment_id, "cleared")
    incident_id = patient_id.rpartition(".")[0]
    desk.tell(c.CloseIncident, DISPATCHER, incident_id=incident_id, outcome="completed")


def test_closed_incidents_go_with_all_that_was_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.domain.folding.incidents.CLOSED_INCIDENTS_KEPT_MAX", 1)
    desk = Desk()
    closed(desk)
    screens = Screens(desk)
    length = len(desk.log)
    closed(desk)
    world, touched = apply(World(), desk.log[:length])
    desk.world, desk.touched = apply(world, desk.log[length:])
    screens.follow()
    assert screens.wrong() == []
    assert list(desk.world.incidents) == ["I-1002"]
    for table in ("patients", "assignments", "prealerts", "holds"):
        keys = list(getattr(desk.world, table))
        assert keys, table
        assert all(key.startswith("I-1002") for key in keys), table
    assert touched


def test_notes_of_alarms_end_with_their_incident(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.domain.folding.incidents.CLOSED_INCIDENTS_KEPT_MAX", 0)
    desk = Desk()
    _, patient_id = desk.attended("N01")
    whom = {"unit_id": "N01", "patient_id": patient_id}
    ingest = c.Actor(role="ingest")
    desk.tell(c.ReportFeedLost, ingest, last_sample_at=desk.now, **whom)
    desk.tell(c.AcknowledgeAlarm, DISPATCHER, alarm_id=f"feed_lost:{patient_id}")
    desk.drive(f"{patient_id.rpartition('.')[0]}.A1", "cleared")
    assert desk.world.alarm_notes
    incident_id = patient_id.rpartition(".")[0]
    desk.tell(c.CloseIncident, DISPATCHER, incident_id=incident_id, outcome="completed")
    assert (desk.world.alarm_notes, desk.world.incidents) == ({}, {})


def test_ended_calls_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.domain.folding.incidents.ENDED_CALLS_KEPT_MAX", 2)
    desk = Desk()
    screens = Screens(desk)
    for _ in range(5):
        made = desk.tell(c.ReceiveCall, DISPATCHER, caller=c.Person(phone="139"))
        screens.follow()
        call_id = made[0].event.call_id  # type: ignore[union-attr]
        desk.tell(c.EndCall, DISPATCHER, call_id=call_id)
        screens.follow()
    assert screens.wrong() == []
    assert list(desk.world.calls) == ["C-1004", "C-1005"]


async def test_a_full_recorder_says_so_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.recorder.RECORDER_QUEUE_MAX", 2)
    monkeypatch.setattr("dispatch.recorder.SUBMIT_TIMEOUT_S", 0.01)
    recorder = Recorder(follower(), lambda _: None)

    async def submit(number: int) -> str:
        command = c.EndCall(command_id=f"command-{number}", call_id="C-1")  # type: ignore[arg-type]
        with pytest.raises(Unavailable) as trouble:
            await recorder.submit(command, DISPATCHER)
        return trouble.value.detail

    details = await asyncio.gather(*(submit(number) for number in range(3)))
    assert ["unknown" in one for one in details] == [True, True, False]
    assert "try again" in details[2]
    assert recorder.waiting == 2


async def test_an_outbox_pages_its_frames_and_newest_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.live.outbox.DOCS_PER_FRAME_MAX", 3)
    outbox = Outbox()
    for number in range(7):
        outbox.put(("unit", str(number)), b'{"old":1}')
    for number in range(7):
        outbox.put(("unit", str(number)), f'{{"new":{number}}}'.encode())
    outbox.gone(("unit", "6"))
    pages = []
    while await outbox.wait(0):
        documents, keys, gone = outbox.take()
        pages.append((len(documents), len(gone)))
        text = frame("docs", 1, START, documents, gone)
        assert msgspec.json.decode(text)["t"] == "docs"
        assert b"old" not in text
        assert len(keys) == len(documents)
    assert pages == [(3, 0), (3, 0), (0, 1)]


def test_a_full_house_refuses_the_next_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.live.hub.SOCKETS_MAX", 1)
    plane = LivePlane(Journeys(StraightLineTravel(detour_factor=1.3, speed_kmh=60.0)))
    hub = Hub(follower(), plane)
    from dispatch.domain.views import CONSOLE

    connection, _ = hub.join(DISPATCHER, CONSOLE, b"1")
    with pytest.raises(Unavailable, match="too many screens"):
        hub.join(DISPATCHER, CONSOLE, b"2")
    hub.leave(connection)
    hub.join(DISPATCHER, CONSOLE, b"3")
    assert list(hub.held) == [CONSOLE]
