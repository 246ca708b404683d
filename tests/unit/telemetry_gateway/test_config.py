"""The vehicle's file: read strictly, with paths of its own folder, and refused by name."""

from pathlib import Path

import pytest

from dispatch.errors import Refused
from telemetry.gateway.config import EcgFolderInput, Hl7Input, address_of, link_of, read_config
from telemetry.gateway.lines import check

GOOD = """
county_id = "nanxian"
unit_id = "N07"
broker = "mqtts://broker.example:8883"
password_file = "secret"
state = "state"

[[inputs]]
type = "hl7"
device = "N07-MON"
zone = "+0800"

[[inputs]]
type = "nmea"
device = "N07-GPS"
source = "serial:/dev/ttyS0?baud=9600"

[[inputs]]
type = "ecg_folder"
device = "N07-MON"
folder = "ecg"
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_whole_file_with_paths_beside_it(tmp_path: Path) -> None:
    found = read_config(written(tmp_path, GOOD))
    assert found.devices == ("N07-MON", "N07-GPS")
    hl7, _, folder = found.inputs
    assert isinstance(hl7, Hl7Input) and isinstance(folder, EcgFolderInput)
    assert folder.folder == str(tmp_path / "ecg")
    assert (found.state, found.password_file) == (str(tmp_path / "state"), str(tmp_path / "secret"))
    link = link_of(found, "word")
    assert (link.host, link.port, link.is_tls, link.password) == (
        "broker.example",
        8883,
        True,
        "word",
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (('type = "hl7"', 'type = "hl8"'), "hl8"),
        (('device = "N07-GPS"', 'device = "gps"'), "device"),
        (("mqtts:", "http:"), "write mqtt://host:port"),
        (('zone = "+0800"', 'zone = "Shanghai"'), "Shanghai"),
        (("county_id", "county"), "county"),
        (('password_file = "secret"', ""), "password_file"),
        (("[[inputs]]", "[inputs]"), ""),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, change: tuple[str, str], fault: str) -> None:
    with pytest.raises(Refused, match="gateway_config") as refused:
        read_config(written(tmp_path, GOOD.replace(*change)))
    assert fault in str(refused.value.params["fault"])


def test_a_file_without_inputs_or_no_file_at_all(tmp_path: Path) -> None:
    alone = GOOD.split("[[inputs]]", maxsplit=1)[0] + "inputs = []\n"
    with pytest.raises(Refused, match="gateway_config"):
        read_config(written(tmp_path, alone))
    with pytest.raises(Refused, match="gateway_config"):
        read_config(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("text", ["host", ":80", "host:", "host:x", "host:70000"])
def test_an_address_needs_host_and_port(text: str) -> None:
    with pytest.raises(ValueError, match="write host:port"):
        address_of(text)


@pytest.mark.parametrize("text", ["udp://a:1", "tcp://a", "serial:ttyS0", "serial:/dev/x?baud=7"])
def test_a_source_that_cannot_be_opened_is_refused_by_name(text: str) -> None:
    with pytest.raises(ValueError, match=r"write|baud"):
        check(text)


def test_sources_that_can() -> None:
    check("tcp://127.0.0.1:4001")
    check("serial:/dev/ttyUSB0?baud=115200")
