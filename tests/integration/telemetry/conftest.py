"""A county and a migrated database of its own for each telemetry test."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from dispatch.ids import CountyId

MIGRATIONS = Path(__file__).parents[3] / "dispatch" / "log" / "migrations"
OWN = ("0002_telemetry.sql", "0003_streams.sql")


@pytest.fixture
def county() -> CountyId:
    """Its own topics, so that tests share a broker and nothing else."""
    return CountyId(f"c{uuid.uuid4().hex[:12]}")


@pytest.fixture
async def pool(postgres_dsn: str) -> AsyncIterator[Any]:
    async with asyncpg.create_pool(postgres_dsn, min_size=1, max_size=4) as found:
        for name in OWN:
            await found.execute((MIGRATIONS / name).read_text())
        yield found
