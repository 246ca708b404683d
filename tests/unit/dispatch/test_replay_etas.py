"""The ETAs of a replay: what the live plane said at the time, thinned, and nothing else."""

from datetime import datetime, timedelta
from itertools import groupby

from dispatch.domain import commands as c
from dispatch.domain.world import World
from dispatch.http.replay_etas import EtaThen, aims_of, etas_of
from dispatch.http.samples import columns
from dispatch.ids import DeviceId, PatientId, UnitId
from dispatch.limits import REPLAY_ETA_EVERY_S
from dispatch.live.journeys import Journeys
from dispatch.live.plane import LivePlane
from maps.travel import StraightLineTravel
from telemetry.contract import Source
from telemetry.ports import Doubt, LivePosition
from telemetry.rows import FixRow, Stamp, VitalRow
from tests.support.desk import SCENE, START, Desk, crew

N01 = UnitId("N01")
TRAVEL = Journeys(StraightLineTravel(detour_factor=1.3, speed_kmh=60.0))


def stamp(true_at: datetime, late_s: float = 0) -> Stamp:
    return Stamp(
        device_id=DeviceId("N01-gps"),
        boot_id="b1",
        seq=int(true_at.timestamp()),
        unit_id=N01,
        observed_at=true_at,
        received_at=true_at + timedelta(seconds=late_s),
        true_at=true_at,
        skew_ms=0,
        is_late=late_s > 0,
    )


def fix(true_at: datetime, late_s: float = 0, doubtful: Doubt | None = None) -> FixRow:
    """A unit that goes east on the scene's latitude, about 10 m a second."""
    lon = 112.30 + 0.0001 * (true_at - START).total_seconds()
    return FixRow(
        stamp=stamp(true_at, late_s),
        lon=lon,
        lat=SCENE.lat,
        sent_lon=lon,
        sent_lat=SCENE.lat,
        datum="WGS84",
        speed_kmh=35.0,
        heading_deg=90.0,
        accuracy_m=5.0,
        doubtful=doubtful,
    )


def carried() -> tuple[Desk, str]:
    """A job to the scene, to H1, and over; half a minute passes between the parts."""
    desk = Desk()
    desk.wait(30)
    incident_id = desk.incident()
    assignment_id = desk.send(incident_id, "N01")
    desk.wait(30)
    desk.drive(assignment_id, "en_route", "on_scene", "at_patient")
    desk.wait(30)
    fields = {"patient_id": f"{incident_id}.P1", "facility_id": "H1"}
    desk.tell(c.ChooseDestination, crew("N01"), **fields)
    desk.wait(30)
    desk.drive(assignment_id, "transporting", "at_destination")
    return desk, incident_id


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def test_a_replay_says_what_the_live_plane_said() -> None:
    desk, incident_id = carried()
    fixes = [fix(at(second)) for second in range(140)]
    aims = aims_of(World(), desk.log, incident_id, [N01])[N01]
    rows = etas_of(TRAVEL, aims, fixes)
    assert [row.target for row in aims_rows(rows)] == ["scene", None, "hospital", None]
    said = live(desk, fixes)
    for row in rows:
        assert (row.target, row.target_id, row.arrive_at, row.fix_at) == said[row.at], row
    assert len(rows) <= 140 / REPLAY_ETA_EVERY_S + 6


def aims_rows(rows: list[EtaThen]) -> list[EtaThen]:
    """The first row of each target."""
    return [next(same) for _, same in groupby(rows, key=_aim)]


def _aim(row: EtaThen) -> tuple[str | None, str | None]:
    return row.target, row.target_id


def live(desk: Desk, fixes: list[FixRow]) -> dict[datetime, tuple[object, ...]]:
    """Every second of the live plane with the same log and fixes: what it said of the unit."""
    from dispatch.domain.fold import apply

    plane, world = LivePlane(TRAVEL), World()
    said: dict[datetime, tuple[object, ...]] = {}
    for row in fixes:
        now = row.stamp.received_at
        world, _ = apply(world, [e for e in desk.log if world.seq < e.seq and e.recorded_at <= now])
        plane.take(world, position(row), now)
        eta = plane.etas.get("N01")
        nothing = (None, None, None, None)
        said[now] = (eta.target, eta.target_id, eta.arrive_at, eta.from_fix_at) if eta else nothing
    return said


def position(row: FixRow) -> LivePosition:
    return LivePosition(
        unit_id=N01,
        lon=row.lon,
        lat=row.lat,
        heading_deg=row.heading_deg,
        speed_kmh=row.speed_kmh,
        accuracy_m=row.accuracy_m,
        at=row.stamp.true_at,
        observed_at=row.stamp.observed_at,
        received_at=row.stamp.received_at,
        doubtful=None,
    )


def test_stored_fixes_count_from_their_arrival_and_doubtful_ones_never() -> None:
    desk, incident_id = carried()
    aims = aims_of(World(), desk.log, incident_id, [N01])[N01]
    stored = [fix(at(second), late_s=55 - second) for second in range(41, 50)]
    doubted = [fix(at(52), doubtful="jump")]
    rows = etas_of(TRAVEL, aims, [fix(at(40)), *stored, *doubted])
    scene = [(row.at, row.fix_at) for row in rows if row.target == "scene"]
    assert scene == [(at(40), at(40)), (at(55), at(49))]


def test_work_for_another_incident_is_left_out() -> None:
    desk, incident_id = carried()
    other = desk.incident()
    desk.send(other, "N02")
    desk.wait(10)
    aims = aims_of(World(), desk.log, incident_id, [N01, UnitId("N02")])
    assert aims[UnitId("N02")] == []
    assert {aim.target.target_id for aim in aims[N01] if aim.target} == {incident_id, "H1"}


def sample(second: int, source: Source, recording: str | None) -> VitalRow:
    return VitalRow(
        stamp=stamp(at(second)),
        patient_id=PatientId("I-1.P1"),
        numerics={},
        acvpu=None,
        on_oxygen=None,
        oxygen_litres_per_min=None,
        source=source,
        recording=recording,
    )


def test_samples_say_where_the_newest_came_from() -> None:
    rows = [sample(0, "generator", None), sample(1, "recording", "s00001")]
    found = columns("I-1.P1", rows)
    assert (found["source"], found["recording"]) == ("recording", "s00001")
    assert columns("I-1.P1", [])["source"] is None
