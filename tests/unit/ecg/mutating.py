"""Broken versions of ECG files, and what may come out of reading one: an ECG or a `BadPayload`.

Not a test: the seeded test and the long run (`python -m tests.unit.ecg.mutating`, 100,000 a format)
share it.
"""

import argparse
import random
import time

from dispatch.errors import BadPayload
from telemetry.ecg.model import Ecg
from telemetry.ecg.read import read_ecg
from telemetry.ecg.report import document

Files = dict[str, bytes]
_WILD = (b"\0\0\0\0", b"\xff\xff\xff\xff", b"\xff\xff\xff\x7f", b"\0\0\0\x80", b"<", b'"', b"&x;")


def mutated(data: bytes, luck: random.Random) -> bytes:
    """A few wounds: bits, bytes, runs, cuts, repeats."""
    body = bytearray(data)
    for _ in range(luck.choice((1, 1, 2, 3, 8))):
        if not body:
            break
        place = luck.randrange(min(len(body), luck.choice((64, 512, 4096, len(body)))))
        kind = luck.randrange(6)
        if kind == 0:
            body[place] ^= 1 << luck.randrange(8)
        elif kind == 1:
            body[place] = luck.randrange(256)
        elif kind == 2:
            body[place : place + 4] = luck.choice(_WILD)
        elif kind == 3:
            del body[place:]
        elif kind == 4:
            del body[place : place + luck.randrange(1, 9)]
        else:
            body[place:place] = body[place : place + luck.randrange(1, 65)]
    return bytes(body)


def outcome(name: str, files: Files) -> str:
    """ "read" or "refused"; anything else that is raised is the decoder's bug."""
    try:
        ecg: Ecg = read_ecg(name, files)
        document(ecg, 3)
    except BadPayload as error:
        assert error.detail, "a refusal says what is wrong"
        return "refused"
    return "read"


def storm(name: str, files: Files, count: int, seed: int) -> dict[str, int]:
    """``count`` wounded versions read; how they ended."""
    luck = random.Random(seed)
    counts = {"read": 0, "refused": 0}
    for _ in range(count):
        victim = luck.choice(sorted(files))
        wounded = files | {victim: mutated(files[victim], luck)}
        counts[outcome(name, wounded)] += 1
    return counts


def _main() -> None:
    from tests.unit.ecg.samples import SAMPLES

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    for title, make in SAMPLES.items():
        if given.only and given.only not in title:
            continue
        began = time.perf_counter()
        name, files = make()
        counts = storm(name, files, given.count, given.seed)
        print(title, counts, f"{time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    _main()
