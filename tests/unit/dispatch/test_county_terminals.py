"""JT/T 808 terminals in a county's files: read, refused with the fault, and kept out of the log."""

import shutil
from pathlib import Path

import msgspec
import pytest

from dispatch.county import read_county
from maps.geojson import CountyError

COUNTY = Path(__file__).resolve().parents[3] / "deploy" / "counties" / "nanxian"
PLAIN = '{ id = "NX07-GPS", kind = "gps" }'
OTHER = '{ id = "NX08-GPS", kind = "gps" }'


def with_terminal(plain: str, fields: str) -> str:
    return plain.replace(" }", f", jt808 = {{ {fields} }} }}")


def folder(path: Path, *changes: tuple[str, str]) -> Path:
    """Nanxian with other words in its units file."""
    copy = path / "county"
    shutil.copytree(COUNTY, copy)
    units = copy / "units.toml"
    text = units.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    units.write_text(text, encoding="utf-8")
    return copy


def test_a_terminal_is_its_units_and_its_code_is_in_no_log(tmp_path: Path) -> None:
    fields = 'terminal = "013900000007", code = "hush", datum = "GCJ02", counts_serials = false'
    county = read_county(folder(tmp_path, (PLAIN, with_terminal(PLAIN, fields))))
    (found,) = county.terminals
    assert (found.terminal_id, found.unit_id, found.device_id) == ("13900000007", "N07", "NX07-GPS")
    assert (found.code, found.datum, found.counts_serials) == ("hush", "GCJ02", False)
    assert found.must_authenticate
    assert b"hush" not in msgspec.json.encode(county.config)
    plain = read_county(COUNTY)
    assert county.config == plain.config
    assert plain.terminals == ()


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ([(PLAIN, with_terminal(PLAIN, 'terminal = "01390000000x"'))], "NX07-GPS.jt808.terminal"),
        ([(PLAIN, with_terminal(PLAIN, 'terminal = "000"'))], "NX07-GPS.jt808.terminal"),
        ([(PLAIN, with_terminal(PLAIN, f'terminal = "{"1" * 21}"'))], "NX07-GPS.jt808.terminal"),
        ([(PLAIN, with_terminal(PLAIN, 'terminal = "1", datum = "MARS"'))], "datum"),
        ([(PLAIN, with_terminal(PLAIN, 'terminal = "1", password = "x"'))], "password"),
        (
            [
                (PLAIN, with_terminal(PLAIN, 'terminal = "0139"')),
                (OTHER, with_terminal(OTHER, 'terminal = "139"')),
            ],
            "139 stands twice",
        ),
        (
            [(PLAIN, with_terminal(PLAIN, 'terminal = "1"').replace("NX07-GPS", "nx07/gps"))],
            "nx07/gps",
        ),
        (
            [(PLAIN, with_terminal(PLAIN, 'terminal = "1"').replace("NX07-GPS", "NX08-GPS"))],
            "NX08-GPS",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_by_its_name(
    tmp_path: Path, changes: list[tuple[str, str]], fault: str
) -> None:
    with pytest.raises(CountyError) as raised:
        read_county(folder(tmp_path, *changes))
    assert fault in str(raised.value)
    assert "units.toml" in str(raised.value)
