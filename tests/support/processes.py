"""Watching processes from outside: start a Python module, read its first line, see it end."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
READY_WAIT_S = 60.0
END_WAIT_S = 20.0


@asynccontextmanager
async def module(name: str, *arguments: str) -> AsyncIterator[tuple[Any, dict[str, Any]]]:
    """A running `python -m name` and the JSON object it printed first; killed at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", name, *arguments, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), READY_WAIT_S)
        assert line, f"{name} ended before it was ready"
        yield process, json.loads(line)
    finally:
        if process.returncode is None:
            process.kill()
        await asyncio.wait_for(process.communicate(), END_WAIT_S)


async def ended(pid: int) -> None:
    """Wait for the end of a process that is not our child; TimeoutError when it stays."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    loop = asyncio.get_running_loop()
    gone = asyncio.Event()
    loop.add_reader(handle, gone.set)
    try:
        await asyncio.wait_for(gone.wait(), END_WAIT_S)
    finally:
        loop.remove_reader(handle)
        os.close(handle)


def user_of(pid: int) -> int:
    """The real user id a process has, as the whole machine sees it."""
    return Path(f"/proc/{pid}").stat().st_uid


def capabilities_of(pid: int) -> int:
    """Its effective privileges as a bit set; 0 is none."""
    status = Path(f"/proc/{pid}/status").read_text()
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    return int(fields["CapEff"], 16)
