"""One running system per data folder: a lock the kernel drops with the process, however it ends.

Not here: the services' own locks (deploy/embedded/residents.py).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dispatch.errors import Refused

_LOCK_FILE = "greenlane.lock"


@contextmanager
def data_folder(folder: Path) -> Iterator[Path]:
    """Make ``folder`` if absent and hold it alone; yields its absolute path.

    Raises Refused("already_running") naming the process that holds it.
    """
    folder = folder.resolve()
    # Others may pass through (services run as their own users) but not look around.
    folder.mkdir(mode=0o711, parents=True, exist_ok=True)
    handle = os.open(folder / _LOCK_FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            pid = os.pread(handle, 20, 0).decode("ascii", "replace").strip()
            raise Refused("already_running", data=str(folder), pid=pid) from error
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode("ascii"), 0)
        yield folder
    finally:
        os.close(handle)
