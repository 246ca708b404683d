"""`greenlane run` seen from outside: one per folder, ends as a whole, leaves no process."""

import asyncio
import os
import signal
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from deploy.embedded.mqtt_probe import signs_in
from deploy.embedded.residents import residents
from deploy.lock import data_folder
from deploy.run import Plan, drive_command, run_embedded, unit_ids
from dispatch.errors import Refused, Unavailable
from dispatch.settings import Settings
from tests.integration.deploy.children import COUNTY, Running, quiet
from tests.support import processes
from tests.support.services import service_folder

CHILDREN = "tests.integration.deploy.children"
EXTERNAL = {"database_url": "postgresql://x@db/x", "mqtt_url": "mqtt://x@broker:1883"}


@pytest.fixture
def data() -> Iterator[Path]:
    with service_folder() as path:
        yield path / "data"


def service_pids(data: Path) -> list[int]:
    database = residents(("-D", data / "postgres" / "data"))
    broker = residents(("-c", data / "broker" / "mosquitto.conf"))
    fallback = residents(("deploy.embedded.iotcore_child", data / "broker" / "iotcore.toml"))
    return [*database, *broker, *fallback]


async def test_the_program_gets_working_doors_and_the_secrets_are_private(data: Path) -> None:
    async with processes.module(CHILDREN, "run", str(data)) as (_, given):
        connection = await asyncpg.connect(given["database_url"], timeout=10)
        assert await connection.fetchval("select current_database()") == "greenlane"
        await connection.close()
        door = urlsplit(given["mqtt_url"])
        assert await signs_in(door.hostname, door.port, door.username, door.password)
        assert given["identity_key"]
        secrets = sorted((data / "secrets").iterdir())
        assert len(secrets) == 5
        assert {stat.S_IMODE(path.stat().st_mode) for path in secrets} == {0o600}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_a_stop_signal_ends_it_in_order_and_leaves_nothing(
    data: Path, number: signal.Signals
) -> None:
    async with processes.module(CHILDREN, "run", str(data)) as (run, _):
        assert service_pids(data)
        run.send_signal(number)
        assert await asyncio.wait_for(run.wait(), processes.END_WAIT_S) == 0
        assert service_pids(data) == []
    log = (data / "postgres" / "postgres.log").read_text()
    assert "database system is shut down" in log
    assert not (data / "postgres" / "data" / "postmaster.pid").exists()


async def test_killed_it_takes_its_services_along_and_starts_again(data: Path) -> None:
    async with processes.module(CHILDREN, "run", str(data)) as (run, first):
        pids = service_pids(data)
        assert pids
        run.kill()
        for pid in pids:
            await processes.ended(pid)
    async with processes.module(CHILDREN, "run", str(data)) as (_, again):
        assert again["identity_key"] == first["identity_key"]


async def test_a_second_run_on_the_same_folder_is_refused(data: Path) -> None:
    async with processes.module(CHILDREN, "lock", str(data)) as (holder, _):
        with pytest.raises(Refused) as refusal, data_folder(data):
            pass
        assert refusal.value.code == "already_running"
        assert refusal.value.params["pid"] == str(holder.pid)
        holder.kill()
        await holder.wait()
    with data_folder(data) as folder:
        assert folder == data.resolve()


async def test_a_service_that_ends_by_itself_ends_the_run_with_a_sentence(data: Path) -> None:
    settings = Settings(county_folder=COUNTY, data_folder=data)

    async def program(_settings: Settings, _roles: object, _ready: object) -> None:
        database, *_ = residents(("-D", data / "postgres" / "data"))
        os.kill(database, signal.SIGKILL)
        await asyncio.Event().wait()

    with pytest.raises(ExceptionGroup) as failure:
        await run_embedded(settings, frozenset(), Plan(drive=False), program, quiet)
    assert failure.group_contains(Unavailable, match="postgresql: ended with -9")
    assert service_pids(data) == []


async def test_a_program_that_returns_or_fails_stops_everything(data: Path) -> None:
    settings = Settings(county_folder=COUNTY, data_folder=data)

    async def returns(_settings: Settings, _roles: object, _ready: object) -> None:
        assert service_pids(data)

    async def fails(_settings: Settings, _roles: object, _ready: object) -> None:
        raise Unavailable("schema", "from the future")

    await run_embedded(settings, frozenset(), Plan(drive=False), returns, quiet)
    assert service_pids(data) == []
    with pytest.raises(ExceptionGroup) as failure:
        await run_embedded(settings, frozenset(), Plan(drive=False), fails, quiet)
    assert failure.group_contains(Unavailable, match="from the future")
    assert service_pids(data) == []


async def test_what_has_a_url_is_not_embedded_and_logins_are_announced(data: Path) -> None:
    settings = Settings(county_folder=COUNTY, data_folder=data, **EXTERNAL)
    said: list[str] = []

    async def program(filled: Settings, _roles: object, ready: object) -> None:
        assert service_pids(data) == []
        assert filled.model_dump(include=set(EXTERNAL)) == EXTERNAL
        (data / "logins.txt").write_text("dispatcher  secret\n")
        ready(Running("http://127.0.0.1:8080"))  # type: ignore[operator]

    await run_embedded(settings, frozenset(), Plan(drive=False), program, said.append)
    assert said[0] == "Greenlane is open at http://127.0.0.1:8080"
    assert "dispatcher  secret" in said


def drive_is(monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    command = [sys.executable, "-c", source]
    monkeypatch.setattr("deploy.run.drive_command", lambda *_: command)


async def test_the_drives_end_is_said_and_stops_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive_is(monkeypatch, "raise SystemExit(3)")
    settings = Settings(county_folder=COUNTY, data_folder=data, **EXTERNAL)
    told = asyncio.Event()

    def say(sentence: str) -> None:
        if "drive ended with 3" in sentence:
            told.set()

    async def program(_settings: Settings, _roles: object, ready: object) -> None:
        ready(Running("http://127.0.0.1:8080"))  # type: ignore[operator]
        await asyncio.wait_for(told.wait(), processes.END_WAIT_S)

    await run_embedded(settings, frozenset(), Plan(drive=True), program, say)


async def test_the_drive_stops_with_the_program(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drive_is(monkeypatch, "import os, signal; print(os.getpid(), flush=True); signal.pause()")
    settings = Settings(county_folder=COUNTY, data_folder=data, **EXTERNAL)
    log = data / "drive.log"

    async def program(_settings: Settings, _roles: object, ready: object) -> None:
        ready(Running("http://127.0.0.1:8080"))  # type: ignore[operator]
        async with asyncio.timeout(processes.READY_WAIT_S):
            while not log.exists() or not log.read_text().endswith("\n"):  # noqa: ASYNC110
                await asyncio.sleep(0)

    await run_embedded(settings, frozenset(), Plan(drive=True), program, quiet)
    assert not Path(f"/proc/{log.read_text().strip()}").exists()


def test_the_drive_is_told_where_the_secrets_are_and_not_what_they_are(data: Path) -> None:
    settings = Settings(
        county_folder=COUNTY, data_folder=data, mqtt_url="mqtt://core:hidden@127.0.0.1:1883"
    )
    command = drive_command(settings, Plan(recordings=(Path("a"),)), "http://127.0.0.1:80")
    words = [str(word) for word in command]
    assert words[:4] == [sys.executable, "-P", "-m", "deploy.drive"]
    assert words[words.index("--mqtt") + 1] == "mqtt://127.0.0.1:1883"
    assert words[words.index("--recordings") + 1] == str(Path("a").resolve())
    assert not any("hidden" in word for word in words)


def test_every_unit_of_the_county_is_a_login() -> None:
    assert unit_ids(COUNTY) == [f"N{number:02d}" for number in range(1, 15)]


@pytest.mark.parametrize("text", [None, "unit = 3", "[[unit]]\nname = 'x'", "not toml ="])
def test_an_unreadable_units_file_is_named(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "units.toml").write_text(text)
    with pytest.raises(Refused) as refusal:
        unit_ids(tmp_path)
    assert refusal.value.params["file"] == str(tmp_path / "units.toml")
