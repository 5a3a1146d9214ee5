"""The settings of one running Luge, read from LUGE_* variables."""

from pathlib import Path

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsInvalid(ValueError):
    """A LUGE_* variable cannot be used."""


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
    pool_size: int = Field(default=8, ge=1, description="Most connections open at once.")
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
    max_upload_bytes: int = Field(
        default=2_000_000_000, ge=1, description="Largest file taken over HTTP."
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
