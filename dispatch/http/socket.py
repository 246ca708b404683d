"""The WebSocket: ticket, snapshot, changes, heartbeat; one reader and one writer a connection.

The writer has a time limit on every send and never waits for a close; the reader stays in
`receive`, since a silent loss is only noticed there. A board's socket that took a pre-alert's
frame marks it delivered; a visible page that drew it says so and marks it displayed.
"""

import asyncio
from typing import Annotated, Literal

import msgspec
import structlog
from fastapi import APIRouter, WebSocket
from starlette.websockets import WebSocketDisconnect

from dispatch.domain import commands as c
from dispatch.domain.views import Key, audience_of
from dispatch.errors import Refused, Unavailable
from dispatch.http.auth import Me
from dispatch.http.guard import is_own_origin
from dispatch.http.services import Services
from dispatch.ids import CommandId, PreAlertId
from dispatch.limits import (
    DISPLAYED_IDS_MAX,
    DOCS_PER_FRAME_MAX,
    HEARTBEAT_S,
    HELLO_TIMEOUT_S,
    SEND_TIMEOUT_S,
    SESSION_CHECK_S,
)
from dispatch.live.hub import Connection
from dispatch.live.outbox import beat, frame, wave_frame
from telemetry.contract import Channel

log = structlog.get_logger("socket")
router = APIRouter()
BAD_TICKET, POLICY = 4401, 1008


class Hello(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The first frame of a client."""

    t: Literal["hello"]
    ticket: str


class Displayed(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True,
    tag_field="t", tag="displayed",
):  # fmt: skip
    """A visible page has drawn these pre-alerts."""

    ids: list[PreAlertId]


class WatchWaves(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True,
    tag_field="t", tag="watch",
):  # fmt: skip
    """A page shows these waveforms of a unit from now on; no channel: it does no longer."""

    unit_id: Annotated[str, msgspec.Meta(max_length=36)]
    channels: frozenset[Channel]


@router.websocket("/ws")
async def serve(socket: WebSocket) -> None:
    """One screen from its hello to its end."""
    parts: Services = socket.app.state.services
    if not is_own_origin(socket):
        await socket.close(POLICY)
        return
    await socket.accept()
    try:
        me, session = await _greet(socket, parts)
    except (Refused, msgspec.DecodeError, TimeoutError, WebSocketDisconnect, KeyError) as error:
        await _close(socket, BAD_TICKET if isinstance(error, Refused) else POLICY)
        return
    actor = me.actor()
    connection, documents = parts.hub.join(actor, audience_of(actor), session)
    try:
        await parts.auth.note_view(me, _name(connection), "opened", parts.hub.seq)
        await _attend(socket, parts, connection, documents)
    finally:
        parts.hub.leave(connection)
        await _note_closed(parts, me, connection)


async def _greet(socket: WebSocket, parts: Services) -> tuple[Me, bytes]:
    async with asyncio.timeout(HELLO_TIMEOUT_S):
        hello = msgspec.json.decode(await socket.receive_text(), type=Hello)
    return await parts.auth.use_ticket(hello.ticket)


def _name(connection: Connection) -> str:
    audience = connection.audience
    return f"{audience.kind}:{audience.scope}" if audience.scope else audience.kind


async def _note_closed(parts: Services, me: Me, connection: Connection) -> None:
    try:
        await parts.auth.note_view(me, _name(connection), "closed", parts.hub.seq)
    except OSError as error:
        log.warning("view_not_noted", detail=str(error))


async def _close(socket: WebSocket, code: int) -> None:
    try:
        async with asyncio.timeout(SEND_TIMEOUT_S):
            await socket.close(code)
    except (RuntimeError, TimeoutError, WebSocketDisconnect, OSError):
        log.info("socket_already_gone", code=code)


async def _attend(
    socket: WebSocket, parts: Services, connection: Connection, documents: list[bytes]
) -> None:
    """Reader, writer and tender side by side; the end of one ends the others."""
    who = _name(connection)
    taken: asyncio.Queue[str] = asyncio.Queue(DISPLAYED_IDS_MAX)
    works = {
        "writer": _write(socket, parts, connection, documents, taken),
        "reader": _read(socket, parts, connection),
        "tender": _tend(parts, connection, taken),
    }
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(work, name=f"socket {what} {who}") for what, work in works.items()
            ]
            for task in tasks:
                task.add_done_callback(lambda _: [other.cancel() for other in tasks])
    except* (WebSocketDisconnect, TimeoutError, OSError, RuntimeError):
        log.info("socket_closed", who=who)


async def _send(socket: WebSocket, text: bytes) -> None:
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await socket.send_text(text.decode())


async def _write(
    socket: WebSocket,
    parts: Services,
    connection: Connection,
    documents: list[bytes],
    taken: asyncio.Queue[str],
) -> None:
    viewer = msgspec.json.encode(
        {
            "role": connection.actor.role,
            "unit_id": connection.actor.unit_id,
            "facility_id": connection.actor.facility_id,
        }
    )
    first, rest = documents[:DOCS_PER_FRAME_MAX], documents[DOCS_PER_FRAME_MAX:]
    extra = b',"viewer":' + viewer
    await _send(socket, frame("snapshot", parts.hub.seq, parts.now(), first, [], extra))
    while rest:
        page, rest = rest[:DOCS_PER_FRAME_MAX], rest[DOCS_PER_FRAME_MAX:]
        await _send(socket, frame("docs", parts.hub.seq, parts.now(), page, []))
    _note_taken(connection, list(parts.hub.held.get(connection.audience, {})), taken)
    loop = asyncio.get_running_loop()
    told_s = loop.time()  # the last frame with a sequence number: waveforms have none
    while True:
        await connection.outbox.wait(max(0.0, told_s + HEARTBEAT_S - loop.time()))
        changed, keys, gone = connection.outbox.take()
        if changed or gone:
            await _send(socket, frame("docs", parts.hub.seq, parts.now(), changed, gone))
            _note_taken(connection, keys, taken)
            told_s = loop.time()
        elif loop.time() - told_s >= HEARTBEAT_S:
            await _send(socket, beat(parts.hub.seq, parts.now()))
            told_s = loop.time()
        if blocks := connection.outbox.take_waves():
            await _send(socket, wave_frame(parts.now(), blocks))
        if connection.outbox.is_closed:
            await _send(socket, b'{"t":"bye","code":"' + connection.outbox.bye.encode() + b'"}')
            await _close(socket, 1000)
            return


def _note_taken(connection: Connection, keys: list[Key], taken: asyncio.Queue[str]) -> None:
    """The board's socket took the frame: that is delivery (IEC 60601-1-8 DAS idea)."""
    if connection.audience.kind != "facility":
        return
    for kind, ident in keys:
        if kind == "prealert" and not taken.full():  # a full queue: the next frame says it again
            taken.put_nowait(ident)


async def _tend(parts: Services, connection: Connection, taken: asyncio.Queue[str]) -> None:
    """Beside the writer, so that no database can hold a screen up: deliveries, and the session."""
    while True:
        try:
            async with asyncio.timeout(SESSION_CHECK_S):
                ident = PreAlertId(await taken.get())
        except TimeoutError:
            if not await parts.auth.is_alive(connection.session):
                connection.outbox.close("signed_out")
            continue
        alert = parts.follower.world.prealerts.get(ident)
        if alert is not None and alert.state == "sent":
            command = c.MarkPreAlertDelivered(
                command_id=CommandId(f"delivered:{ident}"), prealert_id=alert.prealert_id
            )
            board = c.Actor(role="system", facility_id=alert.facility_id)
            await _submit(parts, command, board)


async def _submit(parts: Services, command: c.Command, actor: c.Actor) -> None:
    try:
        await parts.recorder.submit(command, actor)
    except Unavailable as error:
        log.warning("mark_not_recorded", command=command.command_id, detail=error.detail)


async def _read(socket: WebSocket, parts: Services, connection: Connection) -> None:
    while True:
        try:
            shown = msgspec.json.decode(await socket.receive_text(), type=Displayed | WatchWaves)
        except (msgspec.DecodeError, KeyError):  # KeyError: a binary frame has no text
            await _close(socket, POLICY)
            return
        if isinstance(shown, WatchWaves):
            if not parts.hub.watch(connection, shown.unit_id, shown.channels):
                await _close(socket, POLICY)
                return
            continue
        if connection.actor.role != "hospital" or len(shown.ids) > DISPLAYED_IDS_MAX:
            await _close(socket, POLICY)
            return
        for ident in shown.ids:
            await _mark_displayed(parts, connection, ident)


async def _mark_displayed(parts: Services, connection: Connection, ident: PreAlertId) -> None:
    """Only what is on this board: a refusal under the mark's id would stand for ever."""
    alert = parts.follower.world.prealerts.get(ident)
    if alert is None or alert.facility_id != connection.actor.facility_id:
        log.warning("displayed_unknown", who=_name(connection))
        return
    command = c.MarkPreAlertDisplayed(command_id=CommandId(f"displayed:{ident}"), prealert_id=ident)
    await _submit(parts, command, connection.actor)
