"""The docs keep step: settings, routes, commands and kinds are all in them; links lead on."""

import json
import re
import tomllib
from pathlib import Path

import pytest
from commands import every_command
from rich.text import Text

from api.app import create_app
from api.cli.layers import page as layers_page
from geo import kinds
from geo.layers import LAYERS
from geo.store.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
ALL = "\n".join(path.read_text("utf-8") for path in DOCS)


def doc(name):
    return (ROOT / "docs" / name).read_text("utf-8")


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_every_setting_is_documented(name):
    assert f"LUGE_{name.upper()}" in doc("database.md")


def routes():
    paths = create_app(Settings(database_url="postgresql://nowhere")).openapi()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods]


@pytest.mark.parametrize(("method", "path"), routes())
def test_every_route_is_documented(method, path):
    assert f"`{method} {path}" in doc("http.md")


@pytest.mark.parametrize("command", [name for name, _ in every_command()])
def test_every_command_is_documented(command):
    group, _, last = command.rpartition(" ")
    assert command in ALL or re.search(rf"{group} [a-z |]*\b{last}\b", ALL)


@pytest.mark.parametrize(
    ("command", "wish"),
    [(name, wish) for name, command in every_command() for wish in command.params],
    ids=lambda each: getattr(each, "name", each),
)
def test_every_argument_and_option_has_words_that_help_shows(command, wish):
    assert wish.help, f"{command} {wish.name}"
    assert Text.from_markup(wish.help).plain == wish.help  # [today] would be taken for a colour


@pytest.mark.parametrize("kind", [*sorted(kinds.KINDS.keys() - {"ways"}), "roads"])
def test_every_kind_is_documented(kind):
    assert f"`{kind}`" in doc("import.md")


@pytest.mark.parametrize("layer", LAYERS.values(), ids=lambda layer: layer.key)
def test_every_layer_has_names_in_both_languages(layer):
    assert re.search(r"[\u4e00-\u9fff]", layer.zh)
    assert layer.en.isascii()
    assert all(column.zh and column.en for column in layer.columns)


def test_the_page_of_layers_is_the_declared_table():
    assert doc("layers.md").rstrip("\n") == layers_page().rstrip("\n")


ROOMS = [
    path.stem
    for folder in (ROOT / "geo", ROOT / "geo" / "store", ROOT / "api", ROOT / "maps" / "report")
    for path in folder.glob("*.py")
    if path.stem != "__init__"
]


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_plan(room):
    assert re.search(rf"\b{room}\b", doc("architecture.md"))


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {re.split(r"[\[<>=]", one)[0] for group in groups for one in group}
    for package in (ROOT / "maps" / "web", ROOT / "maps" / "report"):
        told = json.loads((package / "package.json").read_text())
        names |= told.get("dependencies", {}).keys() | told.get("devDependencies", {}).keys()
    reasons = doc("decisions.md")
    assert not [name for name in names if not re.search(rf"\b{name}\b", reasons)]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text("utf-8")):
        assert (path.parent / target).exists(), target
