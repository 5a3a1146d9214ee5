"""A request's body into a file: streamed, never past the limit, and nothing left where it fails."""

import errno
from pathlib import Path
from uuid import UUID, uuid4

from fastapi import HTTPException, Request
from starlette.concurrency import run_in_threadpool

from geo.store import uploads

BODY = "application/octet-stream"
PIECE = 1 << 20


async def receive(request: Request, folder: Path, name: str, limit: int) -> tuple[UUID, int]:
    """Write the body under ``folder``; returns the place and the size in bytes.

    Answers 415 to another content type, which a page of another site could send unasked; 413 past
    ``limit`` bytes; 507 where the disk is full.
    """
    if request.headers.get("content-type") != BODY:
        raise HTTPException(415, f"send the file itself as the body, with Content-Type: {BODY}")
    if int(request.headers.get("content-length") or 0) > limit:
        raise _too_large(limit)
    place = uuid4()
    try:
        path = uploads.make_folder(folder, place) / name
        return place, await _write(request, path, limit)
    except OSError as error:
        uploads.remove(folder, place)
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise HTTPException(507, "the disk of the service is full") from error
    except BaseException:  # a broken-off upload is one of them
        uploads.remove(folder, place)
        raise


async def _write(request: Request, path: Path, limit: int) -> int:
    size, waiting = 0, bytearray()
    with path.open("xb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            waiting += chunk
            if len(waiting) >= PIECE:
                await run_in_threadpool(file.write, waiting)
                waiting = bytearray()
        await run_in_threadpool(file.write, waiting)
    return size


def _too_large(limit: int) -> HTTPException:
    return HTTPException(
        413,
        f"the file is larger than {limit / 1e6:,.0f} MB, the most that is taken over HTTP"
        " (LUGE_MAX_UPLOAD_BYTES); use `luge import`, which has no limit",
    )
