"""The fixtures the other tests stand on: real servers, isolated databases, a seed that repeats."""

import random

import asyncpg
from redis.asyncio import Redis

from deploy.embedded.mqtt_probe import signs_in
from tests.support.services import Mosquitto


async def _tables(dsn: str) -> int:
    connection = await asyncpg.connect(dsn, timeout=10)
    count = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
    await connection.execute("create table left_behind (id int)")
    await connection.close()
    return int(count)


async def test_a_database_is_empty(postgres_dsn: str) -> None:
    assert await _tables(postgres_dsn) == 0


async def test_the_next_database_is_empty_too(postgres_dsn: str) -> None:
    assert await _tables(postgres_dsn) == 0


async def test_redis_answers(redis_url: str) -> None:
    async with Redis.from_url(redis_url) as redis:
        assert await redis.ping()


async def test_the_broker_knows_the_countys_units(mosquitto: Mosquitto) -> None:
    for user, password in (("core", mosquitto.core_password), *mosquitto.devices.items()):
        assert await signs_in(mosquitto.host, mosquitto.port, user, password), user


def test_the_seed_repeats(seed: int) -> None:
    assert random.Random(seed).random() == random.Random(seed).random()
