"""ECG files for screens: the drawing's numbers, and the bytes as the machine wrote them.

Whoever may read the patient's samples may read the ECG; for everybody else it is not there. What a
drawing holds, and how often a file is decoded for it, is `dispatch.http.ecg_drawings`.
"""

import base64
from typing import Final

import msgspec
from fastapi import APIRouter, Request, Response

from dispatch.domain.world import World
from dispatch.errors import Refused
from dispatch.http.auth import Me
from dispatch.http.guard import services, signed_in
from dispatch.http.reads import may_see_patient
from telemetry.rows import EcgFile

router = APIRouter(tags=["reading"])
_ID_MAX: Final = 2**63 - 1


@router.get("/api/ecg/{ecg_id}")
async def ecg(ecg_id: int, request: Request) -> Response:
    """Leads, samples as stored with their scale, statements, warnings; no patient."""
    file = await _file(request, ecg_id)
    about = {
        "id": file.ecg_id,
        "at": file.true_at,
        "sha256": file.sha256,
        "source": file.source,
        "recording": file.recording,
    }
    drawn = await services(request).drawings.of(file)
    body = msgspec.json.encode(about)[:-1] + b"," + drawn[1:]
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.get("/api/ecg/{ecg_id}/file")
async def ecg_file(ecg_id: int, request: Request) -> Response:
    """The bytes as received; `Repr-Digest` (RFC 9530) is their SHA-256."""
    file = await _file(request, ecg_id)
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    headers = {
        "Cache-Control": "no-store",
        "Repr-Digest": f"sha-256=:{digest}:",
        "Content-Disposition": f'attachment; filename="ecg-{file.ecg_id}"',
    }
    return Response(file.content, media_type="application/octet-stream", headers=headers)


async def _file(request: Request, ecg_id: int) -> EcgFile:
    """The file, for those who may see its patient; raises Refused `not_found`."""
    me = await signed_in(request)
    parts = services(request)
    file = await parts.samples.ecg(ecg_id) if 0 < ecg_id <= _ID_MAX else None
    if file is None or not _may_see(parts.follower.world, me, file):
        raise Refused("not_found", ecg_id=ecg_id)
    return file


def _may_see(world: World, me: Me, file: EcgFile) -> bool:
    if me.role in ("dispatcher", "admin"):
        return True
    if file.patient_id is None:
        return False
    try:
        may_see_patient(world, me, file.patient_id)
    except Refused:
        return False
    return True
