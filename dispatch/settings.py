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
    ``jt808_port`` is where the ingest hears JT/T 808 terminals (0 takes a free one); None: nowhere.
    ``mqtt_logins_file`` takes the logins of enrolled devices to the embedded broker, which fills it
    in; None: an administrator enters them into the broker.
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
    jt808_host: str = "0.0.0.0"  # noqa: S104 - terminals come over the mobile network
    jt808_port: int | None = None
    mqtt_logins_file: Path | None = None
    identity_key: SecretStr | None = None
    workers: int = 1
    log_level: str = "INFO"
