"""`greenlane map serve`: the imported map in a browser, and nothing else of the system.

The tiles are served by the same routes as in a
running system (`dispatch.http.tiles`), the page is one of the built screens. Nobody signs in: there
is nothing on it but the map, and it listens on this machine only unless told otherwise.
"""

import asyncio
import json
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import msgspec
import typer
import uvicorn
from fastapi import APIRouter, FastAPI, Request, Response
from starlette.responses import FileResponse, PlainTextResponse

from dispatch.errors import BadPayload, GreenlaneError, Refused
from dispatch.http import pages, tiles
from dispatch.http.guard import answer, error_answer
from dispatch.settings import Settings
from maps.basemap import base_map
from maps.geography import CountyGeography
from maps.pack import ATTRIBUTION, Pack
from maps.tiles.archive import Shelf, TileArchive

router = APIRouter()


class _Anybody:
    """Whoever reaches the address may see the map."""

    async def me(self, _token: str | None) -> None:
        """Nobody is asked for."""


class MapServices(msgspec.Struct, frozen=True, kw_only=True):
    """The parts that the routes of the tiles ask for, without the system around them."""

    tiles: Shelf
    settings: Settings
    county: dict[str, object]
    auth: _Anybody = _Anybody()


def serve_map(pack: Pack, county: CountyGeography | None, host: str, port: int) -> None:
    """Show a map until Ctrl-C; one line of JSON with the address is printed when it is reached.

    Raises BadPayload for a map without tiles, Refused where the port is taken.
    """
    if pack.tiles is None:
        raise BadPayload("map_tiles", "this map has no tiles; import it again without --no-tiles")
    drawn = without_county(pack) if county is None else base_map(county)
    with _listening(host, port) as listening, _shelf(pack) as shelf:
        services = MapServices(tiles=shelf, settings=Settings(), county=drawn)
        typer.echo(json.dumps(_about(pack, listening), ensure_ascii=False))
        asyncio.run(_until_stopped(make_app(services), listening))


def make_app(services: MapServices) -> FastAPI:
    """The page, its assets, the county's outline and the tiles."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(tiles.router)
    app.include_router(router)
    app.add_exception_handler(GreenlaneError, _told)
    app.middleware("http")(pages.secure)
    app.state.services = services
    pages.mount_assets(app, services.settings.static_folder)
    return app


@router.api_route("/", methods=["GET", "HEAD"])
async def page(request: Request) -> Response:
    """The one page."""
    services: MapServices = request.app.state.services
    path = services.settings.static_folder / "map.html"
    if not path.is_file():
        return PlainTextResponse("The page is not built yet: run `make setup`.", status_code=503)
    return FileResponse(path, headers={"Cache-Control": "no-cache"})


@router.get("/api/basemap")
async def basemap(request: Request) -> Response:
    """The county's outline, where one was given."""
    services: MapServices = request.app.state.services
    return answer(services.county)


async def _told(_request: Request, error: Exception) -> Response:
    if not isinstance(error, GreenlaneError):
        raise error
    return error_answer(error)


def without_county(pack: Pack) -> dict[str, object]:
    """No outline, but where to look: a railway in the tiles may lead to the next province."""
    box = pack.manifest.bounds
    return {
        "type": "FeatureCollection",
        "bbox": [box.west, box.south, box.east, box.north],
        "features": [],
        "attribution": "",
    }


def _about(pack: Pack, listening: socket.socket) -> dict[str, Any]:
    host, port = listening.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    return {
        "address": f"http://{shown}:{port}/",
        "version": pack.manifest.version,
        "source": pack.manifest.source.file,
        "attribution": ATTRIBUTION,
    }


@contextmanager
def _shelf(pack: Pack) -> Iterator[Shelf]:
    shelf = Shelf()
    try:
        if pack.tiles is not None:
            shelf.put(TileArchive(pack.tiles, pack.manifest.version))
        yield shelf
    finally:
        shelf.close()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that takes connections from now on; raises Refused where the port is not free."""
    try:
        found = socket.create_server((host, port), family=_family(host))
    except OSError as error:
        raise Refused("port_not_free", host=host, port=port, detail=str(error)) from error
    with found:
        yield found


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


class _Server(uvicorn.Server):
    """uvicorn that leaves the signals to `_until_stopped`: its own ends the program by one."""

    def capture_signals(self) -> Any:
        """Leave signals alone."""
        return nullcontext()


async def _until_stopped(app: FastAPI, listening: socket.socket) -> None:
    """Serve until Ctrl-C or SIGTERM, then end what is under way."""
    config = uvicorn.Config(
        app, log_level="warning", access_log=False, lifespan="off", server_header=False,
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = _Server(config)
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
    await server.serve(sockets=[listening])
