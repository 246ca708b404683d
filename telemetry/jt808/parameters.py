"""0x0104: the parameters of a terminal, by their numbers (JT/T 808-2019, table 12). Pure."""

from typing import Any, Final

from telemetry.jt808.fields import text, u16, u32

_NUMBERS: Final[dict[int, str]] = {
    0x0001: "heartbeatinterval",
    0x0002: "tcptimeout",
    0x0003: "tcpretries",
    0x0018: "port",
    0x0020: "reportstrategy",
    0x0022: "unregisteredreportinterval",
    0x0027: "sleepreportinterval",
    0x0028: "emergencyreportinterval",
    0x0029: "defaultreportinterval",
    0x002C: "defaultreportdistance",
    0x0030: "turnangle",
    0x0050: "alarmmask",
    0x0055: "overspeedthreshold",
    0x0056: "speedlimitduration",
    0x0057: "drivingtimelimit",
    0x005A: "parkingtimelimit",
}
_TEXTS: Final[dict[int, str]] = {
    0x0010: "apn",
    0x0011: "apnuser",
    0x0013: "server",
    0x0017: "backupserver",
    0x0083: "platenumber",
}
_ODOMETER: Final = 0x0080


def read_parameters(body: bytes) -> dict[str, Any]:
    """The parameters by name; those without one under their number. Raises for short data."""
    found: dict[str, Any] = {}
    at = 3  # behind the answered serial and the count, which `body` bounds anyway
    while at + 5 <= len(body):
        number, size = u32(body, at), body[at + 4]
        value = body[at + 5 : at + 5 + size]
        at += 5 + size
        if len(value) < size:
            break
        if number in _NUMBERS and size == 4:
            found[_NUMBERS[number]] = u32(value)
        elif number == _ODOMETER and size == 4:
            found["odometer"] = u32(value) * 100
        elif number in _TEXTS:
            found[_TEXTS[number]] = text(value)
        elif size == 2:
            found[f"parameter_0x{number:04X}"] = u16(value)
        else:
            found[f"parameter_0x{number:04X}"] = value.hex()
    return found
