"""The frames that a report is made of, and the part of them that belongs to one street."""

from datetime import date
from typing import Any, NamedTuple

import pandas as pd

Frame = Any  # pandas and geopandas ship no types


class NoSuchStreet(ValueError):
    """No street has this code."""


class Plan(NamedTuple):
    """A plan: ``of_block`` gives the grid's code by block id, ``grids`` code, name and shape."""

    name: str
    system: str
    of_block: pd.Series
    grids: Frame


class Material(NamedTuple):
    """Everything that a report reads. Shapes are in EPSG:``srid``, metres; times in ``time_zone``.

    ``cases``: code, class, status, reported_at, due_at, handled_at, closed_at, address, road,
    segment_id, side, chainage_m, x, y, dispatched, bounced, reworked; and the codes of the units
    they lie in: community, street, grid. ``blocks`` (index: id): households, people, merchants,
    load (hours a week by the rule set ``rule``), community, street, grid, shape. ``areas``: code,
    name, level, parent, households, workers, shape.
    ``segments``: road, kind, class, from_zoom, length_m, duty_m (of both sides), street, shape.
    ``sides``: road, class, street, side_m, duty_m, lived_m, hollow_m, one row a side.
    ``water``: shapes. ``year_ago``: the cases of the same period a year before, as ``cases``.
    """

    district: str
    srid: int
    time_zone: str
    revision: str
    revisions: dict[str, str]
    day: date
    cases: pd.DataFrame
    blocks: Frame
    areas: Frame
    segments: Frame
    sides: pd.DataFrame
    water: Frame
    plan: Plan | None
    street: str | None = None
    year_ago: pd.DataFrame | None = None
    rule: str = ""

    @property
    def title(self) -> str:
        """The name of what is reported on."""
        return self.names[self.street] if self.street else self.district

    @property
    def names(self) -> dict[str, str]:
        """Names of areas and grids by their code."""
        frames = [self.areas, *([self.plan.grids] if self.plan else [])]
        return {c: n for f in frames for c, n in zip(f["code"], f["name"], strict=True)}


def with_units(cases: pd.DataFrame, blocks: pd.DataFrame) -> pd.DataFrame:
    """``cases`` with the community, street and grid of their block; None for those in no block."""
    units = blocks[["community", "street", "grid"]].reindex(cases["block_id"])
    return cases.assign(**{name: units[name].to_numpy() for name in units})


def streets_of(material: Material) -> list[str]:
    """The codes of all streets."""
    areas = material.areas
    return sorted(areas.loc[areas["level"] == "street", "code"])


def narrow(material: Material, street: str) -> Material:
    """What belongs to one street; grids that lie in several belong to where most blocks are.

    Raises `NoSuchStreet`.
    """
    if street not in (known := streets_of(material)):
        raise NoSuchStreet(f"there is no street {street!r}; there are {', '.join(known) or 'none'}")
    areas, blocks = material.areas, material.blocks
    plan = material.plan
    if plan is not None:
        home = blocks.groupby("grid")["street"].agg(lambda s: s.value_counts().idxmax())
        mine = home.index[home == street]
        plan = plan._replace(grids=plan.grids[plan.grids["code"].isin(mine)])
    ago = material.year_ago
    return material._replace(
        year_ago=None if ago is None else ago[ago["street"] == street],
        cases=material.cases[material.cases["street"] == street],
        blocks=blocks[blocks["street"] == street],
        areas=areas[(areas["code"] == street) | (areas["parent"] == street)],
        segments=material.segments[material.segments["street"] == street],
        sides=material.sides[material.sides["street"] == street],
        plan=plan,
        street=street,
    )
