"""Signing in and out, and tickets for the WebSocket."""

import msgspec
from fastapi import APIRouter, Request, Response

from dispatch.errors import Refused
from dispatch.http.guard import (
    COOKIE,
    answer,
    body_of,
    check_origin,
    decode,
    services,
    signed_in,
)
from dispatch.limits import SESSION_LIFE_S

router = APIRouter(tags=["session"])


class Credentials(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person types."""

    login: str
    password: str


@router.post("/api/session")
async def sign_in(request: Request) -> Response:
    """Sign in; sets the session cookie."""
    check_origin(request)
    typed = decode(Credentials, await body_of(request))
    parts = services(request)
    address = request.client.host if request.client else ""
    token = await parts.auth.sign_in(typed.login, typed.password, address)
    response = answer(await parts.auth.me(token))
    response.set_cookie(
        COOKIE,
        token,
        max_age=SESSION_LIFE_S,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
        path="/",
    )
    return response


@router.get("/api/me")
async def me(request: Request) -> Response:
    """Who is signed in."""
    return answer(await signed_in(request))


@router.delete("/api/session")
async def sign_out(request: Request) -> Response:
    """Sign out; the sockets of the session close."""
    check_origin(request)
    token = request.cookies.get(COOKIE)
    if token:
        parts = services(request)
        parts.hub.sign_out(await parts.auth.sign_out(token))
    response = answer({"signed_in": False})
    response.delete_cookie(COOKIE, path="/")
    return response


@router.post("/api/ticket")
async def ticket(request: Request) -> Response:
    """A ticket for one WebSocket."""
    check_origin(request)
    await signed_in(request)
    token = request.cookies.get(COOKIE)
    if token is None:
        raise Refused("not_signed_in")
    return answer({"ticket": await services(request).auth.new_ticket(token)})
