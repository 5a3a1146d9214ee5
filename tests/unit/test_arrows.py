"""The arrows between the folders: api → geo, api → maps, maps → geo, geo.store → geo; none back."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("geo", "api", "maps")
# Folder → what its modules may import of ours, longest prefix first.
ALLOWED = {
    "geo.store": ("geo",),
    "geo": ("geo",),
    "maps": ("maps", "geo"),
    "api": ("api", "maps", "geo"),
}
MODULES = [p for top in OURS for p in (ROOT / top).rglob("*.py") if "node_modules" not in p.parts]


def imports(path):
    """Every module a file imports, also inside of functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where a name comes from"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def within(module, package):
    return module == package or module.startswith(package + ".")


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_follow_the_arrows(path):
    home = next(folder for folder in ALLOWED if within(name_of(path), folder))
    used = set(imports(path))
    wrong = {m for m in used if m.split(".")[0] in OURS and m.split(".")[0] not in ALLOWED[home]}
    if home == "geo":
        wrong |= {m for m in used if within(m, "geo.store")}
    assert not wrong


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_only_the_store_imports_psycopg(path):
    used = {m.split(".")[0] for m in imports(path)}
    if not within(name_of(path), "geo.store"):
        assert not used & {"psycopg", "psycopg_pool"}


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_pure_part_knows_no_http(path):
    used = {m.split(".")[0] for m in imports(path)}
    if within(name_of(path), "geo"):
        assert not used & {"fastapi", "starlette", "uvicorn", "typer", "folium"}
