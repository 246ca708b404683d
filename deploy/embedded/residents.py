"""Which processes still work on a service's files, so that two servers never write the same ones.

After a kill -9 the postmaster may be gone while its workers finish, or its pid may belong to a
stranger by now. PostgreSQL checks much of this itself, through postmaster.pid and shared memory;
what it cannot tell apart is a recycled pid, which would keep a healthy system down.

Not here: starting and stopping (postgres.py, broker.py).
"""

import asyncio
import os
from itertools import pairwise
from pathlib import Path

from deploy.embedded import limits
from dispatch.errors import Unavailable

Mark = tuple[str, Path]
"""An option and its file in a service's command line, such as ("-D", data)."""


async def wait_until_left(service: str, mark: Mark) -> None:
    """Wait until no process works on ``mark``'s path; raises Unavailable when one stays."""
    try:
        async with asyncio.timeout(limits.PREVIOUS_END_WAIT_S):
            while residents(mark):  # noqa: ASYNC110 - not our children: no event tells
                await asyncio.sleep(limits.PREVIOUS_END_POLL_S)
    except TimeoutError as error:
        pids = ", ".join(map(str, residents(mark)))
        raise Unavailable(service, f"process {pids} uses {mark[1]}; stop it first") from error


def unlock(data: Path) -> None:
    """Remove PostgreSQL's lock file when its pid is a living stranger's.

    Call it when nobody lives in ``data``. A lock whose pid is free is left to PostgreSQL, whose
    own check also covers orphaned shared memory.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return  # none, or not one PostgreSQL wrote: its own check decides
    if Path(f"/proc/{pid}").exists():
        lock.unlink()


def residents(mark: Mark) -> list[int]:
    """Ids of the processes started with ``mark``, and of PostgreSQL workers inside its path."""
    option, path = mark
    wanted = (option, path.resolve())
    processes = (entry for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return sorted(int(process.name) for process in processes if _works_on(process, wanted))


def _works_on(process: Path, mark: Mark) -> bool:
    option, path = mark
    try:
        arguments = (process / "cmdline").read_bytes().split(b"\0")
        if (os.fsencode(option), os.fsencode(path)) in pairwise(arguments):
            return True
        # PostgreSQL's workers overwrite their arguments but stand in the data folder
        is_worker = (process / "comm").read_text().strip() == "postgres"
        return is_worker and (process / "cwd").readlink() == path
    except OSError:
        return False  # ended meanwhile, or another user's: those are found by their arguments
