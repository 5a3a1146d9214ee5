"""The command line `luge`. Each module here is a group of commands or one command."""

import sys

import typer

from api.cli import (
    bodies,
    check,
    coverage,
    cuts,
    db,
    district,
    duty,
    export,
    ground,
    imports,
    layers,
    load,
    places,
    plan,
    proposals,
    reach,
    refresh,
    replay,
    report,
    road,
    serve,
    shares,
)
from geo.store.database import NO_DATABASE

_OURS = ("geo", "api", "maps")

app = typer.Typer(
    help="Luge 路格: maps for running a city district by grids and roads.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
app.command()(district.init)
app.command("import")(imports.import_)
app.command()(export.export)
app.add_typer(ground.blocks_app, name="blocks")
app.add_typer(ground.grids_app, name="grids")
app.command()(check.check)
app.command()(ground.link)
app.command()(refresh.refresh)
app.command()(places.locate)
app.command()(places.search)
app.command()(layers.layers)
app.add_typer(duty.app, name="duty")
app.add_typer(bodies.bodies_app, name="bodies")
app.add_typer(road.app, name="road")
app.add_typer(reach.reach_app, name="reach")
app.add_typer(report.report_app, name="report")
app.add_typer(shares.shares_app, name="shares")
plan.plan_app.command()(cuts.cut)
plan.plan_app.command()(cuts.join)
plan.plan_app.command()(proposals.propose)
plan.plan_app.command()(replay.replay)
plan.plan_app.command()(replay.trend)
report.report_app.command("plan")(replay.plan_report)
app.add_typer(plan.plan_app, name="plan")
app.add_typer(coverage.coverage_app, name="coverage")
app.add_typer(load.load_app, name="load")
app.command()(serve.serve)
app.command()(serve.demo)
app.add_typer(db.app, name="db")


def main() -> None:
    """Run `luge`; an error made for people is one message, anything else keeps its traceback."""
    try:
        app()
    except NO_DATABASE as error:
        first = str(error).strip().partition("\n")[0]
        print(f"luge: the database went away, and nothing was kept: {first}", file=sys.stderr)
        sys.exit(1)
    except (ValueError, OSError) as error:
        print(f"luge: {_words(error)}", file=sys.stderr)
        sys.exit(1)


def _words(error: ValueError | OSError) -> str:
    if type(error).__module__.split(".", 1)[0] in _OURS:
        return str(error)
    # A file that is not there, a folder that may not be written: the machine's, not a fault.
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    raise error
