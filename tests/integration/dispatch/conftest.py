"""One serving process for all tests of its doors; each test takes a unit of its own."""

from collections.abc import Iterator

import pytest

from deploy.embedded.postgres import Postgres
from tests.support.serving import Served, database, serving
from tests.support.system import Person


@pytest.fixture(scope="session")
def dsn_served(postgres_server: Postgres) -> Iterator[str]:
    with database(postgres_server) as found:
        yield found


@pytest.fixture(scope="session")
def served(dsn_served: str) -> Iterator[Served]:
    with serving(dsn_served) as (found,):
        yield found


@pytest.fixture(scope="session")
def desk(served: Served) -> Person:
    return served.person("dispatcher")


@pytest.fixture(autouse=True)
def no_error_in_the_servers_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Bad input is answered, not stumbled over: no stack in the log, whatever a test sent."""
    if "served" not in request.fixturenames:
        yield
        return
    server: Served = request.getfixturevalue("served")
    before = len(server.troubles())
    yield
    assert server.troubles()[before:] == []
