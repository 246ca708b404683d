"""An ingest in a process of its own, to be killed. Arguments: DSN, then the config as JSON."""

import asyncio
import sys

import asyncpg
import msgspec

from telemetry.ingest import IngestConfig, run_ingest
from telemetry.session import Link
from tests.integration.telemetry.support import NANXIAN, Core, SystemClock


async def main() -> None:
    dsn, county, host, port, user, password = sys.argv[1:]
    config = IngestConfig(
        county_id=msgspec.convert(county, str),  # type: ignore[arg-type]
        box=NANXIAN,
        link=Link(
            host=host,
            port=int(port),
            client_id=f"ingest-{county}",
            username=user,
            password=password,
        ),
    )
    subscribed = asyncio.Event()
    async with (
        asyncpg.create_pool(dsn, min_size=1, max_size=4) as pool,
        asyncio.TaskGroup() as all_,
    ):
        all_.create_task(
            run_ingest(config, pool, Core().ports, SystemClock(), subscribed), name="ingest"
        )
        await subscribed.wait()
        print("subscribed", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
