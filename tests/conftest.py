"""What every test has: real servers on demand, a printed seed, and a watch for what is left over.

The servers themselves are in tests/support/services.py.
"""

import asyncio
import inspect
import os
import random
import threading
import uuid
from collections.abc import AsyncIterator, Iterator

import pytest
from hypothesis import HealthCheck, settings
from redis.asyncio import Redis

from deploy.embedded.postgres import Postgres
from tests.support import services
from tests.support.services import Mosquitto

# How fast a busy machine draws examples says nothing of the code.
settings.register_profile("greenlane", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("greenlane")

THREAD_END_WAIT_S = 2.0
_SEED_VARIABLE = "GREENLANE_TEST_SEED"
_SEED = pytest.StashKey[int]()


def pytest_configure(config: pytest.Config) -> None:
    """One seed for the run: given, or drawn once by the controller and told to its workers."""
    seed = os.environ.setdefault(_SEED_VARIABLE, str(random.SystemRandom().randrange(2**32)))
    config.stash[_SEED] = int(seed)


def pytest_report_header(config: pytest.Config) -> str:
    hash_seed = os.environ.get("PYTHONHASHSEED", "random")
    return f"seed: {_SEED_VARIABLE}={config.stash[_SEED]} PYTHONHASHSEED={hash_seed}"


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The run's seed, mixed with the test's name so that no two tests share their luck."""
    run_seed = request.config.stash[_SEED]
    mixed = random.Random(f"{run_seed}:{request.node.nodeid}").randrange(2**32)
    print(f"{_SEED_VARIABLE}={run_seed} (here: {mixed})")
    return mixed


@pytest.fixture
def _no_thread_left() -> Iterator[None]:
    """Set up before and torn down after everything else, the event loop's own threads included."""
    before = set(threading.enumerate())
    yield
    left = [thread for thread in threading.enumerate() if thread not in before]
    for thread in left:
        thread.join(THREAD_END_WAIT_S)
    names = [thread.name for thread in left if thread.is_alive()]
    assert not names, f"threads left running: {names}"


@pytest.fixture
async def _no_task_left() -> AsyncIterator[None]:
    """Torn down after the test's other fixtures: what still runs then belongs to nobody."""
    yield
    await asyncio.sleep(0)  # a task cancelled a moment ago ends in this turn of the loop
    left = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert not left, f"tasks left running: {[task.get_name() for task in left]}"


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest, _no_thread_left: None) -> None:
    """Fail a test that leaves a thread or a task running: the next one would pay for it."""
    if inspect.iscoroutinefunction(getattr(request.node, "function", None)):
        request.getfixturevalue("_no_task_left")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One real PostgreSQL for this pytest process."""
    with services.postgres_server() as server:
        yield server


@pytest.fixture
async def postgres_dsn(postgres_server: Postgres) -> AsyncIterator[str]:
    """A fresh, empty database of its own for each test."""
    name = f"test_{uuid.uuid4().hex}"
    dsn = await services.make_database(postgres_server, name)
    yield dsn
    await services.drop_database(postgres_server, name)


@pytest.fixture(scope="session")
def mosquitto() -> Iterator[Mosquitto]:
    """One real Mosquitto for this pytest process, with the county's units as logins."""
    with services.mosquitto_server() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """One real Redis for this pytest process."""
    with services.redis_server() as url:
        yield url


@pytest.fixture
async def redis_url(redis_server: str) -> AsyncIterator[str]:
    """The Redis of this process, emptied for each test."""
    async with Redis.from_url(redis_server) as client:
        await client.flushall()
    yield redis_server
