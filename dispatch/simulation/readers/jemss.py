"""City models of JEMSS.jl (University of Auckland) as towns: tables, road network, distributions.

Formats and semantics (DISPATCH 1.1): a table is a line with its name, a header, rows, an empty
line; times in days, speeds in km a day; indices from 1. A file is known by its tables, whatever it
is called. What the generator's XML says of calls is drawn with our keyed numbers: Julia's streams
cannot be replayed, so single calls are never JEMSS's own, only their distributions are. Where the
density raster is absent calls begin at road nodes with off-road access, all equally likely.

Read: ambulances, hospitals, stations, map, travelModes, travelSets, nodes, arcs, calls (if there),
demandCoverage's coverTimes, genConfig. Not read: move-up parameters, rasters.
"""

import ast
import io
import operator
import zipfile
from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
import numpy as np
from defusedxml import ElementTree

from dispatch.errors import BadPayload
from dispatch.simulation.chance import Chance
from dispatch.simulation.demand import WEEK_HOURS, Care, Forecast, Law, Zone, calls_to_come
from dispatch.simulation.limits import MAX_LOG_ROWS
from dispatch.simulation.readers.table import Row, rows
from dispatch.simulation.road import RoadTimes, plain_graph
from dispatch.simulation.shapes import Pace, SimCall, SimFacility, SimUnit, Spot, Town, Values

_DAY_S: Final = 86_400.0
_PRIORITIES: Final = ("highPriority", "medPriority", "lowPriority")
_WEIGHTS: Final = (4, 2, 1)
"""POLICY for the one penalised column; JEMSS has no weights."""


_NOWHERE: Final = Spot(0.0, 0.0)
"""Places of calls are drawn among the nodes, not by zone."""


SAMPLE_DAYS: Final = 30.0
"""Days of calls of another seed that stand for the demand to be covered."""


class City(msgspec.Struct, frozen=True, kw_only=True):
    """A city: the town, and what the calls of any day are drawn from."""

    town: Town
    forecast: Forecast
    nodes: tuple[int, ...]


Tables = dict[str, list[Row]]


def tables_of(source: str, text: str) -> Tables:
    """Every table of one file by name."""
    found: Tables = {}
    for block in _blocks(text):
        name = block[0].split(",", 1)[0].strip().strip('"')
        if len(block) > 1:
            body = "\n".join(block[1:])
            found[name] = list(rows(f"{source} [{name}]", body, (), most=MAX_LOG_ROWS))
    return found


def _blocks(text: str) -> list[list[str]]:
    """Lines between empty ones; a line of commas is empty."""
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.replace(",", "").strip():
            found[-1].append(line)
        elif found[-1]:
            found.append([])
    return [block for block in found if block]


def read(files: Mapping[str, bytes]) -> tuple[City, RoadTimes, Tables]:
    """A city from its files by name (CSV, XML, a ZIP of nodes.csv and arcs.csv); BadPayload."""
    tables, config = _collect(files)
    travel = _network(tables)
    targets = _targets(tables)
    posts = tuple(travel.spot(*row.place("x", "y")) for row in _need(tables, "stations"))
    hospitals = _need(tables, "hospitals")
    town = Town(
        units=tuple(
            SimUnit(unit_id=at, post=_station(row, len(posts)))
            for at, row in enumerate(_need(tables, "ambulances"))
        ),
        posts=posts,
        facilities=tuple(
            SimFacility(facility_id=at, spot=travel.spot(*row.place("x", "y")),
                        name=row.text("name", ""))
            for at, row in enumerate(hospitals)
        ),
        values=Values(
            weight=_WEIGHTS,
            misfit_ms=((0, 0, 0),),
            target_ms=targets,
            high=frozenset({0}),
        ),
        pace=_pace(tables),
        expected_on_scene_ms=0,
        expected_handover_ms=0,
        post_names=tuple(row.text("NAME", row.text("index")) for row in _need(tables, "stations")),
    )  # fmt: skip
    forecast = _forecast(config)
    care = forecast.care
    known = msgspec.structs.replace(
        town,
        expected_on_scene_ms=round(care.on_scene.mean * 1000),
        expected_handover_ms=round(care.handover.mean * 1000),
    )
    nodes = _access(tables, travel)
    return City(town=known, forecast=forecast, nodes=nodes), travel, tables


def cover_ms(city: City) -> int:
    """Target of high priority less the call taking, as JEMSS covers."""
    ready_ms = round(city.forecast.care.ready.mean * 1000)
    return city.town.values.target_ms[0] - ready_ms


def calls_of(city: City, travel: RoadTimes, days: float, seed: int) -> list[SimCall]:
    """Calls of so many days: times and care from the XML, places at nodes with access."""
    chance = Chance(seed)
    posts = np.array([(one.lon, one.lat) for one in city.town.posts])
    found = []
    for one in calls_to_come(city.forecast, days, seed):
        node = city.nodes[int(chance.uniform("node", one.call_id) * len(city.nodes))]
        spot = travel.node_spot(node)
        zone = int(np.square(posts - (spot.lon, spot.lat)).sum(axis=1).argmin())
        found.append(msgspec.structs.replace(one, spot=spot, zone=zone))
    return found


def _collect(files: Mapping[str, bytes]) -> tuple[Tables, Any]:
    """All tables of all files (the first file in order of name wins), and the first genConfig."""
    tables: Tables = {}
    config = None
    for name in sorted(files):
        if name.endswith(".csv"):
            tables = tables_of(name, files[name].decode("utf-8-sig")) | tables
        elif name.endswith(".zip"):
            tables = _zipped(name, files[name]) | tables
        elif name.endswith(".xml") and config is None:
            root = _xml(name, files[name])
            config = root if root.tag == "genConfig" else None
    if config is None:
        raise BadPayload("jemss", "the folder has no genConfig XML: nothing says how calls come")
    return tables, config


def _zipped(name: str, data: bytes) -> Tables:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            inside = [one for one in archive.namelist() if one.endswith(".csv")]
            found: Tables = {}
            for one in inside:
                found |= tables_of(f"{name}/{one}", archive.read(one).decode("utf-8-sig"))
            return found
    except zipfile.BadZipFile as error:
        raise BadPayload("jemss", f"{name}: {error}") from error


def _xml(name: str, data: bytes) -> Any:
    try:
        return ElementTree.fromstring(data.decode("utf-8-sig"))
    except (ElementTree.ParseError, ValueError) as error:
        raise BadPayload("jemss", f"{name}: {error}") from error


def _network(tables: Tables) -> RoadTimes:
    """The road graph with one weight an arc and mode, and the off-road speeds of the modes."""
    modes = _need(tables, "travelModes")
    speeds = [row.not_negative("offRoadSpeed") * 1000 / _DAY_S for row in modes]
    nodes, arcs = _need(tables, "nodes"), _need(tables, "arcs")
    misc = tables.get("miscData") or []
    is_directed = not misc or misc[0].text("arcForm", "directed") == "directed"
    ends = np.array([(r.whole("fromNode") - 1, r.whole("toNode") - 1) for r in arcs], np.int32)
    days = np.array([[r.number(f"mode_{m + 1}") for m in range(len(modes))] for r in arcs])
    length_m = np.array([row.number("distance", 0.0) * 1000 for row in arcs])
    if not is_directed:
        ends = np.vstack((ends, ends[:, ::-1]))
        days, length_m = np.vstack((days, days)), np.concatenate((length_m, length_m))
    weights = np.maximum(1, np.rint(days * _DAY_S * 1000)).astype(np.int32)
    lon = np.array([row.number("x") for row in nodes])
    lat = np.array([row.number("y") for row in nodes])
    graph = plain_graph(lon, lat, ends, length_m)
    return RoadTimes(graph, [weights[:, m] for m in range(len(modes))], speeds)


def _access(tables: Tables, travel: RoadTimes) -> tuple[int, ...]:
    """Nodes at which calls may begin: with off-road access, and within the main network."""
    main = set(travel.main_nodes.tolist())
    return tuple(
        at for at, row in enumerate(_need(tables, "nodes"))
        if row.number("offRoadAccess", 1.0) and at in main
    )  # fmt: skip


def _pace(tables: Tables) -> Pace:
    """Modes by priority of the first travel set; patients and returns drive as low priority."""
    sets = _need(tables, "travelSets")
    first = sets[0].whole("travelSetIndex")
    mode = {
        row.text("priority"): row.whole("travelModeIndex") - 1
        for row in sets
        if row.whole("travelSetIndex") == first
    }
    missing = [name for name in _PRIORITIES if name not in mode]
    if missing:
        raise BadPayload("jemss", f"travelSets has no mode for {', '.join(missing)}")
    low = mode["lowPriority"]
    return Pace(response=tuple(mode[p] for p in _PRIORITIES), transport=low, other=low)


def _targets(tables: Tables) -> tuple[int, ...]:
    """Targets by priority, ms: of `priorities`, else 8, 8 and 20 min (the thesis' own)."""
    given = {
        row.text("name"): round(row.number("targetResponseTime") * _DAY_S * 1000)
        for row in tables.get("priorities", [])
    }
    return tuple(
        given.get(name, minutes * 60_000)
        for name, minutes in zip(_PRIORITIES, (8, 8, 20), strict=True)
    )


def _forecast(config: Any) -> Forecast:
    """Rates and care from the generator's XML."""
    texts = {one.tag: (one.text or "").strip() for one in config.iter()}

    def law(tag: str) -> Law:
        return _law(tag, texts.get(tag, ""))

    gap = _distribution("interarrivalTime", texts.get("interarrivalTime", ""))
    if gap[0] != "Exponential":
        raise BadPayload(
            "jemss", f"interarrivalTime {gap[0]}: only Exponential is a Poisson stream"
        )
    shares = _distribution("priority", texts.get("priority", ""))[1][0]
    transport = _distribution("transport", texts.get("transport", ""))[1][0]
    a_hour = 1.0 / (gap[1][0] * 24)
    return Forecast(
        a_hour=(a_hour,) * WEEK_HOURS,
        zones=(Zone(spot=_NOWHERE, weight=1.0),),
        priorities=tuple(shares),
        care=Care(
            ready=law("dispatchDelay"),
            on_scene=law("onSceneDuration"),
            transport=transport,
            handover=law("handoverDuration"),
        ),
    )


def _law(tag: str, text: str) -> Law:
    """A duration in days as a law in seconds."""
    name, values = _distribution(tag, text)
    if name == "Exponential":
        return Law(mean=values[0] * _DAY_S, kind="exponential")
    if name == "Normal":
        spread = values[1] * _DAY_S if len(values) > 1 else 1.0
        return Law(mean=values[0] * _DAY_S, kind="normal" if spread else "constant", spread=spread)
    if name == "Uniform":
        low, high = values[0] * _DAY_S, values[1] * _DAY_S
        return Law(mean=(low + high) / 2, kind="uniform", spread=(high - low) / 2)
    raise BadPayload("jemss", f"{tag}: {name} is none of Exponential, Normal, Uniform")


_OPERATORS: Final[dict[type[ast.operator], Callable[[float, float], float]]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def _distribution(tag: str, text: str) -> tuple[str, list[Any]]:
    """Name and values of such as ``Exponential(12/60/24)``; numbers and + - * / only."""
    try:
        call = ast.parse(text, mode="eval").body
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.keywords:
            return call.func.id, [_value(one) for one in call.args]
    except (SyntaxError, ValueError, ZeroDivisionError):
        pass
    raise BadPayload("jemss", f"{tag}: {text!r} is not a distribution such as Exponential(1/280)")


def _value(node: ast.expr) -> Any:
    if isinstance(node, ast.List):
        return [_value(one) for one in node.elts]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATORS:
        return _OPERATORS[type(node.op)](_value(node.left), _value(node.right))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_value(node.operand)
    raise ValueError("not a number")


def _station(row: Row, count: int) -> int:
    """The place of a unit's station, from 0."""
    index = row.whole("stationIndex")
    if not 1 <= index <= count:
        raise row.fault("stationIndex", f"{index} is not in 1..{count}")
    return index - 1


def _need(tables: Tables, name: str) -> list[Row]:
    found = tables.get(name)
    if not found:
        raise BadPayload("jemss", f"the folder has no table {name!r}, or it is empty")
    return found
