"""Areas for which no plan was found: which rule, where, and why, in Chinese and English."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from geo.balance.posts import Wish
from geo.balance.puzzle import Piece, Puzzle
from geo.cells import Ints, Places

Pair = tuple[str, str]


class Unsolved(NamedTuple):
    """An area that stays as it is: the ``rule`` that no plan found keeps, with the ``values`` that
    `sentence` tells; the rows of ``blocks`` where; and how far off the ``nearest`` plan is, as a
    share (None: none was tried). ``even`` is the share of the load of the rows ``among`` that those
    of ``blocks`` would have in an even plan.
    """

    parent: int
    rule: str
    blocks: tuple[int, ...]
    nearest: float | None
    values: Mapping[str, Any]
    even: float = 0.0
    among: tuple[int, ...] = ()


def too_few(puzzle: Puzzle, piece: Piece) -> Unsolved | None:
    """Fewer blocks than grids; those that stay together count as one."""
    blocks, grids = puzzle.graph.vertices, len(piece.posts)
    if grids <= blocks:
        return None
    values = {"blocks": blocks, "grids": grids}
    return Unsolved(piece.parent, "size", tuple(piece.rows.tolist()), None, values)


def apart(parent: int, own_pieces: list[Ints], grids: int) -> Unsolved | None:
    """More pieces that do not touch than grids."""
    if len(own_pieces) <= grids:
        return None
    values = {"pieces": len(own_pieces), "grids": grids}
    least = min(own_pieces, key=len)
    return Unsolved(parent, "contiguous", tuple(least.tolist()), None, values)


def too_heavy(puzzle: Puzzle, wish: Wish, piece: Piece) -> Unsolved | None:
    """A block, or blocks that stay together, that no grid can have within the tolerance."""
    v, most = int(puzzle.task.load.argmax()), float(puzzle.target.max())
    over = float(puzzle.task.load[v]) / most - 1
    if over <= wish.tolerance or most <= 0:
        return None
    rows = piece.rows[puzzle.label == v]
    values = {"blocks": len(rows), "off": over}
    even, among = _share(puzzle, most), tuple(piece.rows.tolist())
    return Unsolved(piece.parent, "heavy", tuple(rows.tolist()), over, values, even, among)


def missed(puzzle: Puzzle, wish: Wish, piece: Piece, part: Places, *, proved: bool) -> Unsolved:
    """No plan within the tolerance: the nearest that was found, and its grid that is most off."""
    loads = np.bincount(part, puzzle.task.load, minlength=puzzle.task.parts)
    off = np.abs(loads / puzzle.target - 1)
    worst = int(off.argmax())
    rows = piece.rows[part[puzzle.label] == worst]
    values = {"proved": proved, "tolerance": wish.tolerance, "off": float(off[worst])}
    even, among = _share(puzzle, float(puzzle.target[worst])), tuple(piece.rows.tolist())
    return Unsolved(
        piece.parent, "load", tuple(rows.tolist()), float(off[worst]), values, even, among
    )


def _share(puzzle: Puzzle, target: float) -> float:
    return target / float(puzzle.target.sum())


def torn(parent: int, rows: Ints) -> Unsolved:
    """A compound or protected place whose blocks do not touch, and would come apart."""
    return Unsolved(parent, "whole", tuple(rows.tolist()), None, {"blocks": len(rows)})


def sentence(rule: str, values: Mapping[str, Any]) -> Pair:
    """Why there is no plan, in Chinese and in English."""
    return SAY[rule](values)


def _contiguous(v: Mapping[str, Any]) -> Pair:
    return (
        f"可动的街区分成互不相连的 {v['pieces']} 片，却只有 {v['grids']} 个网格可用",
        f"its free blocks are in {v['pieces']} pieces that do not touch, but it has"
        f" {v['grids']} open grids",
    )


def _size(v: Mapping[str, Any]) -> Pair:
    return (
        f"只有 {v['blocks']} 个可动的街区，分不成 {v['grids']} 个网格",
        f"it has {v['blocks']} free blocks for {v['grids']} grids",
    )


def _heavy(v: Mapping[str, Any]) -> Pair:
    over, allow = f"{v['off']:.0%}", _percent(v["off"])
    if v["blocks"] > 1:
        return (
            f"须在一起的 {v['blocks']} 个街区（小区或保护地块）合起来超出均值 {over}："
            f"请增加人员，或放宽到 ±{allow}",
            f"{v['blocks']} blocks that stay together (a compound or protected places) have {over}"
            f" more than the even share: add workers, or allow ±{allow}",
        )
    return (
        f"有一个街区单独就超出均值 {over}：请切分它、增加人员，或放宽到 ±{allow}",
        f"one block alone has {over} more than the even share: cut it, add workers, or allow"
        f" ±{allow}",
    )


def _load(v: Mapping[str, Any]) -> Pair:
    within, off, allow = f"{v['tolerance']:.1%}", f"{v['off']:.1%}", _percent(v["off"])
    zh = f"±{within} 以内没有可行方案" if v["proved"] else f"没有找到 ±{within} 以内的方案"
    en = "there is no plan" if v["proved"] else "no plan was found"
    return (
        f"{zh}，最接近的相差 {off}：请放宽到 ±{allow}",
        f"{en} within ±{within}; the nearest is off by {off}: allow ±{allow}",
    )


def _whole(v: Mapping[str, Any]) -> Pair:
    return (
        f"一处小区或保护地块的 {v['blocks']} 个街区互不相连，没有找到让它们同在一个网格的方案",
        f"the {v['blocks']} blocks of a compound or protected place do not touch, and no plan was"
        " found that has them in one grid",
    )


def _percent(share: float) -> str:
    return f"{math.ceil(100 * share)} %"


SAY = {
    "contiguous": _contiguous,
    "size": _size,
    "heavy": _heavy,
    "load": _load,
    "whole": _whole,
}
