"""Asks a broker whether it is there and is ours: one MQTT 5 sign-in, by hand.

A plain TCP connect would also succeed against a stranger who took the port. Thirty lines of the
protocol are cheaper here than a client library with its threads.
Not here: any other MQTT (telemetry).
"""

import asyncio
import secrets

from deploy.embedded import limits

_PROTOCOL_5 = b"\x00\x04MQTT\x05"
_FLAGS = 0xC2  # user name, password, clean start
_KEEP_ALIVE_S = 10
_CONNACK = 0x20
_DISCONNECT = b"\xe0\x00"


async def signs_in(host: str, port: int, user: str, password: str) -> bool:
    """Whether the broker accepts ``user``; False also when nobody answers in time."""
    try:
        async with asyncio.timeout(limits.PROBE_WAIT_S):
            return await _ask(host, port, connect_packet(user, password))
    except (OSError, TimeoutError, EOFError):
        return False


async def _ask(host: str, port: int, packet: bytes) -> bool:
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(packet)
        # fixed header (2), acknowledge flags, reason code 0 = accepted (MQTT 5, 3.2)
        kind, _length, _flags, reason = await reader.readexactly(4)
        writer.write(_DISCONNECT)
        return kind == _CONNACK and reason == 0
    finally:
        writer.close()


def connect_packet(user: str, password: str) -> bytes:
    """An MQTT 5 CONNECT with a fresh client id and no properties."""
    client_id = f"probe-{secrets.token_hex(6)}"
    body = _PROTOCOL_5 + bytes([_FLAGS]) + _KEEP_ALIVE_S.to_bytes(2, "big") + b"\x00"
    for text in (client_id, user, password):
        encoded = text.encode("utf-8")
        body += len(encoded).to_bytes(2, "big") + encoded
    return b"\x10" + _variable_length(len(body)) + body


def _variable_length(number: int) -> bytes:
    encoded = bytearray()
    while True:
        number, digit = divmod(number, 128)
        encoded.append(digit | (0x80 if number else 0))
        if not number:
            return bytes(encoded)
