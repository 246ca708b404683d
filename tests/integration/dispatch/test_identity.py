"""Names, numbers and addresses: encrypted, in one place only, erasable without touching history."""

import pytest

from dispatch.domain.views import CONSOLE, render
from dispatch.errors import Unavailable
from dispatch.log.identity import key_from_text
from tests.integration.dispatch.support import Worker, configured, worker
from tests.support.desk import CALLER, SCENE

SECRETS = (CALLER.name, CALLER.phone, "欧阳明珠", "43092119610101", "狗会咬人", SCENE.address)


async def tables_with(one: Worker, secret: str) -> list[str]:
    """The tables in which the text stands, as text or as the bytes of a bytea."""
    names = await one.pool.fetch(
        "SELECT table_name AS name FROM information_schema.tables"
        " WHERE table_schema = current_schema()"
    )
    found = []
    for name in (row["name"] for row in names):
        query = (
            f"SELECT count(*) FROM {name} t"
            " WHERE position($1 in t::text) > 0 OR position($2 in t::text) > 0"
        )
        if await one.pool.fetchval(query, secret, secret.encode().hex()):
            found.append(name)
    assert len(names) > 10
    return found


async def test_no_table_holds_a_name_in_the_clear(
    postgres_dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatch.log.follower.SNAPSHOT_EVERY_EVENTS", 1)
    async with configured(postgres_dsn) as one:
        await one.incident()
        assert await one.pool.fetchval("SELECT count(*) FROM identity") == 3
        assert await one.pool.fetchval("SELECT count(*) FROM snapshot") > 0
        assert await tables_with(one, "胸痛") == ["event", "snapshot"], "the search finds nothing"
        for secret in SECRETS:
            assert await tables_with(one, secret) == []


async def test_another_key_is_told_apart_from_no_name(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one:
        await one.incident()
    with pytest.raises(Unavailable, match="is this the right identity key"):
        async with worker(postgres_dsn, key=bytes(32)):
            pass


async def test_rows_cannot_be_swapped(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one:
        await one.incident()
        await one.pool.execute("UPDATE identity SET body = (SELECT max(body) FROM identity)")
    with pytest.raises(Unavailable, match="cannot be decrypted"):
        async with worker(postgres_dsn):
            pass


async def test_an_erased_person_is_empty_and_history_stays(postgres_dsn: str) -> None:
    async with configured(postgres_dsn) as one:
        incident_id = await one.incident()
        before = render(one.world, one.follower.identities.people, CONSOLE, ("incident", "I-1001"))
        assert before is not None
        assert before.caller.name == "王*国"  # type: ignore[union-attr]
        await one.pool.execute("DELETE FROM identity")
        async with worker(postgres_dsn) as later:
            people = later.follower.identities.people
            document = render(later.world, people, CONSOLE, ("incident", incident_id))
            assert document is not None
            assert document.caller.name == document.caller.phone == ""  # type: ignore[union-attr]
            assert document.patients[0].name == document.place.address == ""
            await later.assert_true()


def test_a_key_that_is_none_is_named() -> None:
    for text in ("not base64!", "c2hvcnQ="):
        with pytest.raises(ValueError, match="identity key"):
            key_from_text(text)
