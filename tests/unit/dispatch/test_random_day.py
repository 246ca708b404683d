"""Thousands of random commands from all roles: whatever they do, the invariants hold.

After every step the world alone keeps its invariants, every screen that was told only what the fold
touched equals a fresh one (5), and nobody holds what is not theirs; at the end the log, through its
JSON, folds to the same world byte for byte (6). A refused command changes nothing.
"""

import msgspec
import pytest

from dispatch.domain import events as e
from dispatch.domain.deadlines import SYSTEM, due
from dispatch.domain.fold import apply
from dispatch.domain.invariants import broken
from dispatch.domain.world import World
from dispatch.errors import Refused
from tests.support.desk import Desk
from tests.support.random_day import RandomDay
from tests.support.screens import Screens

STEPS = 400
_bytes = msgspec.json.Encoder(order="deterministic").encode
_envelope = msgspec.json.Decoder(e.Envelope)


NEGLECT = "2:"  # these dispatchers press keys at random and leave patients waiting


def again(log: list[e.Envelope]) -> World:
    """The world of a log that went through its JSON."""
    world, _ = apply(World(), [_envelope.decode(msgspec.json.encode(one)) for one in log])
    return world


def step(desk: Desk, day: RandomDay, screens: Screens) -> bool:
    """One random command; tells whether it was accepted."""
    command, actor = day.next()
    before, length = desk.world, len(desk.log)
    try:
        desk.take(command, actor)
    except Refused:
        assert desk.world is before
        assert len(desk.log) == length
        return False
    screens.follow()
    return True


def deadlines(desk: Desk, screens: Screens) -> None:
    """Take what is due until nothing is; each command takes effect once and is refused after."""
    while commands := list(due(desk.world, desk.now)):
        for command in commands:
            desk.take(command, SYSTEM)
            screens.follow()
            with pytest.raises(Refused) as refusal:
                desk.take(command, SYSTEM)
            assert refusal.value.code == "not_due"


@pytest.mark.parametrize("run", range(5))
def test_a_random_day_breaks_nothing(seed: int, run: int) -> None:
    desk = Desk()
    day, screens = RandomDay(desk, seed + run), Screens(desk)
    accepted = 0
    for _ in range(STEPS):
        accepted += step(desk, day, screens)
        desk.wait(day.pause_s())
        deadlines(desk, screens)
        found = broken(desk.world, desk.now)
        assert [one for one in found if not one.startswith(NEGLECT)] == []
        assert screens.wrong() == []
    assert accepted > STEPS / 5, "the day was too idle to prove anything"
    assert _bytes(again(desk.log)) == _bytes(desk.world)
    assert [one.seq for one in desk.log] == list(range(1, len(desk.log) + 1))


def test_a_snapshot_and_its_tail_fold_to_the_same_world(seed: int) -> None:
    desk = Desk()
    day, screens = RandomDay(desk, seed), Screens(desk)
    for _ in range(STEPS):
        step(desk, day, screens)
        desk.wait(day.pause_s())
    middle = len(desk.log) // 2
    world, _ = apply(World(), desk.log[:middle])
    restored = msgspec.json.decode(msgspec.json.encode(world), type=World)
    whole, _ = apply(restored, desk.log[middle:])
    assert _bytes(whole) == _bytes(desk.world)
