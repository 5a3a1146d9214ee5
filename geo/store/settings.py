"""The settings of one running Luge, read from LUGE_* variables."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsInvalid(ValueError):
    """A LUGE_* variable cannot be used."""


def _split(text: object) -> object:
    return [part.strip() for part in text.split(",")] if isinstance(text, str) else text


# Several values in one variable, with commas between them.
Listed = (NoDecode, BeforeValidator(_split))
Names = Annotated[tuple[str, ...], *Listed]
Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], *Listed]


def _default_home() -> Path:
    checkout = Path(__file__).resolve().parents[2]
    # An installed package has no checkout around it; its data then belongs to the current folder.
    root = checkout if (checkout / "pyproject.toml").is_file() else Path.cwd()
    return root / ".luge"


class Settings(BaseSettings):
    """All settings; each is set by the variable LUGE_ and its name in capitals."""

    model_config = SettingsConfigDict(env_prefix="LUGE_", env_ignore_empty=True, frozen=True)

    home: Path = Field(
        default_factory=_default_home,
        description="Folder of the private PostGIS and of everything else that is not in git.",
    )
    database_url: str | None = Field(
        default=None,
        description="Another PostgreSQL to use; when empty, the private one under home.",
    )
    host: str = Field(default="127.0.0.1", description="Address the service listens on.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port the service listens on.")
    hosts: Names = Field(
        default=(), description="Names that the service is reached by, besides this machine's own."
    )
    workers: int = Field(default=1, ge=1, le=64, description="Processes that serve.")
    shutdown_s: int = Field(
        default=10, ge=0, description="Seconds that requests under way have when it is stopped."
    )
    log: Literal["json", "text"] | None = Field(
        default=None, description="How lines of the log look; by default text on a terminal."
    )
    log_clients: bool = Field(default=False, description="Whether addresses of clients are logged.")
    metrics_from: Networks = Field(
        default=(), description="Networks that may read /metrics, besides this machine."
    )
    pool_size: int = Field(
        default=8, ge=1, description="Most connections that a process has open for requests."
    )
    connection_wait_s: float = Field(
        default=5, gt=0, description="Longest a request waits for one of them."
    )
    statement_timeout_ms: int = Field(
        default=30_000, ge=0, description="Longest a request's statement may run; 0 is no limit."
    )
    public_rights: str = Field(
        default="",
        description="What everyone may read over HTTP besides the plain columns: people, credit,"
        " small_counts, with commas between.",
    )
    tile_pool_size: int = Field(
        default=4, ge=1, description="Most connections that draw tiles at once; they are extra."
    )
    tile_timeout_ms: int = Field(
        default=15_000, ge=1, description="Longest one tile may take in the database."
    )
    tile_cache_bytes: int = Field(
        default=200_000_000, ge=0, description="Memory for tiles that were drawn; 0 keeps none."
    )
    basemap: Path | None = Field(
        default=None, description="A PMTiles file to draw under everything else."
    )
    basemap_url: str = Field(
        default="",
        description="Template of a WMTS or XYZ service with {z}, {x}, {y} and {key}; the service"
        " passes its pictures on.",
    )
    basemap_key: str = Field(
        default="", repr=False, description="The key for it; it never reaches a browser."
    )
    basemap_max_zoom: int = Field(default=18, ge=1, le=22, description="Its closest zoom.")
    basemap_attribution: str = Field(default="", description="Whose it is, as the map says it.")
    basemap_cache_bytes: int = Field(
        default=64_000_000, ge=0, description="Memory for its pictures; 0 keeps none."
    )
    max_upload_bytes: int = Field(
        default=2_000_000_000, ge=1, description="Largest file taken over HTTP."
    )
    max_export_rows: int = Field(
        default=2_000_000, ge=1, description="Most rows of one export over HTTP."
    )
    max_export_bytes: int = Field(
        default=4_000_000_000, ge=1, description="Largest file of an export over HTTP."
    )
    exports_at_once: int = Field(
        default=2, ge=1, description="Exports over HTTP under way at once; each holds a connection."
    )


def load() -> Settings:
    """The settings of this process.

    Raises:
        SettingsInvalid: naming each variable that cannot be read, and why.
    """
    try:
        return Settings()
    except ValidationError as error:
        faults = (
            f"LUGE_{'_'.join(map(str, fault['loc'])).upper()}: {fault['msg']}"
            for fault in error.errors()
        )
        raise SettingsInvalid("; ".join(faults)) from None
