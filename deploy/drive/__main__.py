"""`python -m deploy.drive`: reads the command line, sets up the log, plays, returns the exit code.

The log goes to standard output, one line per step: a time, what happened, and key=value pairs; ids
only, never names or telephone numbers.
"""

import asyncio
import sys
from collections.abc import Sequence

import structlog

from deploy.drive import options
from deploy.drive.client import DriveError
from deploy.drive.program import Drive, wrong_starts

_EXIT_WRONG_START = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; 0 well, 1 something failed, 2 wrongly started."""
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.LogfmtRenderer(
                key_order=["timestamp", "level", "event"], drop_missing=True
            ),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    try:
        given = options.parse(sys.argv[1:] if arguments is None else arguments)
        return asyncio.run(_play(given))
    except DriveError as error:
        print(f"greenlane drive: {error}", file=sys.stderr)
    except BaseExceptionGroup as group:
        messages = wrong_starts(group)
        if not messages:
            raise
        print(f"greenlane drive: {messages[0]}", file=sys.stderr)
    return _EXIT_WRONG_START


async def _play(given: options.Options) -> int:
    return await Drive(given).play()


if __name__ == "__main__":
    sys.exit(main())
