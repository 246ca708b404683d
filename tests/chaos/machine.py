"""What the machine lends for faults: a network of the run's own, packet loss, clocks set off.

The whole run moves into a network and process namespace of its own when it is root: nothing it
does to packets touches anybody else, and everything ends with it, also on SIGKILL. Packet loss is
nftables', clocks are libfaketime's (Debian: nftables, faketime). Where one is missing the fault is
reported as not injected; it is never imitated.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

INSIDE: Final = "GREENLANE_CHAOS_INSIDE"
FAKETIME_FILE: Final = "GREENLANE_LIBFAKETIME"
"""Names libfaketime where it is not in Debian's place."""

_FAKETIME_PLACES: Final = ("usr/lib", "usr/local/lib")
_TOOL_S: Final = 10.0
_RULES: Final = """\
table inet chaos {{
  chain arriving {{
    type filter hook input priority 0
    tcp dport {port} numgen random mod 100 < {percent} counter drop
    tcp sport {port} numgen random mod 100 < {percent} counter drop
    tcp dport {port} counter accept
    tcp sport {port} counter accept
  }}
}}
"""


def move_inside() -> None:
    """Run this very command again in namespaces of its own, and do not come back; root only."""
    unshare = shutil.which("unshare")
    if os.environ.get(INSIDE) or os.geteuid() != 0 or unshare is None or not shutil.which("ip"):
        return
    walls = ("--net", "--pid", "--fork", "--kill-child", "--mount-proc")
    again = (sys.executable, "-m", "tests.chaos", *sys.argv[1:])
    os.execve(unshare, (unshare, *walls, "--", *again), os.environ | {INSIDE: "1"})


def is_inside() -> bool:
    """Whether this process has a network of its own."""
    return bool(os.environ.get(INSIDE))


def raise_loopback() -> None:
    """A new network begins with its loopback interface down."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=_TOOL_S)


def why_no_loss() -> str:
    """Why packets cannot be dropped here; empty when they can."""
    if not is_inside():
        return "needs root, for a network namespace of the run's own"
    return "" if shutil.which("nft") else "nft is not installed (Debian: nftables)"


@contextmanager
def packet_loss(port: int, percent: int) -> Iterator[None]:
    """Drop that part of the packets to and from a port, in this network only."""
    rules = _RULES.format(port=port, percent=percent)
    _nft("-f", "-", given=rules)
    try:
        yield
    finally:
        _nft("delete", "table", "inet", "chaos")


def loss_counters() -> tuple[int, int]:
    """(packets dropped, packets let through) since the loss began; call it while it lasts."""
    listed = json.loads(_nft("-j", "list", "table", "inet", "chaos"))["nftables"]
    dropped = passed = 0
    for entry in listed:
        parts = entry.get("rule", {}).get("expr", [])
        packets = sum(part["counter"]["packets"] for part in parts if "counter" in part)
        if any("drop" in part for part in parts):
            dropped += packets
        else:
            passed += packets
    return dropped, passed


def _nft(*arguments: str, given: str | None = None) -> str:
    done = subprocess.run(
        ["nft", *arguments],
        check=False,
        input=given,
        capture_output=True,
        text=True,
        timeout=_TOOL_S,
    )
    if done.returncode != 0:
        raise RuntimeError(f"nft {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout


def faketime_library() -> Path | None:
    """The preload library that sets a process's clock off, where there is one."""
    named = os.environ.get(FAKETIME_FILE)
    if named:
        return Path(named) if Path(named).exists() else None
    for place in _FAKETIME_PLACES:
        found = sorted(Path("/", place).glob("**/faketime/libfaketimeMT.so.1"))
        if found:
            return found[0]
    return None


class WallClock:
    """The wall clock of one process: set off while it runs; its monotonic clock is left alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.set_off(0)

    def set_off(self, seconds: int) -> None:
        """By so much from now on; 0 is the true time."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self._file)

    def environment(self) -> dict[str, str]:
        """What the process is started with; empty where the library is missing."""
        library = faketime_library()
        if library is None:
            return {}
        return {
            "LD_PRELOAD": str(library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
