"""Fire broken inputs at a decoder: `python -m tests.fuzz --decoder jt808 --count 1000000 --seed 1`.

Prints what was refused, by reason, and how long it took. An exception that is no refusal is printed
with its input in hex and ends the run with code 1.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

from dispatch.errors import BadPayload
from tests.fuzz.decoders import TARGETS, Target, target
from tests.fuzz.mutate import inputs


def fire(aim: Target, seed: int, count: int) -> Counter[str]:
    """The reasons of refusal and how often; "taken" for what was none. Raises the finding."""
    found: Counter[str] = Counter()
    for raw in inputs(seed, count, aim.seeds, aim.repair):
        try:
            aim.call(raw)
            found["taken"] += 1
        except BadPayload as bad:
            found[bad.reason] += 1
        except Exception as finding:
            finding.add_note(f"input: {raw.hex()}")
            raise
    return found


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--decoder", choices=[*TARGETS, "all"], default="all")
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, help="a file of frames in hex, one a line")
    given = parser.parse_args()
    names = list(TARGETS) if given.decoder == "all" else [given.decoder]
    for name in names:
        aim = target(name)
        if given.corpus is not None:
            aim.seeds.extend(bytes.fromhex(line) for line in given.corpus.read_text().split())
        begun_s = time.perf_counter()
        try:
            found = fire(aim, given.seed, given.count)
        except Exception:
            traceback.print_exc()
            return 1
        took_s = time.perf_counter() - begun_s
        print(f"{name}: {given.count} inputs of seed {given.seed}, nothing but refusals")
        print(f"  {took_s:.0f} s, {given.count / took_s:,.0f} inputs/s")
        for reason, times in found.most_common():
            print(f"  {times:>9,}  {reason}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
