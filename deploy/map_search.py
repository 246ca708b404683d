"""`greenlane map search`, `map where` and `map convert`: places and coordinates, JSON out.

Functions for `deploy.maps` to register. The search covers the imported map, a county's folder where
one is given, or either alone. Not here: how it searches (`maps.search`), the datums
(`maps.coordinates`).
"""

import time
from pathlib import Path
from typing import Annotated, Any, Final, cast, get_args

import msgspec
import typer

from deploy.maps import County, Data, map_folder, map_in_force, said, show
from dispatch.errors import BadPayload
from maps.coordinates import (
    CoordinateError,
    Datum,
    Wgs84,
    from_wgs84,
    in_gcj02_area,
    to_wgs84,
)
from maps.county import load_county
from maps.gazetteer import place_index
from maps.geography import CountyGeography
from maps.limits import MAX_GAZETTEER_HITS
from maps.network.graph import RoadGraph
from maps.network.snap import Snapper
from maps.pack import Pack, open_pack
from maps.search.index import Answer, Hit, PlaceIndex
from maps.search.ranking import DOUBTFUL
from maps.search.reverse import Surroundings, in_words

_DATUMS: Final = {name.lower(): name for name in get_args(Datum)}
_DECIMALS: Final = 7  # a centimetre

Near = Annotated[str | None, typer.Option("--near", help="LON,LAT (WGS-84) that hits be near.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MAX_GAZETTEER_HITS)]
Lon = Annotated[float, typer.Argument(help="Longitude in degrees.")]
Lat = Annotated[float, typer.Argument(help="Latitude in degrees.")]
Name = Annotated[str, typer.Argument(help=f"One of {', '.join(_DATUMS)}.")]


def search(
    words: Annotated[list[str], typer.Argument(help="A place as typed or said.")],
    *,
    near: Near = None,
    limit: Limit = 10,
    county: County = None,
    data: Data = None,
) -> None:
    """Find places by name, pinyin, initials, sound, or as callers say them."""
    with said():
        hint = _place(*_pair(near)) if near is not None else None
        index, _, _ = _opened(county, data)
        began = time.perf_counter()
        answer = index.search(" ".join(words), hint=hint, limit=limit)
        took_ms = (time.perf_counter() - began) * 1000.0
        show(_answer(" ".join(words), answer) | {"took_ms": round(took_ms, 2)})


def where(lon: Lon, lat: Lat, *, county: County = None, data: Data = None) -> None:
    """Say in words where a WGS-84 position is."""
    with said():
        place = _place(lon, lat)
        index, graph, geography = _opened(county, data)
        found = Surroundings(
            index,
            graph=graph,
            snapper=Snapper(graph) if graph is not None else None,
            area=geography.area if geography is not None else None,
        ).describe(place)
        phrases = [
            msgspec.to_builtins(one) | {"zh": in_words(one, "zh"), "en": in_words(one, "en")}
            for one in found.phrases
        ]
        show({"lon": lon, "lat": lat, "phrases": phrases})


def convert(source: Name, target: Name, lon: Lon, lat: Lat) -> None:
    """Convert a position from one datum to another: wgs84, gcj02, bd09, cgcs2000."""
    with said():
        datum, wanted = datum_of(source), datum_of(target)
        try:
            place = to_wgs84(lon, lat, datum)
            result = from_wgs84(place, wanted)
        except CoordinateError as wrong:
            raise BadPayload("coordinates", f"{wrong}; give LON LAT in degrees") from wrong
        is_shifted = {datum, wanted} & {"GCJ02", "BD09"} and datum != wanted
        note = None if not is_shifted or in_gcj02_area(place) else (
            "outside the rectangle around China, where GCJ-02 has no shift"
        )  # fmt: skip
        show(
            {
                "from": {"datum": datum, "lon": lon, "lat": lat},
                "to": {
                    "datum": wanted,
                    "lon": round(result.lon, _DECIMALS),
                    "lat": round(result.lat, _DECIMALS),
                },
                "note": note,
            }
        )


def _opened(
    county: Path | None, data: Path | None
) -> tuple[PlaceIndex, RoadGraph | None, CountyGeography | None]:
    """The index over what there is; a county alone is enough, nothing at all is refused."""
    geography = load_county(county) if county is not None else None
    pack: Pack | None = open_pack(map_folder(data)) if county is not None else map_in_force(data)
    if pack is None:
        return place_index(geography), None, geography
    graph = pack.graph()
    index = place_index(geography, places=pack.places(), facilities=pack.facilities(), graph=graph)
    return index, graph, geography


def _answer(words: str, answer: Answer) -> dict[str, Any]:
    return {
        "words": words,
        "total": answer.total,
        "hits": [_hit(hit) for hit in answer.hits],
        "kilometre": msgspec.to_builtins(answer.kilometre),
    }


def _hit(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "id": entry.id,
        "name": entry.names[0],
        "names": list(entry.names),
        "matched": hit.name,
        "match": hit.match,
        "is_doubtful": hit.match in DOUBTFUL,
        "slips": hit.slips,
        "kind": entry.kind,
        "source": entry.source,
        "schematic": entry.is_schematic,
        "lon": entry.place.lon,
        "lat": entry.place.lat,
        "town": entry.town,
        "context": msgspec.to_builtins(hit.context),
        "near": hit.anchor,
        "others_here": hit.others,
        "distance_m": hit.distance_m,
        "score": hit.score,
    }


def datum_of(name: str) -> Datum:
    """The datum of that name, however it is written; raises BadPayload."""
    plain = name.lower().replace("-", "").replace("_", "")
    if plain not in _DATUMS:
        raise BadPayload("datum", f"{name} is no datum; one of {', '.join(_DATUMS)}")
    return cast("Datum", _DATUMS[plain])


def _pair(text: str) -> tuple[float, float]:
    try:
        lon, lat = (float(part) for part in text.split(","))
    except ValueError as wrong:
        raise BadPayload("coordinates", f"{text} is not LON,LAT in degrees") from wrong
    return lon, lat


def _place(lon: float, lat: float) -> Wgs84:
    try:
        return Wgs84(lon=lon, lat=lat)
    except CoordinateError as wrong:
        raise BadPayload("coordinates", f"{wrong}; give LON LAT in degrees") from wrong
