"""Settings from the environment (`GREENLANE_…`) and the command line, read once at start.

Everything about a county is not here but in its folder; everything about limits in `limits.py`.
"""

from pathlib import Path

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """One process's settings; secrets print as stars.

    Without ``database_url``, ``mqtt_url`` the embedded services of `greenlane run` fill them in.
    ``workers`` is how many processes serve one county together: more than one needs ``redis_url``.
    """

    model_config = SettingsConfigDict(env_prefix="GREENLANE_", frozen=True, extra="ignore")

    county_folder: Path = Path("deploy/counties/nanxian")
    data_folder: Path = Path("data")
    static_folder: Path = Path(__file__).parent.parent / "frontend" / "dist"
    host: str = "127.0.0.1"
    port: int = 8080
    public_origins: tuple[str, ...] = ()
    database_url: str | None = None
    redis_url: str | None = None
    mqtt_url: str | None = None
    identity_key: SecretStr | None = None
    workers: int = 1
    log_level: str = "INFO"
