"""The base map over HTTP: who may read, what a browser may keep, ranges of the whole file."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from dispatch.errors import Refused
from dispatch.http import tiles
from dispatch.http.api import make_api
from dispatch.http.guard import COOKIE
from maps.tiles.archive import Shelf, TileArchive

TILE = gzip.compress(b"a vector tile", mtime=0)
HERE = "/api/map/tiles/v2/3/1/2.mvt"
FILE = "/api/map/tiles/v2.pmtiles"


class Door:
    """Who may come in: one cookie."""

    async def me(self, token: str | None) -> SimpleNamespace:
        if token != "good":
            raise Refused("not_signed_in")
        return SimpleNamespace(role="hospital")


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def archive(tmp_path: Path, shelf: Shelf) -> TileArchive:
    """One tile at 3/1/2, served as version v2 after v1."""
    path = tmp_path / "tiles.pmtiles"
    with path.open("wb") as file:
        writer = Writer(file)
        writer.write_tile(zxy_to_tileid(3, 1, 2), TILE)
        header = {"tile_type": TileType.MVT, "tile_compression": Compression.GZIP, "min_zoom": 2,
                  "max_zoom": 3, "min_lon_e7": 10**7, "min_lat_e7": 2 * 10**7,
                  "max_lon_e7": 3 * 10**7, "max_lat_e7": 4 * 10**7, "center_zoom": 2,
                  "center_lon_e7": 0, "center_lat_e7": 0}  # fmt: skip
        writer.finalize(header, {})
    for version in ("v1", "v2"):
        shelf.put(TileArchive(path, version))
    assert shelf.current is not None
    return shelf.current


@pytest.fixture
async def client(shelf: Shelf) -> AsyncIterator[httpx.AsyncClient]:
    api = make_api(None)
    if not any(getattr(route, "path", "") == FILE for route in api.routes):
        api.include_router(tiles.router)
    api.state.services = SimpleNamespace(auth=Door(), tiles=shelf)
    transport = httpx.ASGITransport(app=api)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", cookies={COOKIE: "good"}
    ) as made:
        yield made


async def read(client: httpx.AsyncClient, path: str, **headers: str) -> httpx.Response:
    return await client.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


async def test_without_a_map_it_says_so(client: httpx.AsyncClient) -> None:
    found = await read(client, "/api/map/tiles")
    assert (found.status_code, found.json()["version"]) == (200, None)
    assert (await read(client, HERE)).status_code == 404


async def test_a_page_learns_where_the_tiles_are(
    client: httpx.AsyncClient, archive: TileArchive
) -> None:
    found = await read(client, "/api/map/tiles")
    assert found.headers["cache-control"] == "no-store"
    assert found.json() == {
        "tilejson": "3.0.0",
        "version": "v2",
        "tiles": ["/api/map/tiles/v2/{z}/{x}/{y}.mvt"],
        "minzoom": 3,
        "maxzoom": 3,
        "bounds": [1.0, 2.0, 3.0, 4.0],
        "attribution": "© OpenStreetMap contributors, ODbL 1.0",
    }


async def test_a_tile_goes_out_as_it_is_stored_and_is_kept_for_good(
    client: httpx.AsyncClient, archive: TileArchive
) -> None:
    async with client.stream("GET", HERE, headers={"Accept-Encoding": "gzip, br"}) as found:
        raw = b"".join([part async for part in found.aiter_raw()])
    assert (found.status_code, raw) == (200, TILE)
    assert found.headers["content-encoding"] == "gzip"
    assert found.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert found.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert found.headers["etag"] == '"v2"'
    assert found.headers["vary"] == "Accept-Encoding"
    assert "default-src 'none'" in found.headers["content-security-policy"]


@pytest.mark.parametrize("offer", ["identity", "", "gzip;q=0", "gzip; q=0.000", "br"])
async def test_a_client_without_gzip_gets_it_plain(
    client: httpx.AsyncClient, archive: TileArchive, offer: str
) -> None:
    async with client.stream("GET", HERE, headers={"Accept-Encoding": offer}) as found:
        raw = b"".join([part async for part in found.aiter_raw()])
    assert raw == b"a vector tile"
    assert "content-encoding" not in found.headers


@pytest.mark.parametrize("path", ["3/1/1", "9/1/2", "1/0/0", "3/8/0", "99/0/0"])
async def test_where_nothing_is_drawn_there_is_no_content(
    client: httpx.AsyncClient, archive: TileArchive, path: str
) -> None:
    found = await read(client, f"/api/map/tiles/v2/{path}.mvt")
    assert (found.status_code, found.content) == (204, b"")
    assert "immutable" in found.headers["cache-control"]


@pytest.mark.parametrize("tag", ['"v2"', 'W/"v2"', '"other", "v2"', "*"])
async def test_what_a_browser_has_is_not_sent_again(
    client: httpx.AsyncClient, archive: TileArchive, tag: str
) -> None:
    for path in (HERE, FILE):
        found = await read(client, path, if_none_match=tag)
        assert (found.status_code, found.content) == (304, b"")
        assert found.headers["etag"] == '"v2"'
    assert (await read(client, HERE, if_none_match='"v1"')).status_code == 200


async def test_the_map_before_is_still_served_and_an_unknown_one_is_not_found(
    client: httpx.AsyncClient, archive: TileArchive
) -> None:
    assert (await read(client, HERE.replace("v2", "v1"))).status_code == 200
    for path in ("/api/map/tiles/v0/3/1/2.mvt", "/api/map/tiles/v0.pmtiles"):
        found = await read(client, path)
        assert (found.status_code, found.json()["code"]) == (404, "not_found")
    for path in ("/api/map/tiles/v2/3/1/x.mvt", "/api/map/tiles/v2/-3/1/2.mvt"):
        assert (await read(client, path)).status_code == 404


@pytest.mark.parametrize("path", ["/api/map/tiles", HERE, FILE])
async def test_a_stranger_reads_no_map(
    client: httpx.AsyncClient, archive: TileArchive, path: str
) -> None:
    client.cookies.clear()
    for headers in ({}, {"If-None-Match": '"v2"'}, {"Range": "bytes=0-9"}):
        found = await client.get(path, headers=headers)
        assert (found.status_code, found.json()["code"]) == (401, "not_signed_in")


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("bytes=0-126", 0, 127), ("bytes=7-7", 7, 8), ("bytes=100-", 100, None),
     ("bytes=-5", -5, None), ("bytes=0-99999999", 0, None)],
)  # fmt: skip
async def test_the_file_in_ranges(
    client: httpx.AsyncClient, archive: TileArchive, asked: str, first: int, last: int | None
) -> None:
    whole = archive.path.read_bytes()
    found = await read(client, FILE, range=asked)
    assert (found.status_code, found.content) == (206, whole[first:last])
    start = first % len(whole)
    end = (len(whole) if last is None else last) - 1
    assert found.headers["content-range"] == f"bytes {start}-{end}/{len(whole)}"
    assert found.headers["content-length"] == str(end - start + 1)


async def test_the_whole_file_and_ranges_that_cannot_be(
    client: httpx.AsyncClient, archive: TileArchive
) -> None:
    whole = archive.path.read_bytes()
    found = await read(client, FILE)
    assert (found.status_code, found.content) == (200, whole)
    assert found.headers["accept-ranges"] == "bytes"
    assert found.headers["content-type"] == "application/vnd.pmtiles"
    head = await client.head(FILE)
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(whole)))
    beyond = await read(client, FILE, range=f"bytes={len(whole)}-")
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{len(whole)}"
    stale: dict[str, Any] = {"range": "bytes=0-9", "if_range": '"v1"'}
    assert (await read(client, FILE, **stale)).status_code == 200
    fresh: dict[str, Any] = {"range": "bytes=0-9", "if_range": '"v2"'}
    assert (await read(client, FILE, **fresh)).status_code == 206


async def test_a_damaged_file_is_an_outage_not_a_crash(
    client: httpx.AsyncClient, archive: TileArchive
) -> None:
    archive.close()
    found = await read(client, HERE)
    assert (found.status_code, found.json()["params"]) == (503, {"dependency": "map_tiles"})
