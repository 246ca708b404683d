"""A county's own log as a forecast: the demand of `maps.coverage.demand` as calls to come.

Each cell of a kilometre becomes a zone with its rate in every hour of the week; its calls count for
its township. Which priorities and what care they get stays the scenario's. Not here: the model.
"""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from dispatch.errors import BadPayload
from dispatch.simulation.demand import WEEK_HOURS, Forecast, Zone
from dispatch.simulation.limits import MAX_LOG_ROWS
from dispatch.simulation.readers.table import Row, rows
from dispatch.simulation.shapes import Spot
from maps.areas import CountyArea
from maps.coordinates import CoordinateError, Wgs84
from maps.coverage.cells import cells_over, zones_of
from maps.coverage.demand import Call, Demand, Period, demand_of

_SPREAD: Final = 0.25
"""Of a cell's side: most of its calls fall inside it."""


def learned(
    plain: Forecast,
    source: str,
    text: str,
    area: CountyArea,
    zone: ZoneInfo,
    period: tuple[datetime, datetime],
) -> tuple[Forecast, Demand]:
    """The scenario's forecast with rates and places of the log; towns are those of ``area``.

    The log needs ``at`` (ISO 8601 with a time zone), ``lon`` and ``lat``. Raises BadPayload.
    """
    try:
        observed = Period(from_at=period[0], until_at=period[1])
    except ValueError as error:
        raise BadPayload("scenario", f"demand.learn_from, learn_until: {error}") from error
    cells = cells_over(area.boundary)
    towns = zones_of(cells, area)
    calls = [_call(row) for row in rows(source, text, ("at", "lon", "lat"), most=MAX_LOG_ROWS)]
    demand = demand_of(cells, towns, calls, observed, zone)
    by_hour = [demand.mean(hour) for hour in range(WEEK_HOURS)]
    found = msgspec.structs.replace(
        plain,
        a_hour=tuple(float(rates.sum()) for rates in by_hour),
        zones=tuple(
            Zone(
                spot=Spot(lon, lat),
                weight=1.0,
                spread_m=cells.side_m * _SPREAD,
                town=town,
            )
            for lon, lat, town in zip(
                cells.lon.tolist(), cells.lat.tolist(), towns.tolist(), strict=True
            )
        ),
        by_hour=tuple(tuple(rates.tolist()) for rates in by_hour),
    )
    return found, demand


def _call(row: Row) -> Call:
    text = row.text("at")
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            raise row.fault("at", f"{text!r} has no time zone")
        lon, lat = row.place()
        return Call(at=at, place=Wgs84(lon=lon, lat=lat))
    except CoordinateError as error:
        raise row.fault("lon", str(error)) from error
    except ValueError:
        raise row.fault("at", f"{text!r} is not ISO 8601") from None
