"""The route of units: one unit of a layer with its figures, people and neighbours."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Path, Request

from api.answers import told
from api.answers.panels import UnitTold
from api.asked import AsOf
from api.readers import reader
from geo.store import units
from geo.store.database import transaction

router = APIRouter(prefix="/api/units", tags=["places"])

LayerKey = Annotated[
    str, Path(max_length=64, description=f"one of {', '.join(units.LAYERS_WITH_UNITS)}")
]
UnitId = Annotated[
    int, Path(alias="id", ge=0, le=2**31 - 1, description="the id that its tiles have")
]


@router.get("/{layer}/{id}", response_model=None, responses=told(UnitTold))
def read_unit(
    request: Request, layer: LayerKey, unit: UnitId, as_of: AsOf = None
) -> dict[str, object]:
    """One unit of a layer: facts, counts, trend, open cases, merchants, people, neighbours."""
    if layer not in units.LAYERS_WITH_UNITS:
        known = ", ".join(units.LAYERS_WITH_UNITS)
        raise HTTPException(404, f"units of {layer!r} have no panel; those of {known} have")
    who = reader(request)
    with transaction(request.app.state.pool, who) as conn:
        try:
            return units.unit(conn, layer, unit, who, as_of)
        except units.NoSuchUnit as error:
            raise HTTPException(404, str(error)) from None
