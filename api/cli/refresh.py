"""`luge refresh`: what is derived for the map, made anew where it is stale."""

from api.cli import session


def refresh() -> None:
    """Make shapes for far zooms, shares, densities and metrics anew where they are stale.

    The service does this by itself, and so do the commands that change the ground.
    """
    made = session.refresh(session.database())
    session.tell(f"refreshed: {', '.join(made)}" if made else "everything was up to date")
