"""The fallback broker's settings as text (rumqttd's TOML). Pure.

One listener, MQTT 5 only: this broker needs another port for 3.1.1, and the contract is MQTT 5.
It has no topic rules and keeps nothing when it ends: it stands on the loopback interface of a
demonstration, where durability is the device's outbox; Mosquitto is for the field.

Not here: the process (broker.py, iotcore_child.py).
"""

import json
from collections.abc import Mapping

from deploy.embedded import limits

_SEGMENT_BYTES = 64 * 1024 * 1024  # of the in-memory commit log; ten of them at most
_SEGMENTS_MAX = 10


def configuration(port: int, users: Mapping[str, str]) -> str:
    """Settings with ``users`` as logins; JSON strings are valid TOML strings and keys."""
    logins = "\n".join(f"{json.dumps(u)} = {json.dumps(users[u])}" for u in sorted(users))
    return f"""\
id = 0
[router]
id = 0
max_connections = {limits.MQTT_CONNECTIONS_MAX}
max_outgoing_packet_count = 200
max_segment_size = {_SEGMENT_BYTES}
max_segment_count = {_SEGMENTS_MAX}
[v5.1]
name = "v5-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[v5.1.connections]
connection_timeout_ms = 5000
max_payload_size = {limits.MQTT_PACKET_BYTES_MAX}
max_inflight_count = {limits.MQTT_INFLIGHT_MESSAGES_MAX}
dynamic_filters = true
[v5.1.connections.auth]
{logins}
"""
