"""`luge db`: the private PostGIS of this checkout."""

import os
import shutil

import typer

from geo.store import cluster, migrate, schema
from geo.store.database import read_setting, transaction
from geo.store.settings import Settings, load

app = typer.Typer(help="The private PostGIS of this checkout.", no_args_is_help=True)


@app.command()
def start() -> None:
    """Start it; made on first use."""
    settings = load()
    if not _elsewhere(settings):
        typer.echo(cluster.start(settings.home, say=typer.echo))


@app.command()
def stop() -> None:
    """Stop it; its data stay."""
    settings = load()
    if not _elsewhere(settings):
        typer.echo("stopped" if cluster.stop(settings.home) else "it was not running")


@app.command()
def status() -> None:
    """Say whether it runs, where it is and how large it is."""
    settings = load()
    if _elsewhere(settings):
        return
    now = cluster.status(settings.home)
    typer.echo(f"running, process {now.pid}" if now.running else "stopped")
    typer.echo(f"url     {now.url}")
    typer.echo(f"folder  {now.folder}")
    if now.size is not None:
        typer.echo(f"size    {now.size / 1e6:.1f} MB")


@app.command()
def url() -> None:
    """Print the URL to connect to, running or not."""
    settings = load()
    typer.echo(settings.database_url or cluster.url(settings.home))


@app.command("migrate")
def bring_up_to_date() -> None:
    """Bring the database of an older version up to this one."""
    address = cluster.ensure(load())
    with transaction(address) as conn:
        srid = read_setting(conn).srid
    applied = migrate.migrate(address, srid)
    typer.echo("\n".join(applied) or "nothing to do: the database is of this version")


@app.command("schema")
def write_schema() -> None:
    """Write geo/store/schema.sql anew from the migrations."""
    typer.echo(f"written: {schema.write(cluster.ensure(load()))}")


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def psql(context: typer.Context) -> None:
    """Open psql on the database, started if need be; further arguments are psql's."""
    settings = load()
    address = cluster.ensure(settings, say=lambda text: typer.echo(text, err=True))
    ours = None if settings.database_url else cluster.program(settings.home, "psql")
    program = shutil.which(ours or "psql")
    if program is None:
        raise cluster.ClusterFailed("psql is not installed; its package is postgresql-client")
    os.execv(program, [program, address, *context.args])  # noqa: S606 (no shell is wanted)


def _elsewhere(settings: Settings) -> bool:
    """Say so when another PostgreSQL is used, which is not ours to start or stop."""
    if settings.database_url:
        typer.echo("nothing done: LUGE_DATABASE_URL is set, and that database is not ours to run")
    return settings.database_url is not None
