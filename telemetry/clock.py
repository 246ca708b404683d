"""The machine's clocks behind the port `telemetry.ports.Clock`; the only place that reads them."""

import time
from datetime import UTC, datetime


class SystemClock:
    """Wall time in UTC and seconds that never run backwards."""

    def now(self) -> datetime:
        """UTC now."""
        return datetime.now(UTC)

    def monotonic_s(self) -> float:
        """Seconds that never run backwards; those of asyncio's loop."""
        return time.monotonic()
