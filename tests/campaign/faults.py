"""What goes wrong, when, and how often: each kind draws from its own stream of the seed.

A kind that is switched off draws nothing and shifts no other kind's luck, so that a failing seed
can be tried again without the kinds that do not matter (`shrink.py`). Bounds keep a county that is
merely unlucky apart from one that is broken: `checks.GRACE_S` is longer than any of them together.
"""

import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import asyncpg
import msgspec

from dispatch.limits import LOCK_TIMEOUT_MS
from tests.campaign.loop import VirtualLoop
from tests.support.memory_log import Execute

STATEMENT_FAULTS = {
    "slow statement": 0.02,
    "commit after the client gave up": 0.006,
    "request lost, reset": 0.01,
    "request lost, silence": 0.003,
    "answer lost, reset": 0.02,
    "answer lost, silence": 0.006,
    "statement refused": 0.01,
    "lock held long": 0.01,
}
"""Probability of each for one statement at intensity 1."""

MESSAGE_FAULTS = {
    "command late": 0.06,
    "command twice": 0.08,
    "command again much later": 0.05,
    "command lost": 0.02,
    "reply lost": 0.04,
    "doorbell lost": 0.3,
}
"""Probability of each for one message at intensity 1."""

EVERY_S = {
    "database away": 400.0,
    "worker killed": 300.0,
    "worker killed at a step": 250.0,
    "worker paused": 300.0,
    "clock set back": 600.0,
    "tablet offline": 200.0,
}
"""Mean time between two of a kind at intensity 1."""

KINDS = frozenset((*STATEMENT_FAULTS, *MESSAGE_FAULTS, *EVERY_S))
LONGEST_OUTAGE_S = 15.0
LONGEST_PAUSE_S = 30.0
LONGEST_OFFLINE_S = 240.0


class Faults:
    """The luck of one run, and the count of what was injected."""

    def __init__(self, seed: int, kinds: frozenset[str], note: Callable[[str], None]) -> None:
        self._streams = {kind: random.Random(f"{seed}:{kind}") for kind in sorted(KINDS)}
        self.intensity = random.Random(f"{seed}:intensity").choice((0.3, 1.0, 1.0, 3.0))
        self._kinds = kinds
        self._note = note
        self.injected: Counter[str] = Counter()
        self.is_over = False

    def strikes(self, kind: str) -> bool:
        """Whether this one is hit; counted and noted."""
        chances = STATEMENT_FAULTS | MESSAGE_FAULTS
        if self.is_over or kind not in self._kinds:
            return False
        if self._streams[kind].random() >= min(0.5, chances[kind] * self.intensity):
            return False
        self.strike(kind)
        return True

    def strike(self, kind: str, about: str = "") -> None:
        """Count and note one that happens."""
        self.injected[kind] += 1
        self._note(f"FAULT {kind} {about}".rstrip())

    def of_statement(self) -> str:
        """The fault of one statement, or nothing."""
        return next((kind for kind in STATEMENT_FAULTS if self.strikes(kind)), "")

    def until_next_s(self, kind: str) -> float | None:
        """How long until the next of a kind; None when it never comes."""
        if kind not in self._kinds:
            return None
        return self._streams[kind].expovariate(self.intensity / EVERY_S[kind])

    def stream(self, kind: str) -> random.Random:
        """The luck of the details of one kind."""
        return self._streams[kind]


class Server(msgspec.Struct, kw_only=True, eq=False):
    """The database's own time: the head row's lock, outages; it lives in no worker's process."""

    loop: VirtualLoop
    away_until_s: float = 0.0
    lock_free_at_s: float = 0.0

    @property
    def is_away(self) -> bool:
        return self.loop.time() < self.away_until_s

    def append(self, execute: Execute, work_s: float, reply: Callable[[Any], None]) -> None:
        """Wait for the lock as `lock_timeout` allows, then commit."""
        now_s = self.loop.time()
        begins_s = max(now_s, self.lock_free_at_s)
        if begins_s - now_s > LOCK_TIMEOUT_MS / 1000:
            error = asyncpg.LockNotAvailableError("canceling statement due to lock timeout")
            self.loop.later(LOCK_TIMEOUT_MS / 1000, reply, error)
            return
        self.lock_free_at_s = begins_s + work_s
        self.loop.later(begins_s + work_s - now_s, self.read, execute, reply)

    def read(self, execute: Execute, reply: Callable[[Any], None]) -> None:
        """Execute now."""
        try:
            reply(execute())
        except asyncpg.PostgresError as error:
            reply(error)
