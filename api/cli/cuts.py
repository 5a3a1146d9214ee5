"""`luge plan cut` and `join`: the blocks that plans divide, cut along a line and made one."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.session import database, refresh, tell
from geo.cutting import drawn_line
from geo.store import cutting
from geo.store.cutting import Changed
from geo.store.database import transaction
from geo.store.strokes import By

Plan = Annotated[int, typer.Argument(help="Number of a draft.")]
Who = Annotated[str, typer.Option("--by", help="Who does it.")]


def cut(
    plan: Plan,
    block: Annotated[str, typer.Argument(help="Code of a block.")],
    line: Annotated[
        str, typer.Argument(help="GeoJSON file of a line, or a WKT LINESTRING; WGS 84 degrees.")
    ],
    by: Who = "",
) -> None:
    """Cut a block along a line from one side of it to another."""
    if "(" not in line and not Path(line).is_file():
        raise typer.BadParameter(f"there is no file {line}, and it is no LINESTRING either")
    drawn = drawn_line(line if "(" in line else Path(line).read_text("utf-8-sig"))
    url = database()
    with transaction(url) as conn:
        (id_,) = cutting.ids_of(conn, plan, [block])
        done = cutting.cut(conn, plan, id_, drawn, By(made_by=by))
    refresh(url)
    _tell([block], done)


def join(
    plan: Plan,
    blocks: Annotated[list[str], typer.Argument(help="Codes of blocks beside one another.")],
    by: Who = "",
) -> None:
    """Make one block of several that were in one grid in every plan so far."""
    url = database()
    with transaction(url) as conn:
        done = cutting.join(conn, plan, cutting.ids_of(conn, plan, blocks), By(made_by=by))
    refresh(url)
    _tell(blocks, done)


def _tell(ended: list[str], done: Changed) -> None:
    tell(f"{', '.join(ended)} ended; {done.moved} of {done.points} points are in other blocks")
    for block in done.blocks:
        tell(
            f"{block['code']}\t{block['area_m2']:.0f} m²\t{block['households'] or 0} households"
            f"\t{block['people'] or 0} people"
        )
