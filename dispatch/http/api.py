"""The web application: routes, error answers, security headers; nothing is built here."""

import asyncpg
import structlog
from fastapi import FastAPI, Request, Response

from dispatch.errors import GreenlaneError, Unavailable
from dispatch.http import (
    commands,
    coverage,
    devices,
    ecg,
    enrolment,
    pages,
    reads,
    replay,
    session,
    socket,
    tiles,
    travel,
    unit_route,
    waveforms,
)
from dispatch.http.guard import error_answer
from dispatch.http.services import Services

log = structlog.get_logger("api")
DESCRIPTION = "Greenlane coordinates medical emergencies for counties and cities."


NO_DATABASE = (asyncpg.PostgresConnectionError, asyncpg.InterfaceError, OSError, TimeoutError)
"""What a route that asks the database by itself meets when it is away."""


async def _told(request: Request, error: Exception) -> Response:
    if isinstance(error, GreenlaneError):
        return error_answer(error)
    if isinstance(error, NO_DATABASE):
        log.warning("database_away", path=request.url.path, detail=repr(error))
        return error_answer(Unavailable("database", repr(error)))
    raise error


def make_api(services: Services | None) -> FastAPI:
    """The application over its parts; without parts only its description can be asked for."""
    api = FastAPI(
        title="Greenlane",
        version="1",
        description=DESCRIPTION,
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
    )
    for router in (
        session.router,
        commands.make_router(),
        reads.router,
        tiles.router,
        coverage.router,
        travel.router,
        unit_route.router,
        replay.router,
        ecg.router,
        waveforms.router,
        devices.router,
        enrolment.router,
        socket.router,
        pages.router,
    ):
        api.include_router(router)
    for kind in (GreenlaneError, *NO_DATABASE):
        api.add_exception_handler(kind, _told)
    api.middleware("http")(pages.secure)
    described = api.openapi

    def openapi() -> dict[str, object]:
        document = described()
        parts = document.setdefault("components", {}).setdefault("schemas", {})
        parts.update(commands.command_schemas())
        return document

    api.openapi = openapi  # type: ignore[method-assign]
    if services is not None:
        api.state.services = services
        pages.mount_assets(api, services.settings.static_folder)
    return api
