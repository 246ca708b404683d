"""Live waveforms to screens: a ring, a box for each viewer, and only to those who watch and may."""

import random
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from dispatch.domain.views import CONSOLE, Audience
from dispatch.ids import PatientId, UnitId
from dispatch.limits import WAVE_FRAME_BYTES, WAVES_WAITING_MAX
from dispatch.live.hub import Connection, Hub
from dispatch.live.journeys import Journeys
from dispatch.live.outbox import Outbox
from dispatch.live.plane import LivePlane
from dispatch.live.waves import Ring, WaveBox, encoded
from dispatch.log.follower import Follower
from dispatch.log.identity import IdentityStore
from maps.travel import StraightLineTravel
from telemetry.contract import Channel
from telemetry.ports import LiveWaveform
from tests.support.desk import DISPATCHER, START, Desk, crew, staff

II: frozenset[Channel] = frozenset({"ecg_ii"})


def block(
    second: float, channel: Channel = "ecg_ii", patient_id: str = "I-1.P1", size: int = 4
) -> LiveWaveform:
    at = START + timedelta(seconds=second)
    return LiveWaveform(
        unit_id=UnitId("N01"),
        patient_id=PatientId(patient_id),
        channel=channel,
        at=at,
        observed_at=at,
        hz=250.0,
        unit="uV",
        per_lsb=2.5,
        zero=0.0,
        samples=int(second * 10).to_bytes(size, "little", signed=True),
        source="device",
    )


def samples_of(blocks: list[bytes]) -> list[bytes]:
    return [msgspec.json.decode(one, type=LiveWaveform).samples for one in blocks]


def test_a_ring_holds_ten_seconds_and_never_more_blocks_than_its_limit() -> None:
    ring = Ring()
    for second in range(100):
        ring.put(block(second))
    held = ring.since(START)
    assert [one.at for one in held] == [START + timedelta(seconds=s) for s in range(90, 100)]
    assert ring.since(START + timedelta(seconds=98)) == held[-2:]
    for number in range(1000):
        ring.put(block(200 + number / 1000))
    assert len(ring.since(START)) == 40


def test_a_slow_viewer_loses_the_oldest_and_each_channel_has_its_turn() -> None:
    box = WaveBox()
    channels: tuple[Channel, ...] = ("ecg_ii", "pleth")
    assert box.watch("N01", frozenset(channels))
    for second in range(50):
        for channel in channels:
            one = block(second, channel, size=600)
            assert box.wants(one)
            box.put(one, encoded(one))
    assert not box.wants(block(0, "co2"))
    taken: list[bytes] = []
    while frame := box.take():
        assert sum(map(len, frame)) < WAVE_FRAME_BYTES + 2000
        taken += frame
    assert box.is_empty
    kept = [msgspec.json.decode(one, type=LiveWaveform) for one in taken]
    for channel in channels:
        own = [one.at for one in kept if one.channel == channel]
        last = range(50 - WAVES_WAITING_MAX, 50)
        assert own == [START + timedelta(seconds=second) for second in last]


def test_a_page_watches_so_many_units_and_ends_with_no_channel(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("dispatch.live.waves.WATCHED_UNITS_MAX", 2)
    box = WaveBox()
    assert [box.watch(unit, II) for unit in ("N01", "N02", "N02", "N03")] == [
        True, True, True, False,
    ]  # fmt: skip
    box.put(block(1), encoded(block(1)))
    assert box.watch("N01", frozenset())
    assert box.is_empty
    assert box.watch("N03", II)


def test_documents_go_first_and_waveforms_wait_without_being_lost(seed: int) -> None:
    outbox = Outbox()
    outbox.waves.watch("N01", II)
    outbox.wave(block(1), encoded(block(1)))
    keys = [("unit", f"N{number}") for number in range(900)]
    random.Random(seed).shuffle(keys)
    for key in keys:
        outbox.put(key, b"{}")
    frames = 0
    while not (waves := outbox.take_waves()):
        outbox.take()
        frames += 1
    assert frames == 3
    assert samples_of(waves) == [block(1).samples]


class Boards:
    """A hub over a desk's world, and viewers of each kind."""

    def __init__(self) -> None:
        self.desk = Desk()
        _, self.patient_id, _ = self.desk.announced()
        follower = Follower(None, None, IdentityStore(bytes(32)))  # type: ignore[arg-type]
        follower.world = self.desk.world
        travel = Journeys(
            StraightLineTravel(detour_factor=1.3, speed_kmh=40), None, ZoneInfo("Asia/Shanghai")
        )
        self.hub = Hub(follower, LivePlane(travel), lambda: self.desk.now)
        self.viewers = {
            "desk": self._join(DISPATCHER, CONSOLE),
            "crew": self._join(crew("N01"), Audience(kind="unit", scope="N01")),
            "other crew": self._join(crew("N02"), Audience(kind="unit", scope="N02")),
            "H1": self._join(staff("H1"), Audience(kind="facility", scope="H1")),
            "H2": self._join(staff("H2"), Audience(kind="facility", scope="H2")),
        }

    def _join(self, actor: Any, audience: Audience) -> Connection:
        connection, _ = self.hub.join(actor, audience, b"session")
        return connection

    def waiting(self) -> dict[str, int]:
        found = {name: len(one.outbox.waves.take()) for name, one in self.viewers.items()}
        return {name: count for name, count in found.items() if count}


def seconds_into(boards: Boards, second: float) -> LiveWaveform:
    ago = (boards.desk.now - START).total_seconds()
    return block(ago + second, patient_id=boards.patient_id)


def test_only_who_watches_and_may_see_the_feed_hears_a_block() -> None:
    boards = Boards()
    boards.hub.on_live(seconds_into(boards, -1))
    assert boards.waiting() == {}
    for viewer in boards.viewers.values():
        assert boards.hub.watch(viewer, "N01", II)
    assert boards.waiting() == {"desk": 1, "crew": 1, "H1": 1}  # the second before the question
    boards.hub.on_live(seconds_into(boards, 0))
    boards.hub.on_live(msgspec.structs.replace(seconds_into(boards, 0), channel="pleth"))
    assert boards.waiting() == {"desk": 1, "crew": 1, "H1": 1}
    stranger = msgspec.structs.replace(seconds_into(boards, 1), patient_id=PatientId("I-0.P1"))
    boards.hub.on_live(stranger)  # another patient in the same unit is not the hospital's
    assert boards.waiting() == {"desk": 1, "crew": 1}
    boards.hub.on_live(msgspec.structs.replace(stranger, unit_id=UnitId("nobody's")))
    assert boards.waiting() == {}


def test_a_viewer_who_left_or_looks_away_is_told_nothing() -> None:
    boards = Boards()
    for name in ("desk", "crew"):
        boards.hub.watch(boards.viewers[name], "N01", II)
    boards.hub.watch(boards.viewers["desk"], "N01", frozenset())
    boards.hub.leave(boards.viewers["crew"])
    boards.hub.on_live(seconds_into(boards, 0))
    assert boards.waiting() == {}
