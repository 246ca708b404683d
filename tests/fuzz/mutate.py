"""Broken inputs made of whole ones, from a seed: the same seed gives the same inputs."""

import random
from collections.abc import Callable, Iterator

EDGES = (0, 1, 0x7D, 0x7E, 0x7F, 0x80, 0xE7, 0xFF)
_STEPS_MAX = 4


def mutated(chance: random.Random, seeds: list[bytes]) -> bytes:
    """One of the seeds with one to four changes."""
    found = bytearray(chance.choice(seeds))
    for _ in range(chance.randint(1, _STEPS_MAX)):
        if not found:
            return bytes(found)
        _STEPS[chance.randrange(len(_STEPS))](chance, found, seeds)
    return bytes(found)


def inputs(
    seed: int, count: int, seeds: list[bytes], repair: Callable[[random.Random, bytes], bytes]
) -> Iterator[bytes]:
    """``count`` inputs; ``repair`` makes some of them pass the first checks."""
    chance = random.Random(seed)
    for _ in range(count):
        yield repair(chance, mutated(chance, seeds))


def _flip(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)


def _edge(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    found[chance.randrange(len(found))] = chance.choice(EDGES)


def _any(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    found[chance.randrange(len(found))] = chance.randrange(256)


def _cut(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    at = chance.randrange(len(found))
    del found[at : at + chance.randint(1, 12)]


def _repeat(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    at = chance.randrange(len(found))
    found[at:at] = found[at : at + chance.randint(1, 12)]


def _insert(chance: random.Random, found: bytearray, _seeds: list[bytes]) -> None:
    at = chance.randrange(len(found) + 1)
    found[at:at] = chance.randbytes(chance.randint(1, 8))


def _splice(chance: random.Random, found: bytearray, seeds: list[bytes]) -> None:
    other = chance.choice(seeds)
    at = chance.randrange(len(found))
    found[at:] = other[chance.randrange(max(1, len(other))) :]


_STEPS: list[Callable[[random.Random, bytearray, list[bytes]], None]] = [
    _flip,
    _flip,
    _edge,
    _any,
    _cut,
    _repeat,
    _insert,
    _splice,
]
