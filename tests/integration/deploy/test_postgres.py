"""The embedded PostgreSQL: starts, stops, dies with its parent, keeps its rows, is never root."""

import asyncio
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.embedded.postgres import postgres
from deploy.embedded.process import free_port
from deploy.embedded.residents import residents
from dispatch.errors import Unavailable
from tests.integration.deploy.children import PASSWORDS
from tests.support import processes
from tests.support.services import service_folder

CHILDREN = "tests.integration.deploy.children"


@pytest.fixture
def folder() -> Iterator[Path]:
    with service_folder() as path:
        yield path / "postgres"


async def _execute(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn, timeout=10)
    await connection.execute(statement)
    await connection.close()


async def _value(dsn: str, query: str) -> object:
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_rows_outlive_a_restart_and_the_server_does_not(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS) as server:
        await _execute(server.dsn, "create table kept as select 42 as answer")
        pid = server.child.pid
    assert not Path(f"/proc/{pid}").exists()
    assert residents(("-D", folder / "data")) == []
    async with postgres(folder, **PASSWORDS) as server:
        assert await _value(server.dsn, "select answer from kept") == 42


async def test_the_cluster_is_durable_utf8_checksummed_and_signed_in_by_scram(folder: Path) -> None:
    wanted = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
    wanted |= {"data_checksums": "on", "server_encoding": "UTF8", "listen_addresses": "127.0.0.1"}
    wanted |= {"unix_socket_directories": "", "password_encryption": "scram-sha-256"}
    async with postgres(folder, **PASSWORDS) as server:
        for name, value in wanted.items():
            assert await _value(server.admin_dsn, f"show {name}") == value
        methods = "select array_agg(distinct auth_method) from pg_hba_file_rules"
        assert await _value(server.admin_dsn, methods) == ["scram-sha-256"]
        assert await _value(server.dsn, "select rolsuper from pg_roles where rolname = user") is (
            False
        )
        wrong = server.dsn.replace(PASSWORDS["password"], "wrong")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(wrong, timeout=10)


async def test_a_killed_parent_takes_the_server_along_and_committed_rows_stay(
    folder: Path,
) -> None:
    async with processes.module(CHILDREN, "postgres", str(folder)) as (parent, ready):
        await _execute(ready["dsn"], "create table kept as select 7 as answer")
        parent.kill()
        await processes.ended(ready["pid"])
    async with postgres(folder, **PASSWORDS) as server:
        assert await _value(server.dsn, "select answer from kept") == 7


async def test_everything_killed_at_once_starts_again_with_its_rows(folder: Path) -> None:
    async with processes.module(CHILDREN, "postgres", str(folder)) as (parent, ready):
        await _execute(ready["dsn"], "create table kept as select 9 as answer")
        for pid in (parent.pid, *residents(("-D", folder / "data"))):
            os.kill(pid, 9)
        await processes.ended(ready["pid"])
    assert (folder / "data" / "postmaster.pid").exists(), "the kill left no stale lock to test"
    async with postgres(folder, **PASSWORDS) as server:
        assert await _value(server.dsn, "select answer from kept") == 9


async def test_a_lock_whose_pid_now_is_a_strangers_does_not_keep_it_down(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS):
        lock = (folder / "data" / "postmaster.pid").read_text().split("\n")
    stale = folder / "data" / "postmaster.pid"
    stale.write_text("\n".join([str(os.getppid()), *lock[1:]]))
    async with postgres(folder, **PASSWORDS) as server:
        assert await _value(server.dsn, "select 1") == 1


async def test_a_second_server_on_the_same_folder_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deploy.embedded.limits.PREVIOUS_END_WAIT_S", 0.2)
    async with postgres(folder, **PASSWORDS) as server:
        with pytest.raises(Unavailable, match=f"process .*{server.child.pid}.* uses"):
            async with postgres(folder, **PASSWORDS):
                pass
        assert await _value(server.dsn, "select 1") == 1


async def test_a_taken_port_is_refused_with_its_number(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS) as server:
        other = folder.parent / "other"
        with pytest.raises(Unavailable, match=f"port {server.port} is taken"):
            async with postgres(other, **PASSWORDS, port=server.port):
                pass


async def test_a_configured_port_is_used(folder: Path) -> None:
    port = free_port()
    async with postgres(folder, **PASSWORDS, port=port) as server:
        assert server.port == port


async def test_another_major_version_is_refused(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS):
        pass
    (folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(Unavailable, match="written by PostgreSQL 12"):
        async with postgres(folder, **PASSWORDS):
            pass


async def test_a_lost_password_is_said(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS):
        pass
    with pytest.raises(Unavailable, match="stored password"):
        async with postgres(folder, admin_password="another", password="another"):
            pass
    assert residents(("-D", folder / "data")) == []


async def test_an_interrupted_first_start_is_begun_again(folder: Path) -> None:
    half = folder / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    (folder / ".initdb-password").write_text("left by a crash")
    async with postgres(folder, **PASSWORDS) as server:
        assert await _value(server.dsn, "select 1") == 1
    assert not (folder / ".initdb-password").exists()


async def test_a_cancelled_start_leaves_no_process(folder: Path) -> None:
    async with postgres(folder, **PASSWORDS):
        pass
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.03), postgres(folder, **PASSWORDS):
            await asyncio.Event().wait()
    assert residents(("-D", folder / "data")) == []


@pytest.mark.parametrize("parent_mode", [0o711, 0o700])
async def test_the_server_has_no_privileges_and_opens_no_folder(
    folder: Path, parent_mode: int
) -> None:
    parent = folder.parent
    parent.chmod(parent_mode)
    async with postgres(folder, **PASSWORDS) as server:
        assert processes.capabilities_of(server.child.pid) == 0
        assert await _value(server.dsn, "select 1") == 1
    assert stat.S_IMODE(parent.stat().st_mode) == parent_mode, "a parent folder was opened"
    for path in (folder, folder / "data", folder / "postgres.log"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
