"""One route for each command that people give, made from the command types themselves."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response

from dispatch.advice import with_evidence
from dispatch.domain import commands as c
from dispatch.http.guard import answer, body_of, check_origin, decode_command, services, signed_in
from dispatch.log.events import Outcome

ACCEPTED = {"outcome": "accepted"}


def path_of(kind: type[c.Command]) -> str:
    """`send_unit` → `/api/commands/send-unit`."""
    return f"/api/commands/{str(kind.__struct_config__.tag).replace('_', '-')}"


def make_router() -> APIRouter:
    """All command routes."""
    router = APIRouter(tags=["commands"])
    schemas, components = msgspec.json.schema_components(
        c.FROM_PEOPLE, ref_template="#/components/schemas/{name}"
    )
    for kind, schema in zip(c.FROM_PEOPLE, schemas, strict=True):
        router.add_api_route(
            path_of(kind),
            _handler(kind),
            methods=["POST"],
            summary=(kind.__doc__ or "").strip().splitlines()[0],
            operation_id=str(kind.__struct_config__.tag),
            openapi_extra={
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": _without_tag(schema, components)}},
                }
            },
            responses={409: {"description": "Refused; the code says why"}},
        )
    return router


def command_schemas() -> dict[str, Any]:
    """The component schemas that the command routes refer to."""
    _, components = msgspec.json.schema_components(
        c.FROM_PEOPLE, ref_template="#/components/schemas/{name}"
    )
    return components


def _without_tag(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, Any]:
    """The tag is the path's; a body may leave it out."""
    name = schema["$ref"].rsplit("/", 1)[-1] if "$ref" in schema else None
    shape: dict[str, Any] = components[name] if name else schema
    required = [field for field in shape.get("required", []) if field != "command"]
    return {**shape, "required": required}


def _handler(kind: type[c.Command]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        check_origin(request)
        me = await signed_in(request)
        parts = services(request)
        command = decode_command(kind, await body_of(request))
        known = await parts.log.outcome(command.command_id)
        if known is not None:
            return _told(known)
        world = parts.follower.world
        ready = with_evidence(world, parts.plane, parts.travel, command, parts.now())
        return _told(await parts.recorder.submit(ready, me.actor()))

    return handle


def _told(outcome: Outcome) -> Response:
    if outcome.outcome == "accepted":
        body: dict[str, Any] = {
            **ACCEPTED,
            "command_id": outcome.command_id,
            "seq": outcome.seq,
            "events": outcome.events,
            "made": outcome.made,
        }
        return answer(body)
    status = 403 if outcome.code == "not_permitted" else 409
    body = {
        "outcome": "refused",
        "command_id": outcome.command_id,
        "code": outcome.code,
        "params": outcome.params,
    }
    return answer(body, status)
