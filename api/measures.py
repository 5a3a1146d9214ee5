"""The route of figures: the values of a metric over the units of a layer."""

from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from api import etags
from api.answers import figures, told
from api.asked import Day
from api.readers import reader
from geo.layers import LAYERS
from geo.metrics import METRICS, Metric
from geo.store import changes, measures
from geo.store.database import Connection, read_setting, transaction
from geo.store.measures import Measured

router = APIRouter(prefix="/api/metrics", tags=["map"])

MOST_UNITS = 1_000
# What a grid has is the sum of what its blocks have.
SUMS = ("incidents", "incidents_open", "merchants", "households", "far_households", "load")
# Answers differ when the declaration or the queries do.
CODE = etags.digest((METRICS, sorted(measures.QUERIES.items())))

MetricKey = Annotated[str, Path(description="a key among `metrics` of /api/layers")]


class Asked(BaseModel):
    """Which units of which layer; the first of them in order of value are named."""

    model_config = ConfigDict(extra="forbid")

    layer: str = Field(max_length=64, description="a layer that the metric has values for")
    level: str | None = Field(None, max_length=64, description="areas of one level")
    system: str | None = Field(None, max_length=64, description="grids of one system, by its code")
    first: Literal["highest", "lowest"] = Field("highest", description="which end `units` shows")
    as_of: Day | None = Field(None, description="grids as on this day; default today")
    limit: int = Field(100, ge=0, le=MOST_UNITS, description="most units to name")


@router.get("/{metric}", response_model=None, responses=told(figures.Measures))
def read_metric(request: Request, metric: MetricKey, asked: Annotated[Asked, Query()]) -> Response:
    """`values` by unit, `units` with names and boxes in order of value; 304 where known."""
    declared = _declared(metric)
    _check(declared, asked)
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        today = read_setting(conn).today()
        day = asked.as_of.isoformat() if asked.as_of else today
        wanted = Measured(
            metric, LAYERS[asked.layer], day, who.rights, asked.level, asked.system,
            summed=day != today,
        )  # fmt: skip
        parts = _parts(conn, wanted, asked)
        return etags.answer(request, parts, lambda: _answer(conn, declared, wanted, asked))


def _answer(conn: Connection, metric: Metric, wanted: Measured, asked: Asked) -> dict[str, object]:
    revision, at = measures.computed(conn, wanted) or (None, None)
    return {
        "metric": metric.key,
        "layer": asked.layer,
        "unit": metric.unit,
        "revision": revision,
        "computed_at": at and at.isoformat(),
        "values": measures.values(conn, wanted),
        "units": measures.ranked(conn, wanted, asked.limit, asked.first == "lowest"),
    }


def _parts(conn: Connection, wanted: Measured, asked: Asked) -> object:
    """The values, the units that they are of, what is asked and who asks."""
    return (
        changes.revision(conn, "metrics"), changes.revision(conn, wanted.layer.key),
        wanted.on if wanted.layer.dated else "", sorted(wanted.rights),
        wanted.metric, asked.model_dump(), CODE,
    )  # fmt: skip


def _declared(key: str) -> Metric:
    known = {metric.key: metric for metric in METRICS}
    if key not in known:
        raise HTTPException(404, f"there is no metric {key!r}; there are {', '.join(known)}")
    return known[key]


def _check(metric: Metric, asked: Asked) -> None:
    if asked.layer not in metric.layers:
        there = ", ".join(metric.layers)
        raise HTTPException(400, f"{metric.key} has no values for {asked.layer!r}, but for {there}")
    if asked.as_of and not (asked.layer == "grids" and metric.key in SUMS):
        sums = ", ".join(SUMS)
        raise HTTPException(400, f"another day can be asked for grids, and of {sums}")
    columns = {column.name for column in LAYERS[asked.layer].columns}
    for word in ("level", "system"):
        if getattr(asked, word) is not None and word not in columns:
            raise HTTPException(400, f"the layer {asked.layer} cannot be asked by {word}")
