"""Stored waveforms of a unit, block by block as they came: what a replay draws.

Live ones go over the WebSocket (`dispatch.live.waves`). Access is that of vital signs: a desk sees
every unit, crews and hospitals only blocks of patients whose samples they may read.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, get_args

from fastapi import APIRouter, Query, Request, Response

from dispatch.domain.world import World
from dispatch.errors import BadPayload, Refused
from dispatch.http.auth import Me
from dispatch.http.guard import answer, services, signed_in
from dispatch.http.reads import may_see_patient
from dispatch.ids import UnitId
from dispatch.limits import WAVEFORM_BLOCKS_MAX, WAVEFORM_WINDOW_MAX_S
from telemetry.contract import Channel
from telemetry.rows import WaveformRow

router = APIRouter(tags=["reading"])
_CHANNELS: Final[dict[str, Channel]] = {name: name for name in get_args(Channel)}
_DESKS: Final = ("dispatcher", "admin")


@router.get("/api/waveforms")
async def waveforms(
    request: Request,
    unit: str,
    since: datetime,
    until: datetime,
    channel: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """Blocks that began in [since, until), oldest first, ten minutes at most; samples in base64.

    ``channel`` may be given several times; none is all. Times carry their zone.
    """
    me = await signed_in(request)
    parts = services(request)
    world = parts.follower.world
    if UnitId(unit) not in world.units or "\0" in unit:
        raise Refused("not_found", unit_id=unit)
    _check_window(since, until)
    rows = await parts.samples.waveforms(
        UnitId(unit), _channels(channel), since, until, WAVEFORM_BLOCKS_MAX
    )
    seen = _visible(world, me, rows)
    if not seen and not _has_patient_there(world, me, unit):
        raise Refused("not_found", unit_id=unit)
    body = {"unit_id": unit, "blocks": [_shape(row) for row in seen]}
    return answer({**body, "is_cut": len(rows) == WAVEFORM_BLOCKS_MAX})


def _check_window(since: datetime, until: datetime) -> None:
    if since.tzinfo is None or until.tzinfo is None:
        raise BadPayload("malformed", "since and until have no zone: write 2026-01-31T08:00:00Z")
    if not timedelta(0) < until - since <= timedelta(seconds=WAVEFORM_WINDOW_MAX_S):
        detail = f"until is to be up to {WAVEFORM_WINDOW_MAX_S} s after since"
        raise BadPayload("malformed", detail)


def _channels(names: list[str] | None) -> list[Channel]:
    unknown = [name for name in names or () if name not in _CHANNELS]
    if unknown:
        known = ", ".join(_CHANNELS)
        raise BadPayload("malformed", f"channel {unknown[0][:40]!r} is none of {known}")
    return [_CHANNELS[name] for name in names or _CHANNELS]


def _visible(world: World, me: Me, rows: Sequence[WaveformRow]) -> list[WaveformRow]:
    if me.role in _DESKS:
        return list(rows)
    allowed: dict[str, bool] = {}
    for row in rows:
        if row.patient_id is not None and row.patient_id not in allowed:
            allowed[row.patient_id] = _may_see(world, me, row.patient_id)
    return [row for row in rows if row.patient_id is not None and allowed[row.patient_id]]


def _has_patient_there(world: World, me: Me, unit_id: str) -> bool:
    """Whether somebody who finds nothing may know that there is nothing."""
    if me.role in _DESKS or me.unit_id == unit_id:
        return True
    aboard = [one.patient_id for one in world.patients.values() if one.unit_id == unit_id]
    return any(_may_see(world, me, patient_id) for patient_id in aboard)


def _may_see(world: World, me: Me, patient_id: str) -> bool:
    try:
        may_see_patient(world, me, patient_id)
    except Refused:
        return False
    return True


def _shape(row: WaveformRow) -> dict[str, Any]:
    """The same names as a live block's."""
    return {
        "patient_id": row.patient_id,
        "channel": row.channel,
        "at": row.stamp.true_at,
        "observed_at": row.stamp.observed_at,
        "hz": row.hz,
        "unit": row.unit,
        "per_lsb": row.per_lsb,
        "zero": row.zero,
        "samples": row.samples,
        "source": row.source,
    }
