"""Faults of accessibility, as axe-core finds them in the page."""

from typing import Any

import pytest
from playwright.sync_api import Page

from api.pages import DIST

AXE = DIST.parent / "node_modules" / "axe-core" / "axe.min.js"


def serious_faults(page: Page) -> list[str]:
    """What axe-core calls serious or critical, each with the first elements that have it."""
    if not AXE.is_file():
        pytest.fail("axe-core is not installed: run ./scripts/setup")
    if not page.evaluate("'axe' in window"):
        # By evaluation, since the page's policy lets no script be added.
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run({ resultTypes: ['violations'] })")
    return [
        f"{fault['id']}: {[node['html'][:120] for node in fault['nodes'][:3]]}"
        for fault in found["violations"]
        if fault["impact"] in ("serious", "critical")
    ]
