"""The base map's vector tiles, for any signed-in person.

``GET /api/map/tiles``                                what there is; version null without a map
``GET /api/map/tiles/{version}/{z}/{x}/{y}.mvt``      one tile, 204 where nothing is drawn
``GET /api/map/tiles/{version}.pmtiles``              the whole file, in ranges (206, 416)

The version stands in the address, so a tile never changes under one name and a browser may keep it
for good; after a new import a page finds the new address by asking the first of these again.

Not here: what is in a tile (`maps.tiles.build`), how it looks (the front end).
"""

import gzip
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import FileResponse

from dispatch.errors import Refused
from dispatch.http.guard import answer, services, signed_in
from maps.pack import ATTRIBUTION
from maps.tiles.archive import TileArchive

router = APIRouter(tags=["map"])

_ROOT: Final = "/api/map/tiles"
_TILE: Final = "application/vnd.mapbox-vector-tile"
_FILE: Final = "application/vnd.pmtiles"
_FOR_GOOD: Final = "private, max-age=31536000, immutable"


@router.get(_ROOT)
async def described(request: Request) -> Response:
    """The tiles in force as TileJSON with their version; all null while no map is imported."""
    await signed_in(request)
    archive = services(request).tiles.current
    if archive is None:
        return answer({"version": None, "tiles": None, "attribution": None})
    return answer(
        {
            "tilejson": "3.0.0",
            "version": archive.version,
            "tiles": [f"{_ROOT}/{archive.version}/{{z}}/{{x}}/{{y}}.mvt"],
            "minzoom": archive.min_zoom,
            "maxzoom": archive.max_zoom,
            "bounds": archive.bounds,
            "attribution": ATTRIBUTION,
        }
    )


@router.get(_ROOT + "/{version}/{z:int}/{x:int}/{y:int}.mvt")
async def tile(request: Request, version: str, z: int, x: int, y: int) -> Response:
    """One tile as it is stored; unpacked for a client that does not take gzip."""
    archive = await _archive(request, version)
    headers = {"Cache-Control": _FOR_GOOD, "ETag": f'"{version}"', "Vary": "Accept-Encoding"}
    if _is_known(request, version):
        return Response(status_code=304, headers=headers)
    found = archive.tile(z, x, y)
    if found is None:
        return Response(status_code=204, headers=headers)
    if _takes_gzip(request):
        headers["Content-Encoding"] = "gzip"
    else:
        found = gzip.decompress(found)
    return Response(found, media_type=_TILE, headers=headers)


@router.head(_ROOT + "/{version}.pmtiles", include_in_schema=False)
@router.get(_ROOT + "/{version}.pmtiles")
async def whole_file(request: Request, version: str) -> Response:
    """The file itself; a client may ask for ranges of it."""
    archive = await _archive(request, version)
    headers = {"Cache-Control": _FOR_GOOD, "ETag": f'"{version}"'}
    if "range" not in request.headers and _is_known(request, version):
        return Response(status_code=304, headers=headers)
    return FileResponse(archive.path, media_type=_FILE, headers=headers)


async def _archive(request: Request, version: str) -> TileArchive:
    """Raises ``Refused("not_signed_in")``, and ``Refused("not_found")`` for another version."""
    await signed_in(request)
    found = services(request).tiles.of(version)
    if found is None:
        raise Refused("not_found", version=version)
    return found


def _is_known(request: Request, version: str) -> bool:
    """Whether the client has this version already; only the version decides, so weak will do."""
    given = request.headers.get("if-none-match", "")
    tags = {tag.strip().removeprefix("W/") for tag in given.split(",")}
    return f'"{version}"' in tags or "*" in tags


def _takes_gzip(request: Request) -> bool:
    """Whether Accept-Encoding names gzip with a weight above nothing."""
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = offer.replace(" ", "").partition(";q=")
        if name == "gzip":
            return not weight or weight.strip("0.") != ""
    return False
