"""The built front end: one page a screen, assets by content hash, a strict security policy."""

from pathlib import Path

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.middleware.base import RequestResponseEndpoint
from starlette.responses import FileResponse, PlainTextResponse
from starlette.staticfiles import StaticFiles

from dispatch.http.guard import services

PAGES = {
    "/": "index",
    "/console": "console",
    "/crew": "crew",
    "/ed": "ed",
    "/replay": "replay",
    "/devices": "devices",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
    "manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
"""Inline styles are MapLibre's and Svelte's; no script runs that is not a file of ours."""

router = APIRouter(include_in_schema=False)


async def _page(request: Request) -> Response:
    name = PAGES.get(request.url.path.rstrip("/") or "/")
    path = services(request).settings.static_folder / f"{name}.html"
    if not path.is_file():
        return PlainTextResponse(
            "The screens are not built yet: run `make setup`.", status_code=503
        )
    return FileResponse(path, headers={"Cache-Control": "no-cache"})


for _path in PAGES:
    router.add_api_route(_path, _page, methods=["GET", "HEAD"])


def mount_assets(app: FastAPI, static_folder: Path) -> None:
    """Serve the hashed assets; they never change under one name."""
    assets = static_folder / "assets"
    if assets.is_dir():
        app.mount("/assets", StaticFiles(directory=assets), name="assets")


async def secure(request: Request, call_next: RequestResponseEndpoint) -> Response:
    """Put the security headers on every answer."""
    response = await call_next(request)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Permissions-Policy"] = "geolocation=(), camera=(), microphone=()"
    if request.url.path.startswith("/assets/"):
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
