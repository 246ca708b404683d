"""Two server processes over one database, two dispatchers, one unit, the same instant, 200 times.

Never two assignments; always exactly one yes and one clear no. The log is read afterwards, event by
event, apart from what the servers said of themselves.
"""

import asyncio
import uuid
from collections.abc import Iterator

import httpx
import pytest

from deploy.embedded.postgres import Postgres
from dispatch.domain.fold import apply
from dispatch.domain.invariants import broken
from dispatch.domain.states import ENDED
from dispatch.domain.world import World
from dispatch.log.database import open_pool
from dispatch.log.events import EventLog
from tests.support.serving import Served, database, open_incident, serving
from tests.support.system import Person

ROUNDS = 200
INCIDENTS = 20


@pytest.fixture(scope="module")
def dsn(postgres_server: Postgres) -> Iterator[str]:
    with database(postgres_server) as found:
        yield found


@pytest.fixture(scope="module")
def workers(dsn: str, redis_server: str) -> Iterator[list[Served]]:
    with serving(dsn, redis_server, workers=2) as found:
        yield found


def caught_up(person: Person, seq: int) -> None:
    """Ask a worker until its screens include the event."""
    while person.http.get("/api/health").json()["seq"] < seq:
        pass


async def send_both(
    clients: list[httpx.AsyncClient], incidents: tuple[str, str], unit_id: str
) -> list[httpx.Response]:
    """Both dispatchers press the button."""
    bodies = [
        {
            "command_id": str(uuid.uuid4()),
            "incident_id": incident_id,
            "unit_id": unit_id,
            "override_reason": "nearest by road",
        }
        for incident_id in incidents
    ]
    return await asyncio.gather(
        *(
            client.post("/api/commands/send-unit", json=body)
            for client, body in zip(clients, bodies, strict=True)
        )
    )


async def rounds(people: list[Person], incidents: list[str]) -> list[int]:
    """All rounds; returns how often each dispatcher won."""
    wins = [0, 0]
    clients = [
        httpx.AsyncClient(
            base_url=person.http.base_url,
            cookies=person.http.cookies,
            headers=person.http.headers,
            timeout=15,
        )
        for person in people
    ]
    try:
        for number in range(ROUNDS):
            first = incidents[number % INCIDENTS]
            other = incidents[(number + number % 2) % INCIDENTS]  # every second round: its own
            answers = await send_both(clients, (first, other), "N01")
            statuses = [answer.status_code for answer in answers]
            assert sorted(statuses) == [200, 409], [answer.text for answer in answers]
            winner = statuses.index(200)
            refusal = answers[1 - winner].json()
            assert (refusal["outcome"], refusal["code"]) == ("refused", "unit_busy")
            assert refusal["params"]["unit_id"] == "N01"
            assert refusal["params"]["incident_id"] == (first, other)[winner]
            wins[winner] += 1
            cancel = {
                "command_id": str(uuid.uuid4()),
                "assignment_id": answers[winner].json()["made"]["assignment_id"],
                "reason": "next round",
            }
            answer = await clients[number % 2].post("/api/commands/cancel-assignment", json=cancel)
            assert answer.status_code == 200, answer.text
    finally:
        for client in clients:
            await client.aclose()
    return wins


async def read_log(dsn: str) -> tuple[World, int]:
    """Fold the log event by event, looking for a second assignment after each."""
    pool = await open_pool(dsn, "nanxian", 1)
    try:
        envelopes = await EventLog(pool).read_after(0)
    finally:
        await pool.close()
    world, assigned = World(), 0
    for envelope in envelopes:
        world, _ = apply(world, [envelope])
        active = [a for a in world.assignments.values() if a.state not in ENDED]
        assert len([a for a in active if a.unit_id == "N01"]) <= 1
        assert broken(world, envelope.recorded_at) == []
        assigned += envelope.event.__struct_config__.tag == "unit_assigned"
    return world, assigned


def test_two_dispatchers_never_both_get_the_unit(workers: list[Served], dsn: str) -> None:
    people = [served.person("dispatcher", number) for number, served in enumerate(workers)]
    incidents = [open_incident(people[0]) for _ in range(INCIDENTS)]
    caught_up(people[1], people[0].http.get("/api/health").json()["seq"])
    wins = asyncio.run(rounds(people, incidents))
    print(f"won by the first worker {wins[0]}, by the second {wins[1]}")
    world, assigned = asyncio.run(read_log(dsn))
    assert assigned == sum(wins) == ROUNDS
    assert world.units["N01"].assignment_id is None  # type: ignore[index]
    for served, person in zip(workers, people, strict=True):
        caught_up(person, world.seq)
        assert served.troubles() == []


def test_a_command_sent_to_both_workers_takes_effect_once(workers: list[Served]) -> None:
    people = [served.person("dispatcher", number) for number, served in enumerate(workers)]
    body = {"command_id": str(uuid.uuid4()), "caller": {"phone": "13900000001"}}
    answers = [person.command("receive-call", **body) for person in people * 2]
    assert answers[0]["outcome"] == "accepted"
    assert all(answer == answers[0] for answer in answers)
