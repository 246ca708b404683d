"""`python -m tests.chaos`: every fault of the data plane against real processes, and a report.

Exit code 0 when every promise was kept, 1 when one was not, which includes a fault that could not
be injected: the report names it and what is missing. As root the run has a network of its own.
"""

import argparse
import asyncio
import random
import sys
from pathlib import Path

from tests.chaos.bench import FULL, QUICK
from tests.chaos.machine import move_inside
from tests.chaos.run import chaos
from tests.support.services import service_folder

SEEDS = 1_000_000


def main() -> int:
    """Run; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--seed", type=int, help="drawn when not given, and said in the report")
    parser.add_argument(
        "--report", type=Path, help="write the page there, not only to the terminal"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--quick", action="store_true", help="some four minutes (the default)")
    length.add_argument("--full", action="store_true", help="database 10 min, link cut 20 min")
    given = parser.parse_args()
    move_inside()
    seed = random.SystemRandom().randrange(SEEDS) if given.seed is None else given.seed
    print(f"seed {seed}", flush=True)
    with service_folder() as folder:
        result = asyncio.run(chaos(FULL if given.full else QUICK, seed, folder))
    print(result.report)
    if given.report is not None:
        given.report.write_text(result.report, encoding="utf-8")
    return 0 if result.is_kept else 1


if __name__ == "__main__":
    sys.exit(main())
