"""Decisions are told until the core has them; newest wins; refusals and bugs end one only."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from dispatch.errors import Refused, Unavailable
from dispatch.ids import PatientId, UnitId
from telemetry import decider as decider_module
from telemetry.decider import Decider
from telemetry.ports import Decision, FeedLost, Level, News2View, Ports, TriageLevelChanged
from tests.unit.telemetry.support import at

P1 = PatientId("I-1.P1")


def level(previous: Level, now: Level, unit: str = "N07") -> TriageLevelChanged:
    return TriageLevelChanged(
        unit_id=UnitId(unit),
        patient_id=P1,
        at=at(0),
        level=now,
        previous=previous,
        score=News2View(),
        last_sample_at=at(0),
    )


def lost(unit: str = "N07") -> FeedLost:
    return FeedLost(
        unit_id=UnitId(unit), patient_id=P1, at=at(0), last_sample_at=at(0), cause="silent"
    )


def ports(decide: Callable[[Decision], Awaitable[None]]) -> Ports:
    return Ports(context_of=lambda _: None, decide=decide, publish_live=lambda _: None)


async def told(
    answers: list[Exception | None], *rounds: list[Decision], calls: int
) -> list[Decision]:
    """Runs a decider whose core answers like this, until it was called so many times."""
    heard: list[Decision] = []
    enough = asyncio.Event()

    async def decide(decision: Decision) -> None:
        heard.append(decision)
        if len(heard) == calls:
            enough.set()
        answer = answers.pop(0) if answers else None
        if answer is not None:
            raise answer

    decider = Decider(ports(decide))
    async with asyncio.timeout(5), asyncio.TaskGroup() as group:
        for decisions in rounds:
            decider.tell(decisions)
        task = group.create_task(decider.run(), name="decider")
        await enough.wait()
        task.cancel()
    return heard


async def test_told_in_order() -> None:
    decisions: list[Decision] = [level("unknown", "low"), lost(), level("none", "low", "N08")]
    assert await told([], decisions, calls=3) == decisions


async def test_a_newer_level_takes_the_place_and_keeps_where_the_core_still_is() -> None:
    first, second = level("unknown", "low"), level("low", "emergency")
    assert await told([], [first], [second], calls=1) == [level("unknown", "emergency")]


async def test_an_unavailable_core_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decider_module, "DECIDE_RETRY_S", 0.001)
    away = Unavailable("postgresql", "away")
    assert await told([away, TimeoutError()], [lost()], calls=3) == [lost()] * 3


async def test_a_refusal_and_a_bug_end_one_decision_only() -> None:
    decisions: list[Decision] = [lost("N01"), lost("N02"), lost("N03")]
    answers: list[Exception | None] = [Refused("not_lost"), ValueError("a bug"), None]
    assert await told(answers, decisions, calls=3) == decisions
