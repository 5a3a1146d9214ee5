"""Routes for whoever runs the service: is it alive, is it ready, how much does it do."""

from fastapi import APIRouter, Depends, Request, Response

from api import metrics
from api.guard import may_read_metrics
from api.problems import Problem

router = APIRouter(tags=["operation"])

# Told anew each time, by routes that wait for nothing: they answer where all threads are busy.
FRESH = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz(response: Response) -> dict[str, str]:
    """The process answers; the database is not asked."""
    response.headers.update(FRESH)
    return {"status": "alive"}


@router.get("/readyz", response_model=None)
async def readyz(request: Request, response: Response) -> dict[str, str] | Response:
    """The database answers, is of this version, and holds a district; else 503 and what is missing.

    As the service saw it at most a few seconds ago.
    """
    response.headers.update(FRESH)
    fault = request.app.state.readiness.fault()
    if fault:
        return Problem(503, fault.detail, missing=fault.missing)
    return {"status": "ready"}


@router.get("/metrics", response_class=Response, dependencies=[Depends(may_read_metrics)])
async def read_metrics(request: Request) -> Response:
    """Figures in Prometheus' text format, of all processes of the service together."""
    request.app.state.tally.settle()
    metrics.refresh(request.app.state)
    return Response(metrics.text(), media_type=metrics.MEDIA_TYPE, headers=FRESH)
