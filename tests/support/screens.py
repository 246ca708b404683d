"""What every viewer holds: rendered afresh, and kept up to date from what a fold touched.

The hub does the second with sockets behind it; here the two are compared without any (invariant 5).
"""

import msgspec

from dispatch.domain.views import CONSOLE, Audience, Key, all_keys, render, touched_keys
from dispatch.domain.world import World
from tests.support.desk import Desk

Held = dict[Key, bytes]
_encode = msgspec.json.Encoder().encode


def audiences(world: World) -> list[Audience]:
    """The console, every unit and every facility of the configuration."""
    assert world.config is not None
    units = [Audience(kind="unit", scope=u.unit_id) for u in world.config.units]
    facilities = [Audience(kind="facility", scope=f.facility_id) for f in world.config.facilities]
    return [CONSOLE, *units, *facilities]


def everything(desk: Desk, audience: Audience) -> Held:
    found: Held = {}
    for key in all_keys(desk.world):
        document = render(desk.world, desk.people, audience, key)
        if document is not None:
            found[key] = _encode(document)
    return found


class Screens:
    """One screen of each audience, opened now and told only what each fold touched."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.held = {audience: everything(desk, audience) for audience in audiences(desk.world)}

    def follow(self) -> None:
        """Take the desk's last fold."""
        for key in touched_keys(self._desk.world, self._desk.touched):
            for audience, held in self.held.items():
                document = render(self._desk.world, self._desk.people, audience, key)
                if document is None:
                    held.pop(key, None)
                else:
                    held[key] = _encode(document)

    def wrong(self) -> list[str]:
        """Every document that is not what a fresh screen would show, by viewer and key."""
        found = []
        for audience, held in self.held.items():
            fresh = everything(self._desk, audience)
            for key in sorted(fresh.keys() | held.keys()):
                if fresh.get(key) != held.get(key):
                    what = "missing" if key not in held else "old" if key in fresh else "left over"
                    found.append(f"{audience.kind} {audience.scope}: {key} is {what}")
        return found
