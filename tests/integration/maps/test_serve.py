"""`greenlane map serve` as a program: the page, the tiles, and its end."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from deploy.map_commands import maps_app
from deploy.map_serve import MapServices, make_app, without_county
from dispatch.settings import Settings
from maps.pack import open_pack
from maps.tiles.archive import Shelf
from tests.support.osm import cross

ROOT = Path(__file__).parents[3]
COUNTY = ROOT / "deploy" / "counties" / "nanxian"
COMMAND = [sys.executable, "-P", "-m", "deploy.map_commands", "serve"]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    path = cross().write(folder / "town.osm")
    done = CliRunner().invoke(maps_app, ["import", str(path), "--data", str(folder)])
    assert done.exit_code == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A front end as small as one can be: the real one is built by another tool."""
    folder = tmp_path_factory.mktemp("dist")
    (folder / "assets").mkdir()
    (folder / "assets" / "map.js").write_text("export {}", "utf-8")
    (folder / "map.html").write_text("<!doctype html><title>Greenlane map</title>", "utf-8")
    return folder


@contextmanager
def serving(data: Path, built: Path, *words: str) -> Iterator[tuple[dict[str, Any], httpx.Client]]:
    """What it said of itself, and a client; ended by Ctrl-C, which must be a clean end."""
    process = subprocess.Popen(
        [*COMMAND, "--data", str(data), "--port", "0", *words],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env=os.environ | {"GREENLANE_STATIC_FOLDER": str(built)},
    )  # fmt: skip
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.communicate(timeout=10)
        about = json.loads(line)
        with httpx.Client(base_url=about["address"], timeout=20) as client:
            yield about, client
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, "", "")
    finally:
        process.kill()
        process.communicate()


def test_the_map_is_shown_from_this_machine_alone_until_ctrl_c(data: Path, built: Path) -> None:
    with serving(data, built, "--county", str(COUNTY)) as (about, client):
        assert about["address"].startswith("http://127.0.0.1:")
        assert about["attribution"] == "© OpenStreetMap contributors, ODbL 1.0"
        assert about["source"] == "town.osm"
        page = client.get("/")
        assert (page.status_code, "Greenlane map" in page.text) == (200, True)
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert "immutable" in client.get("/assets/map.js").headers["cache-control"]
        tiles = client.get("/api/map/tiles").json()
        assert tiles["version"] == about["version"]
        check_tiles(client, tiles)
        ground = client.get("/api/basemap").json()
        assert ground["county"] == "nanxian"
        assert ground["features"][0]["properties"]["layer"] == "boundary"
        for path in ("/api/incidents", "/api/health", "/console", "/api/map/tiles/other.pmtiles"):
            assert client.get(path).status_code == 404


def check_tiles(client: httpx.Client, tiles: dict[str, Any]) -> None:
    """One tile as it is kept, what a browser has already, and ranges of the whole file."""
    zoom = tiles["maxzoom"]
    assert zoom == 14
    address = tiles["tiles"][0].format(z=zoom, x=13307, y=6793)  # around 112.4, 29.36
    found = client.get(address)
    assert (found.status_code, found.headers["content-encoding"]) == (200, "gzip")
    assert "东西街".encode() in found.content
    assert "immutable" in found.headers["cache-control"]
    known = {"If-None-Match": found.headers["etag"]}
    assert client.get(address, headers=known).status_code == 304
    whole = f"/api/map/tiles/{tiles['version']}.pmtiles"
    part = client.get(whole, headers={"Range": "bytes=0-6"})
    assert (part.status_code, part.content) == (206, b"PMTiles")


async def test_without_a_county_it_says_where_to_look_and_how_to_build_the_page(
    data: Path, tmp_path: Path
) -> None:
    pack = open_pack(data / "map")
    assert pack is not None
    settings = Settings(static_folder=tmp_path)
    app = make_app(MapServices(tiles=Shelf(), settings=settings, county=without_county(pack)))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        ground = (await client.get("/api/basemap")).json()
        page = await client.get("/")
        described = (await client.get("/api/map/tiles")).json()
    assert ground["features"] == []
    assert ground["bbox"] == pytest.approx([112.399, 29.359, 112.401, 29.361])
    assert (page.status_code, "make setup" in page.text) == (503, True)
    assert described["version"] is None


def refused(*words: str) -> str:
    done = CliRunner().invoke(maps_app, ["serve", *words])
    assert (done.exit_code, done.stdout) == (1, "")
    return done.stderr.replace("\n", " ")


def test_what_cannot_be_served_is_said_in_a_sentence(data: Path, tmp_path: Path) -> None:
    assert "greenlane map import FILE" in refused("--data", str(tmp_path))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert "choose another --port" in refused("--data", str(data), "--port", port)
    path = cross().write(tmp_path / "town.osm")
    bare = ["import", str(path), "--no-tiles", "--data", str(tmp_path)]
    assert CliRunner().invoke(maps_app, bare).exit_code == 0
    assert "--no-tiles" in refused("--data", str(tmp_path))
