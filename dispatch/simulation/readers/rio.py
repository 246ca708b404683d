"""The Rio de Janeiro benchmark of Guigues, Kleywegt & Nascimento as towns and calls.

Semantics (DISPATCH 1.2): great circle at 60 km/h for every leg on a sphere of 6,371 km; unit a
starts at base a modulo the number of bases, kinds alternate BLS, ALS, BLS…; after a hospital a unit
returns to the base nearest to it; weights 4, 1, 4, 1 and misfit 1,500 s x theta are the authors'.
Every duration is in the file and constant, so policies may foresee it. Fleet and number of bases
are the caller's: the files do not say them.
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from dispatch.errors import BadPayload
from dispatch.simulation.limits import MAX_LOG_ROWS, MAX_UNITS
from dispatch.simulation.readers.table import Row, numbered, rows
from dispatch.simulation.shapes import Pace, SimCall, SimFacility, SimUnit, Spot, Town, Values
from dispatch.simulation.travel import GreatCircle, Travel

ALS: Final = 0
BLS: Final = 1

SPEED_M_PER_S: Final = 60.0 / 3.6
"""60 km/h on every leg, with and without a patient."""

_THETA_MS: Final = 1_500_000
_MISFIT: Final = ((0, 0, 1, 1), (4, 4, 0, 0))

VALUES: Final = Values(
    weight=(4, 1, 4, 1),
    misfit_ms=tuple(tuple(_THETA_MS * theta for theta in row) for row in _MISFIT),
    target_ms=(900_000, 900_000, 900_000, 900_000),
    high=frozenset({0, 2}),
)
"""The authors' weights and misfits; the target is the 900 s of the summary table."""


RANKS: Final = (1, 3, 1, 3)
"""As P1 and P3: `dispatch.recommend` keeps the weight of one class well above the next."""


class RioDay(msgspec.Struct, frozen=True, kw_only=True):
    """One scenario: its number and its calls; ids are those of the file, times from its clock."""

    scenario: int
    calls: tuple[SimCall, ...]


def read(
    files: Mapping[str, str], fleet: int, bases: int, values: Values = VALUES
) -> tuple[Town, Travel, list[RioDay]]:
    """Town, travel and scenarios from the texts of the folder, by file name.

    Reads ``bases.csv``, ``hospitals.csv`` and every ``calls*.csv``. Raises BadPayload.
    """
    posts = _places("bases.csv", _need(files, "bases.csv"), "base")
    hospitals = _places("hospitals.csv", _need(files, "hospitals.csv"), "hospital")
    if not 1 <= bases <= len(posts):
        raise BadPayload("bases", f"--bases {bases}: bases.csv has 1 to {len(posts)}")
    if not 1 <= fleet <= MAX_UNITS:
        raise BadPayload("fleet", f"--fleet {fleet}: from 1 to {MAX_UNITS}")
    town = Town(
        units=tuple(
            SimUnit(unit_id=a, post=a % bases, kind=ALS if a % 2 else BLS, name=f"{a}")
            for a in range(fleet)
        ),
        posts=tuple(posts[:bases]),
        facilities=tuple(
            SimFacility(facility_id=at, spot=spot) for at, spot in enumerate(hospitals)
        ),
        values=values,
        pace=Pace(response=(0,) * len(values.weight)),
        returns="nearest",
    )
    names = sorted(name for name in files if name.startswith("calls") and name.endswith(".csv"))
    if not names:
        raise BadPayload("table", "the folder has no calls*.csv")
    days = [day for name in names for day in _days(name, files[name], town)]
    return town, GreatCircle((SPEED_M_PER_S,)), days


def _days(source: str, text: str, town: Town) -> list[RioDay]:
    needed = ("scenario", "call", "time_s", "priority", "on_scene_s", "lat", "lon",
              "at_hospital_s", "hospital")  # fmt: skip
    found: dict[int, list[SimCall]] = {}
    for row in rows(source, text, needed, most=MAX_LOG_ROWS):
        found.setdefault(row.whole("scenario"), []).append(_call(row, town))
    return [RioDay(scenario=key, calls=tuple(calls)) for key, calls in found.items()]


def _call(row: Row, town: Town) -> SimCall:
    """Hospital -1: the patient stays, the unit is free at the scene."""
    lon, lat = row.place()
    hospital = row.index("hospital", len(town.facilities), default=-1)
    return SimCall(
        call_id=row.whole("call"),
        at_ms=round(row.not_negative("time_s") * 1000),
        priority=row.index("priority", len(town.values.weight)),
        spot=Spot(lon, lat),
        on_scene_ms=round(row.not_negative("on_scene_s") * 1000),
        transport=hospital >= 0,
        facility=hospital,
        handover_ms=round(row.not_negative("at_hospital_s") * 1000),
        zone=row.whole("region", 0),
    )


def _places(source: str, text: str, key: str) -> list[Spot]:
    found = list(rows(source, text, (key, "lat", "lon"), most=MAX_LOG_ROWS))
    numbered(source, (row.whole(key) for row in found))
    return [Spot(*row.place()) for row in found]


def _need(files: Mapping[str, str], name: str) -> str:
    if name not in files:
        raise BadPayload("table", f"the folder has no {name}")
    return files[name]
