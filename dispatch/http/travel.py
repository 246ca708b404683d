"""How far travel times are to be believed: what the county's own drives say of the estimates.

``GET /api/travel/bias``    the learned correction, the error before and after, the P80 kept or not

For the dispatcher and the administrator. Not here: how it is learned (`maps.network.learning`) and
written (``greenlane map learn``), nor the travel times themselves.
"""

import asyncio
from typing import Any

from fastapi import APIRouter, Request, Response

from dispatch.errors import BadPayload, Refused
from dispatch.http.guard import answer, services, signed_in
from maps.network.learned_file import LearnedFile, read_learned

router = APIRouter(tags=["map"])


@router.get("/api/travel/bias")
async def bias(request: Request) -> Response:
    """The correction beside the map; ``version`` null where none is in use, ``fault`` says why not.

    ``bias_before`` and ``bias_after`` hold the median of ln(driven / estimated) by group, and
    ``calibration`` the shares of drives within the P50 and the P80; ``held_out`` the same of drives
    that the correction did not know. An alarm is a group whose error is still above 10 %.
    """
    me = await signed_in(request)
    if me.role not in ("dispatcher", "admin"):
        raise Refused("not_permitted", role=me.role)
    parts = services(request)
    config = parts.follower.world.config or parts.county.config
    folder = parts.settings.data_folder / "map"
    try:
        file = await asyncio.to_thread(read_learned, folder, config.roads.speeds)
    except BadPayload as error:
        return answer({"version": None, "fault": error.detail})
    return answer({"version": None, "fault": None} if file is None else _told(file))


def _told(file: LearnedFile) -> dict[str, Any]:
    lesson = file.lesson
    names = {name: getattr(lesson, name) for name in lesson.__struct_fields__}
    return {
        "version": file.version,
        "fault": None,
        "made_at": file.made_at,
        "map_version": file.map_version,
        "alarms": [one.group for one in file.alarms],
        **names,
    }
