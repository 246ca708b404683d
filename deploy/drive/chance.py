"""Chance that can be repeated: one generator per name, all from one seed.

Each actor and each incident draws from its own generator, keyed by (seed, names): what one does
never shifts the choices of another, and the same seed gives the same county again.
"""

import hashlib
import random


def chance(seed: int, *names: str) -> random.Random:
    """A generator for these names under this seed; the same on every machine and in every run."""
    key = hashlib.sha256("\x1f".join((str(seed), *names)).encode()).digest()
    return random.Random(int.from_bytes(key[:8], "big"))  # noqa: S311  # play, not secrecy
