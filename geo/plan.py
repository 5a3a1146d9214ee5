"""What a plan goes through until it is in force."""

DRAFTS = ("draft", "submitted", "approved")
"""States in which a plan is not in force yet; only a ``draft`` can be painted."""

STEPS = {
    "draft": ("submitted",),
    "submitted": ("approved", "draft"),
    "approved": ("published", "draft"),
    "published": ("approved",),
}
"""Where a plan can go from each state; ``draft`` sends it back, a published one is withdrawn."""


class WrongStep(ValueError):
    """A plan cannot go from its state to the one asked for."""


def check_step(now: str, wanted: str) -> None:
    """Raises `WrongStep` where a plan that is ``now`` cannot become ``wanted``."""
    if wanted not in STEPS.get(now, ()):
        ways = " or ".join(STEPS.get(now, ())) or "nothing else"
        raise WrongStep(f"the plan is {now} and can become {ways}, not {wanted}")
