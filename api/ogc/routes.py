"""All routes under ``/ogc``."""

from fastapi import APIRouter

from api.ogc import collections, items, landing, tilesets

router = APIRouter()
for part in (landing, collections, items, tilesets):
    router.include_router(part.router)
