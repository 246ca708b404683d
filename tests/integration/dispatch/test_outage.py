"""The connection is cut in mid-append, at every side of the commit: unknown, then known, then once.

A proxy stands between the recorder and PostgreSQL. Whatever it loses, the command is settled when
it mends, its event is in the log once, and those behind it in the queue lose nothing.
"""

import asyncio
from urllib.parse import urlsplit

import pytest

from dispatch.domain import commands as c
from tests.integration.dispatch.support import configured, worker
from tests.support.desk import CALLER
from tests.support.proxy import Proxy, proxy

WAIT_S = 20


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatch.log.database.APPEND_TIMEOUT_S", 0.5)
    monkeypatch.setattr("dispatch.log.database.RELEASE_TIMEOUT_S", 0.2)
    monkeypatch.setattr("dispatch.recorder.RECONNECT_WAIT_S", 0.05)
    monkeypatch.setattr("dispatch.recorder.SUBMIT_TIMEOUT_S", 15.0)


def through(dsn: str, between: Proxy) -> str:
    """The same database by way of the proxy."""
    parts = urlsplit(dsn)
    login = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{login}@127.0.0.1:{between.port}").geturl() + "?sslmode=disable"


FAULTS = {
    "the answer is lost, then the connection": (False, True, True),
    "the request is lost, then the connection": (True, False, True),
    "the answer is lost and nobody says so": (False, True, False),
    "everything is lost and nobody says so": (True, True, False),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_cut_append_takes_effect_once(postgres_dsn: str, fault: str) -> None:
    loses_requests, loses_answers, is_reset = FAULTS[fault]
    parts = urlsplit(postgres_dsn)
    async with (
        asyncio.timeout(WAIT_S),
        configured(postgres_dsn) as direct,
        proxy(parts.hostname or "", parts.port or 0) as between,
        worker(through(postgres_dsn, between)) as one,
    ):
        await one.must(c.ReceiveCall, caller=CALLER)
        between.loses_requests, between.loses_answers = loses_requests, loses_answers
        async with asyncio.TaskGroup() as group:
            cut = group.create_task(one.tell(c.ReceiveCall, caller=CALLER), name="cut command")
            await between.lost.wait()
            behind = group.create_task(one.incident(), name="command behind it")
            await direct.must(c.ReceiveCall, caller=CALLER)  # the world goes on elsewhere
            between.mend()
            if is_reset:
                between.reset()
        assert cut.result().outcome == "accepted"
        assert behind.result() == "I-1001"
        written = await direct.pool.fetch(
            "SELECT seq FROM event WHERE command_id = $1", cut.result().command_id
        )
        assert [row["seq"] for row in written] == [cut.result().seq]
        await one.follower.catch_up()
        await one.assert_true()
        assert one.world.call_count == 3


async def test_while_the_database_is_away_nothing_is_lost_and_nothing_fails(
    postgres_dsn: str,
) -> None:
    parts = urlsplit(postgres_dsn)
    async with (
        asyncio.timeout(WAIT_S),
        configured(postgres_dsn),
        proxy(parts.hostname or "", parts.port or 0) as between,
        worker(through(postgres_dsn, between)) as one,
    ):
        between.shut()
        async with asyncio.TaskGroup() as group:
            sent = [
                group.create_task(one.tell(c.ReceiveCall, caller=CALLER), name=f"call {n}")
                for n in range(30)
            ]
            await asyncio.sleep(0)  # all of them are in the queue after this turn
            assert one.recorder.waiting == len(sent)
            between.mend()
        assert [task.result().outcome for task in sent] == ["accepted"] * 30
        await one.assert_true()
