"""Mosquitto's three files as text: settings, hashed logins, access rules. Pure.

Access rules (also docs for a broker of one's own): the core reads and writes everything of
Greenlane; a device signs in as its unit and may write only below its unit's topics and read only
their acknowledgements. MQTT has no rule for *asking* to read: a foreign subscription is accepted
by Mosquitto 2.0 and never delivers anything.

Not here: processes and files on disk (broker.py).
"""

import base64
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from deploy.embedded import limits
from dispatch.errors import Refused

# Topic separators and wildcards in a user name would widen the pattern rules below.
_USER = re.compile(r"[A-Za-z0-9_-]{1,32}")
_SALT_BYTES = 12  # fixed by the file format of Mosquitto 2
_ITERATIONS = 101  # its default; the passwords are 192 random bits, stretching adds nothing


def configuration(folder: Path, port: int) -> str:
    """The settings of one loopback listener whose files lie in ``folder``."""
    return f"""\
listener {port} 127.0.0.1
allow_anonymous false
password_file {folder / "passwords"}
acl_file {folder / "acl"}
max_connections {limits.MQTT_CONNECTIONS_MAX}
max_packet_size {limits.MQTT_PACKET_BYTES_MAX}
max_inflight_messages {limits.MQTT_INFLIGHT_MESSAGES_MAX}
max_queued_messages {limits.MQTT_QUEUED_MESSAGES_MAX}
max_queued_bytes {limits.MQTT_QUEUED_BYTES_MAX}
persistent_client_expiration {limits.MQTT_SESSION_DAYS_MAX}d
persistence true
persistence_location {folder}/
autosave_interval {limits.MQTT_AUTOSAVE_S}
set_tcp_nodelay true
log_dest stderr
log_type error
log_type warning
log_timestamp_format %Y-%m-%dT%H:%M:%S
"""


def access_rules(core: str, units: Mapping[str, str] | None = None) -> str:
    """The ACL file: ``core`` everything, every other user (%u, a unit's id) its own topics.

    ``units`` names the unit of each enrolled device: it signs in as itself, not as its unit, so
    that one of them can be shut out alone.
    """
    devices = "".join(
        f"""\

user {device}
topic write greenlane/+/{unit}/#
topic read greenlane/+/{unit}/+/ack
"""
        for device, unit in sorted((units or {}).items())
    )
    return f"""\
user {core}
topic readwrite greenlane/#
{devices}
pattern write greenlane/+/%u/#
pattern read greenlane/+/%u/+/ack
"""


def password_file(users: Mapping[str, str], salt: bytes) -> str:
    """Hashed logins, one per line; each user's salt is drawn from ``salt`` and the name."""
    return "".join(f"{user}:{_hashed(user, users[user], salt)}\n" for user in sorted(users))


def check_user(user: str) -> None:
    """Raise Refused when ``user`` could not be a broker login."""
    if not _USER.fullmatch(user):
        raise Refused("mqtt_user_invalid", user=user)


def _hashed(user: str, password: str, salt: bytes) -> str:
    """PBKDF2-SHA512 in Mosquitto 2's notation ``$7$iterations$salt$hash``."""
    own_salt = hashlib.sha256(salt + user.encode()).digest()[:_SALT_BYTES]
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), own_salt, _ITERATIONS)
    parts = (base64.b64encode(part).decode("ascii") for part in (own_salt, digest))
    return f"$7${_ITERATIONS}${'$'.join(parts)}"
