"""ECG files that a machine drops into a folder: found when whole, sent in parts, moved aside.

A file is whole when its size and time have not changed between two looks. WFDB is a header with
files beside it; they travel together as one uncompressed zip. A file too large, or one the folder
will not give, is moved to ``refused/`` with the reason in the log, and the next is served.
"""

import asyncio
import io
import logging
import re
import zipfile
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from telemetry.ecg.read import companions, has_known_format
from telemetry.gateway.bodies import ecg_parts
from telemetry.limits import ECG_BYTES_MAX

_LOG: Final = logging.getLogger(__name__)
LOOK_S: Final = 1.0  # an ECG is on its way a second after the machine has closed its file
FILES_MAX: Final = 200  # looked at in one go; a folder with more is served in turns
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)  # of zip: the same files give the same bytes
_HEADER: Final = re.compile(r".+\.hea\Z", re.IGNORECASE)

Send = Callable[[datetime, Mapping[str, Any]], Awaitable[None]]
"""Stores one body for good; raises Unavailable when it cannot."""


async def watch(folder: Path, send: Send, now: Callable[[], datetime]) -> None:
    """Look into ``folder`` for ever; makes it and its subfolders where they are missing."""
    for sub in (folder, folder / "sent", folder / "refused"):
        await asyncio.to_thread(sub.mkdir, parents=True, exist_ok=True)
    before: dict[Path, tuple[int, int]] = {}
    while True:
        seen = await asyncio.to_thread(_look, folder)
        for path in [path for path, size in seen.items() if before.get(path) == size]:
            if path.exists():  # it may have gone with the header it belongs to
                await _take(folder, path, send, now)
        before = seen
        await asyncio.sleep(LOOK_S)


def bundle(path: Path) -> tuple[bytes, tuple[Path, ...]]:
    """A file's bytes as they are sent, and every file that went into them.

    Raises ValueError for one that cannot be sent, FileNotFoundError naming a missing companion.
    """
    size = path.stat().st_size
    if not 1 <= size <= ECG_BYTES_MAX:
        raise ValueError(f"{size} bytes: 1 to {ECG_BYTES_MAX} are sent")
    files = {path.name: path.read_bytes()}
    while wanted := companions(path.name, files):
        for name in wanted:
            beside = path.parent / name
            if Path(name).name != name or not beside.is_file():
                raise FileNotFoundError(f"{name} belongs to it and is not beside it")
            files[name] = beside.read_bytes()
    if len(files) == 1:
        return files[path.name], (path,)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():  # the one to be read stands first
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content)
    return packed.getvalue(), tuple(path.parent / name for name in files)


def _look(folder: Path) -> dict[Path, tuple[int, int]]:
    found: dict[Path, tuple[int, int]] = {}
    for path in sorted(folder.iterdir())[:FILES_MAX]:
        if path.is_file() and not path.name.startswith("."):
            about = path.stat()
            found[path] = (about.st_size, about.st_mtime_ns)
    return found


async def _take(folder: Path, path: Path, send: Send, now: Callable[[], datetime]) -> None:
    try:
        if not await asyncio.to_thread(_is_read_by_itself, path):
            return
        content, files = await asyncio.to_thread(bundle, path)
        bodies = ecg_parts(content)
    except FileNotFoundError as error:
        _LOG.info("%s waits: %s", path.name, error)
        return
    except (OSError, ValueError) as error:
        _LOG.warning("%s is not sent: %s", path.name, error)
        await asyncio.to_thread(_move, (path,), folder / "refused")
        return
    found_at = now()
    for body in bodies:
        await send(found_at, body)
    await asyncio.to_thread(_move, files, folder / "sent")


def _is_read_by_itself(path: Path) -> bool:
    """Not for the signal file of a WFDB record, which goes with its header."""
    if _HEADER.fullmatch(path.name):
        return True
    with path.open("rb") as file:
        head = file.read(ECG_BYTES_MAX)
    if has_known_format(head):
        return True
    return not path.with_suffix(".hea").exists()


def _move(files: tuple[Path, ...], to: Path) -> None:
    for path in files:
        target = to / path.name
        count = 1
        while target.exists():
            target = to / f"{path.stem}-{count}{path.suffix}"
            count += 1
        path.rename(target)
