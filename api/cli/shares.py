"""`luge shares`: fair shares among chiefs, proposed, looked at, applied."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, Any

import typer
from rich.table import Table

from api.cli.report import DAY, UnknownChoice
from api.cli.session import console, database, draw, tell
from geo.progress import Step
from geo.store import drafts
from geo.store.database import transaction
from geo.store.shares import ROLES, Asked

shares_app = typer.Typer(
    help="Fair shares among chiefs: even loads, connected, few stretches in other hands.",
    no_args_is_help=True,
)

Draft = Annotated[int, typer.Argument(help="Number of the draft.")]
Many = list[str] | None


class NotComputed(ValueError):
    """A draft could not be computed."""


@shares_app.command()
def propose(
    chiefs: Annotated[int | None, typer.Option(help="How many; as many as today.", min=1)] = None,
    lock: Annotated[
        Many, typer.Option(help="A chief, a road or a stretch that stays; may be repeated.")
    ] = None,
    add: Annotated[Many, typer.Option(help="Code of a chief to bring in.")] = None,
    without: Annotated[Many, typer.Option(help="Code of a chief to leave out.")] = None,
    start: Annotated[
        datetime | None,
        typer.Option("--from", formats=DAY, help="First day; the first of next month."),
    ] = None,
    role: Annotated[str, typer.Option(help="second, first or general.")] = "second",
    tolerance: Annotated[
        float, typer.Option(help="Loads so far from the mean are even.", min=0.005, max=0.5)
    ] = 0.05,
    area: Annotated[str | None, typer.Option(help="Code of an area; everywhere.")] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="Also roads and lanes that nobody has.")
    ] = False,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same answer.")] = 0,
) -> None:
    """Compute a draft: who could have which stretches from a date on. Nothing changes yet."""
    if role not in ROLES:
        raise UnknownChoice(f"there is no role {role!r} to share; there are {', '.join(ROLES)}")
    asked = Asked(role, chiefs, tuple(add or ()), tuple(without or ()), tuple(lock or ()),
                  tolerance, area, everywhere)  # fmt: skip
    url = database()
    with transaction(url) as conn:
        day = start.date() if start else drafts.next_month(conn)
        draft = drafts.make(conn, asked, day, seed)
    with console.status("reading") as status:
        drafts.compute(partial(transaction, url), draft, lambda words: status.update(_at(words)))
    _show(url, draft)


def _at(words: str) -> str:
    if isinstance(words, Step):
        return f"{words} {100 * words.done // max(words.total, 1)} %"
    return words


@shares_app.command("list")
def list_() -> None:
    """List the newest drafts."""
    with transaction(database()) as conn:
        for draft in drafts.listed(conn):
            words = [draft["id"], draft["status"], draft["role"], "from", draft["valid_from"]]
            if draft["after"]:
                words.append(
                    f"max/mean {draft['before']['most']:.2f} → {draft['after']['most']:.2f}"
                )
            tell("  ".join(map(str, words)))


@shares_app.command()
def show(draft: Draft) -> None:
    """Show a draft: loads of chiefs before and after."""
    _show(database(), draft)


@shares_app.command()
def fill(
    draft: Draft,
    post: Annotated[int, typer.Argument(help="Number of the vacant post.", min=0)],
    chief: Annotated[str, typer.Argument(help="Code of the chief.")],
) -> None:
    """Give a vacant post of a draft to a chief."""
    with transaction(database()) as conn:
        drafts.fill(conn, draft, post, chief)
    tell(f"post {post} of draft {draft} goes to {chief}")


@shares_app.command()
def apply(draft: Draft) -> None:
    """Make a draft's shares duties from its day on: old duties end, new ones begin."""
    with transaction(database()) as conn:
        made = drafts.apply(conn, draft)
    tell(f"{made.ended} duties end, {made.begun} begin, {made.stayed} stay as they are")
    tell(f"{made.metres_before:.0f} m of side had a chief, {made.metres_after:.0f} m will")


@shares_app.command()
def discard(draft: Draft) -> None:
    """Put a draft aside."""
    with transaction(database()) as conn:
        drafts.discard(conn, draft)
    tell(f"draft {draft} is put aside")


def _show(url: str, draft: int) -> None:
    with transaction(url) as conn:
        found = drafts.read(conn, draft)
    if found["error"]:
        raise NotComputed(found["error"])
    tell(f"draft {draft}: {found['status']}, role {found['role']}, from {found['valid_from']}")
    if figures := found["figures"]:
        for line in _words(figures, found["valid_from"]):
            tell(line)
        draw(_table(found))


def _words(figures: dict[str, Any], day: date) -> list[str]:
    before, after = figures["before"], figures["after"]
    return [
        f"load, max / mean: {before['most']:.2f} today, {after['most']:.2f} from {day}",
        f"variation: {before['variation']:.2f}, {after['variation']:.2f}",
        f"connected shares: {before['connected']} of {before['shares']},"
        f" {after['connected']} of {after['shares']}",
        f"in other hands: {figures['changed']} of {figures['stretches']} stretches,"
        f" {figures['changed_m'] / 1000:.1f} of {figures['metres'] / 1000:.1f} km of side",
        *(_gap(gap) for gap in figures["gaps"]),
        *["broken off: this is the best that was found so far"] * (not figures["finished"]),
    ]


def _gap(gap: dict[str, Any]) -> str:
    pairs = zip(gap["roads"], gap["stretches"], strict=True)
    roads = ", ".join(road or f"stretch {id_}" for road, id_ in pairs)
    why = "its roads do not meet" if gap["why"] == "network" else "locks hold it apart"
    return f"post {gap['post']} is in {gap['pieces']} pieces, because {why}: {roads}"


def _table(found: dict[str, Any]) -> Table:
    table = Table("post", "code", "name", "h a week", "→", "km", "→", "pieces", "→")
    before = {row["id"]: row for row in found["chiefs"]}
    for post in found["posts"]:
        old = before.pop(post["chief_id"], None)
        table.add_row(str(post["post"]), post["code"] or "—", post["name"] or "vacant",
                      *_pairs(old, post))  # fmt: skip
    for old in before.values():
        table.add_row("—", old["code"], old["name"], *_pairs(old, None))
    return table


def _pairs(old: dict[str, Any] | None, new: dict[str, Any] | None) -> list[str]:
    return [text for key, unit, digits in (("load", 60, 1), ("metres", 1000, 1), ("pieces", 1, 0))
            for text in (f"{row[key] / unit:.{digits}f}" if row else "—"
                         for row in (old, new))]  # fmt: skip
