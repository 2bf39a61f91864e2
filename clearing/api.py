"""The service: one address for all transactions, the envelope says which."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from clearing.centre import THOUGHT_OVER, Centre

PATH = "/fsi/api/callService"
ECERT_PATH = "/ecert/decode"
"""Where the simulated decoding component is asked."""
BYTE_CAP = 4_194_304
_JSON, _ZIP = "application/json; charset=utf-8", "application/octet-stream"


def service(centre: Centre, *, think_s: float = 0) -> FastAPI:
    """Return the ASGI application of ``centre``; ``think_s`` is how long it takes over each settlement."""
    app = FastAPI(title="yibao-clearing", docs_url=None, redoc_url=None, openapi_url=None)

    @app.post(PATH)
    async def call(request: Request) -> Response:
        """Answer one request."""
        try:
            content = await _read(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if content is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if think_s and _infno(content) in THOUGHT_OVER:
            await asyncio.sleep(think_s)
        answer = await run_in_threadpool(centre.answer, content)
        return Response(answer, media_type=_JSON if answer.startswith(b"{") else _ZIP)

    @app.post(ECERT_PATH)
    async def decode(request: Request) -> Response:
        """Exchange an e-certificate's code for a token."""
        try:
            content = await _read(request)
        except ClientDisconnect:
            return Response(status_code=HTTPStatus.BAD_REQUEST)
        if content is None:
            return Response(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return Response(await run_in_threadpool(centre.decode, content), media_type=_JSON)

    return app


async def _read(request: Request) -> bytes | None:
    """Return the body, None when it is longer than any request may be."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > BYTE_CAP:
            return None
    return bytes(content)


def _infno(content: bytes) -> str:
    try:
        members = json.loads(content)
    except (ValueError, RecursionError):
        return ""
    return str(members.get("infno")) if isinstance(members, dict) else ""
