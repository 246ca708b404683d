"""The questions of `greenlane map`: routes, times, isochrones, matching, search, datums, a look.

Each reads the map in force, asks one function and prints its answer; see `deploy.maps` for what all
of them share.
"""

from pathlib import Path
from typing import Annotated

import typer

from deploy import map_routes as routes
from deploy.map_coverage import isochrone
from deploy.map_learn import learn
from deploy.map_match import match
from deploy.map_search import convert, search, where
from deploy.maps import County, Data, map_in_force, maps_app, said, show
from maps.county import load_county

_WEST = {"ignore_unknown_options": True}  # -76.61,39.29 is a place and no option

maps_app.command()(search)
maps_app.command()(match)
maps_app.command()(learn)
maps_app.command(context_settings=_WEST)(where)
maps_app.command(context_settings=_WEST)(convert)
maps_app.command(context_settings=_WEST)(isochrone)

Priority = Annotated[str, typer.Option(help="P1 to P4: P1 and P2 are driven with sirens.")]
At = Annotated[str | None, typer.Option("--at", help="When the journey begins; now if left out.")]
Driving = Annotated[Path | None, typer.Option("--county", help="Drive by its roads.toml.")]
_PLACE = "lon,lat in WGS-84 degrees, or the id of a facility of the map."


@maps_app.command(context_settings=_WEST)
def route(
    origin: Annotated[str, typer.Argument(metavar="FROM", help=_PLACE)],
    destination: Annotated[str, typer.Argument(metavar="TO", help=_PLACE)],
    *,
    at: At = None,
    priority: Priority = "P1",
    county: Driving = None,
    data: Data = None,
) -> None:
    """The quickest way between two places."""
    with said():
        pack = map_in_force(data)
        travel, told = routes.travel_of(pack, at, priority, county)
        ends = routes.place_of(origin, pack), routes.place_of(destination, pack)
        show(routes.route(travel, *ends) | told)


@maps_app.command()
def eta(
    *,
    origins: Annotated[list[str], typer.Option("--from", help=_PLACE + " Repeatable.")],
    destinations: Annotated[list[str], typer.Option("--to", help=_PLACE + " Repeatable.")],
    at: At = None,
    priority: Priority = "P1",
    county: Driving = None,
    data: Data = None,
) -> None:
    """Times from each place to each other, one row an origin."""
    with said():
        pack = map_in_force(data)
        travel, told = routes.travel_of(pack, at, priority, county)
        starts = [routes.place_of(words, pack) for words in _each(origins)]
        ends = [routes.place_of(words, pack) for words in _each(destinations)]
        show({"from": _each(origins), "to": _each(destinations),
              "times": routes.matrix(travel, starts, ends)} | told)  # fmt: skip


@maps_app.command()
def serve(
    *,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8090,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    county: County = None,
    data: Data = None,
) -> None:
    """Show the imported map in a browser until Ctrl-C: only the map, for whoever may reach it."""
    from deploy.map_serve import serve_map  # noqa: PLC0415 - a web server, for this one only

    with said():
        geography = None if county is None else load_county(county)
        serve_map(map_in_force(data), geography, host, port)


def _each(given: list[str]) -> list[str]:
    """Places may be given one by one, or several in one word: with semicolons, spaces or commas."""
    words = [word for many in given for word in many.replace(";", " ").split()]
    return [place for word in words for place in _places(word)]


def _places(word: str) -> list[str]:
    """The places of one word: numbers are pairs of lon and lat, everything else is an id."""
    parts = word.split(",")
    if len(parts) % 2 or not all(_is_number(part) for part in parts):
        return parts if not any(_is_number(part) for part in parts) else [word]
    return [",".join(parts[k : k + 2]) for k in range(0, len(parts), 2)]


def _is_number(word: str) -> bool:
    try:
        float(word)
    except ValueError:
        return False
    return True


if __name__ == "__main__":
    maps_app(prog_name="greenlane map")
