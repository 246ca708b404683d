"""What a policy is asked, and what it may answer.

After every event that could change the choice, the engine describes the moment (`Situation`) and
asks `Policy.decide`. A unit's position, and when a busy one is expected to be free, are estimates
known at that moment: a policy never sees a duration before it has passed (DISPATCH I16), except in
a benchmark whose durations are constant and known to everybody.

The answer is a list of orders, carried out together:

    Send(call, idle or moving unit)    it goes now
    Send(call, unit on its way)        it is diverted; the call it leaves waits, unless sent another
    Promise(call, unit at work)        it goes there as soon as it is free again ("forward")
    Move(unit, post)                   an idle or moving unit goes to stand by at a post
    Decline(call)                      the call leaves the system unserved (loss models)

An order that makes no sense (unknown id, a call already reached, a unit twice) is a bug in the
policy and stops the run with `BadOrder`. Not here: the policies themselves (`published`,
`greenlane`) and carrying orders out (`engine`).
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import msgspec

from dispatch.simulation.shapes import SimCall, Spot, Town
from dispatch.simulation.travel import Travel

Doing = Literal["idle", "moving", "en_route", "busy", "silent"]
"""``silent``: away from its post while the radio is out; nobody can tell it anything."""


class BadOrder(ValueError):
    """A policy gave an order that cannot be carried out; a bug of the policy."""


class UnitView(msgspec.Struct, frozen=True, gc=False):
    """A unit as the policy may know it at this moment.

    ``spot`` is where it is, ``departs_ms`` when it can set out from there if it is sent now (a crew
    at its post needs its mobilisation); both mean nothing for a busy one. ``free_ms`` and
    ``free_at``: when and where its work is expected to end, with the calls promised to it; now and
    here for one without work. ``call_id`` is what it drives to or works on, else -1. ``post`` is
    the post it stands at or drives to. Of a silent unit ``spot`` is where it was last heard of.
    """

    unit_id: int
    kind: int
    skills: int
    doing: Doing
    spot: Spot
    departs_ms: int
    free_ms: int
    free_at: Spot
    call_id: int
    post: int

    @property
    def is_free(self) -> bool:
        """Bound to no call and can be told: at a post, or on the way to one."""
        return self.call_id < 0 and self.doing != "silent"

    def may_serve(self, call: SimCall) -> bool:
        """Whether it has the skills and can be told."""
        return call.needs & ~self.skills == 0 and self.doing != "silent"


class OpenCall(msgspec.Struct, frozen=True, gc=False):
    """A call that nobody has reached yet; ``unit_id`` is who drives to it, else -1."""

    call: SimCall
    unit_id: int
    diversions: int


class Situation(msgspec.Struct, frozen=True, gc=False):
    """One moment: who waits (in the order in which the calls came), and where everybody is.

    ``trigger``: "call", "free", "tick"; ``trigger_id`` is the call or the unit.
    """

    now_ms: int
    trigger: Literal["call", "free", "tick"]
    trigger_id: int
    waiting: Sequence[OpenCall]
    underway: Sequence[OpenCall]
    units: Sequence[UnitView]
    town: Town
    travel: Travel

    def now_response_ms(self, units: Sequence[UnitView], call: SimCall) -> list[int]:
        """Expected ms from now to arrival of units sent from where they are."""
        pace = self.town.pace.response[call.priority]
        drives = self.travel.to_one_ms([u.spot for u in units], call.spot, self.now_ms, pace)
        return [u.departs_ms - self.now_ms + ms for u, ms in zip(units, drives, strict=True)]

    def next_response_ms(self, units: Sequence[UnitView], call: SimCall) -> list[int]:
        """The same after the work each has: a unit at work finishes it first."""
        pace = self.town.pace.response[call.priority]
        spots = [u.spot if u.is_free else u.free_at for u in units]
        drives = self.travel.to_one_ms(spots, call.spot, self.now_ms, pace)
        return [
            (u.departs_ms if u.is_free else u.free_ms) - self.now_ms + ms
            for u, ms in zip(units, drives, strict=True)
        ]

    def with_promise(self, unit: UnitView, call: SimCall, response_ms: int) -> UnitView:
        """The unit as it will be with this call on its list, reached after ``response_ms``."""
        free_ms, spot = foreseen(self.town, self.travel, call, self.now_ms + response_ms)
        return UnitView(
            unit.unit_id,
            unit.kind,
            unit.skills,
            "busy",
            unit.spot,
            unit.departs_ms,
            free_ms,
            spot,
            call.call_id,
            unit.post,
        )


class Send(msgspec.Struct, frozen=True, tag=True):
    """This unit to this call."""

    call_id: int
    unit_id: int


class Promise(msgspec.Struct, frozen=True, tag=True):
    """This unit to this call after all the work it has."""

    call_id: int
    unit_id: int


class Move(msgspec.Struct, frozen=True, tag=True):
    """This unit to stand by at this post."""

    unit_id: int
    post: int


class Decline(msgspec.Struct, frozen=True, tag=True):
    """This call is not served by this fleet."""

    call_id: int


Order = Send | Promise | Move | Decline


class Policy(Protocol):
    """Chooses; keeps no secrets between runs (``begin`` starts a fresh one).

    ``watches_idle``: it is also asked when nobody waits (standby, upgrades of units on their way).
    ``tick_ms``: it is asked at least so often while there is something to do; 0 for events only.
    """

    @property
    def name(self) -> str:
        """What tables call it."""
        ...

    @property
    def watches_idle(self) -> bool:
        """Whether it wants to be asked when no call waits."""
        ...

    @property
    def tick_ms(self) -> int:
        """Milliseconds between questions without an event; 0 for none."""
        ...

    def begin(self, town: Town, travel: Travel) -> None:
        """A run begins: forget everything, prepare what depends on the town only."""
        ...

    def decide(self, situation: Situation) -> Sequence[Order]:
        """The orders of this moment; none is an answer too."""
        ...


def foreseen(town: Town, travel: Travel, call: SimCall, reached_ms: int) -> tuple[int, Spot]:
    """When and where a unit that reaches a call is expected to be free again."""
    scene_ms = town.expected_on_scene_ms
    leaves_ms = reached_ms + (call.on_scene_ms if scene_ms is None else scene_ms)
    if not call.transport:
        return leaves_ms, call.spot
    facility = destination(town, travel, call, reached_ms)
    if facility < 0:
        return leaves_ms, call.spot
    spot = town.facilities[facility].spot
    drive_ms = travel.one_ms(call.spot, spot, leaves_ms, town.pace.transport)
    handover_ms = town.expected_handover_ms
    wait_ms = call.handover_ms if handover_ms is None else handover_ms
    return leaves_ms + drive_ms + wait_ms, spot


def destination(
    town: Town, travel: Travel, call: SimCall, now_ms: int, spot: Spot | None = None
) -> int:
    """The hospital: the call's own, else the nearest open one that has what the call needs.

    Where none has it, the nearest open one (and the outcome counts it); -1 where none is open.
    ``spot``: nearest to here, instead of the scene.
    """
    if call.facility >= 0:
        return call.facility
    is_open = [one for one in town.facilities if one.is_open(now_ms)]
    fit = [one for one in is_open if call.hospital_needs & ~one.skills == 0] or is_open
    if not fit:
        return -1
    here = call.spot if spot is None else spot
    times = travel.from_one_ms(here, [one.spot for one in fit], now_ms, town.pace.transport)
    return min(zip(times, fit, strict=True), key=lambda pair: pair[0])[1].facility_id
