"""SCP-ECG: every way a record can store samples, written by the tests' own hand."""

import struct

import numpy as np
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.model import Acquired, Statement
from telemetry.ecg.read import read_ecg
from tests.unit.ecg import scp_maker as scp
from tests.unit.ecg.samples import COUNT, scp_huffman, scp_plain, wave

SIZES = (0, 1, -1, 8, -8, 9, -9, 127, -128, 128, -129, 3000, -3000, 0, 0)


def read(bodies: dict[int, bytes]):
    return read_ecg("a", {"a": scp.record(bodies)})


def one_lead(values: list[int], *, section_2: bytes | None, raw: bytes, order: int = 0):
    bodies = {
        1: scp.tags([]),
        3: scp.leads([(1, 1, len(values))]),
        6: scp.stored([raw], nanovolts=1000, interval_us=2000, order=order),
    }
    return read(bodies | ({2: section_2} if section_2 else {}))


@pytest.mark.parametrize("order", [0, 1, 2])
def test_differences_in_the_default_table_come_back(order: int) -> None:
    values = list(np.cumsum(SIZES))
    raw = scp.packed(scp.default_bits(scp.differences(values, order)))
    ecg = one_lead(values, section_2=struct.pack("<H", 19999), raw=raw, order=order)
    assert ecg.leads[0].samples.tolist() == values
    assert not ecg.warnings


@pytest.mark.parametrize("order", [0, 1, 2])
def test_samples_without_a_table_are_plain_integers(order: int) -> None:
    values = wave(3).tolist()
    raw = scp.plain(scp.differences(values, order))
    assert (
        one_lead(values, section_2=None, raw=raw, order=order).leads[0].samples.tolist() == values
    )


def test_a_custom_table_and_a_switch_to_a_second_one() -> None:
    """Table 1: 0 → 5, 10 → 8 bits more, 11 → table 2. Table 2: 0 → -7, 1 → table 1.

    The prefix is stored with its first bit lowest: "10" is 1, "11" is 3.
    """
    code = struct.Struct("<BBBhI")
    table_1 = code.pack(1, 1, 1, 5, 0) + code.pack(2, 10, 1, 100, 1) + code.pack(2, 2, 0, 2, 3)
    table_2 = code.pack(1, 1, 1, -7, 0) + code.pack(1, 1, 0, 1, 1)
    section_2 = struct.pack("<HH", 2, 3) + table_1 + struct.pack("<H", 2) + table_2
    bits = "0" + "10" + f"{-3 & 0xFF:08b}" + "11" + "0" + "0" + "1" + "0"
    values = [5, 97, -7, -7, 5]
    ecg = one_lead(values, section_2=section_2, raw=scp.packed(bits))
    assert ecg.leads[0].samples.tolist() == values


def test_a_reference_beat_is_added_at_every_beat_of_its_type() -> None:
    truth = wave(1, 400)
    beat = np.round(200 * np.exp(-(((np.arange(60) - 30) / 6.0) ** 2))).astype(int)
    residual = truth.copy()
    fiducials = (100, 250)
    zones = []
    for peak in fiducials:
        first, last = peak - 20, peak + 25  # samples counted from 1, both subtracted
        residual[first - 1 : last] -= beat[31 - 20 - 1 : 31 + 25]
        zones.append(struct.pack("<HIII", 0, first, peak, last))
    zones.append(struct.pack("<HIII", 1, 0, 330, 0))  # another type: nothing was subtracted
    section_4 = struct.pack("<HHH", 120, 31, 3) + b"".join(zones) + struct.pack("<II", 0, 0) * 3
    ecg = read({
        1: scp.tags([]),
        3: scp.leads([(2, 1, 400)], flags=1),
        4: section_4,
        5: scp.stored([scp.plain(beat.tolist())], nanovolts=2500, interval_us=2000),
        6: scp.stored([scp.plain(residual.tolist())], nanovolts=2500, interval_us=2000),
    })  # fmt: skip
    assert ecg.leads[0].samples.tolist() == truth.tolist()
    assert ecg.median[0].samples.tolist() == beat.tolist()


def test_bimodal_compression_keeps_the_zones_and_draws_lines_between_the_means() -> None:
    """Outside samples 41-80 every 4 samples became their mean; a straight line is kept exactly."""
    truth = np.arange(120) * 8
    kept = truth[40:80].tolist()
    means = [int(truth[at : at + 4].mean()) for at in range(0, 40, 4)]
    after = [int(truth[at : at + 4].mean()) for at in range(80, 120, 4)]
    section_4 = struct.pack("<HHH", 120, 31, 1) + struct.pack("<HIII", 1, 0, 60, 0)
    section_4 += struct.pack("<II", 41, 80)
    ecg = read({
        1: scp.tags([]),
        3: scp.leads([(2, 1, 120)]),
        4: section_4,
        5: scp.stored([scp.plain([0] * 60)], nanovolts=2500, interval_us=2000),
        6: scp.stored([scp.plain(means + kept + after)], nanovolts=2500, interval_us=8000,
                      bimodal=1),
    })  # fmt: skip
    lead = ecg.leads[0]
    assert lead.hz == 500
    assert lead.samples[40:80].tolist() == kept
    assert lead.samples[2:38].tolist() == truth[2:38].tolist()
    assert lead.samples[82:118].tolist() == truth[82:118].tolist()
    assert lead.samples[:2].tolist() == [means[0], means[0]]


def test_header_without_the_patient() -> None:
    ecg = read_ecg(*scp_huffman())
    assert (ecg.context.age, ecg.context.age_unit, ecg.context.sex) == (61, "years", "female")
    assert ecg.acquired == Acquired(local="2021-03-04T05:06:07", zone="+08:00")
    assert (ecg.filters.high_pass_hz, ecg.filters.low_pass_hz) == (0.05, 150)
    assert ecg.filters.notch_hz == 50
    assert ecg.statements == (Statement(text="Sinus rhythm"), Statement(text="正常心电图"))
    assert [(one.name, one.value) for one in ecg.measurements] == [
        ("RR interval", 800), ("QRS onset", 100), ("QRS end", 190), ("QRS axis", 45),
    ]  # fmt: skip


def test_leads_come_in_canonical_order_with_the_four_computed_ones() -> None:
    ecg = read_ecg(*scp_huffman())
    assert [lead.name for lead in ecg.leads] == ["I", "II", "V1", "V2", "V3", "V4", "V5", "V6"]
    for lead in ecg.derived:
        one, two = wave(1).astype(float) * 2.5, wave(2) * 2.5
        wanted = {"III": two - one, "aVR": -(one + two) / 2, "aVL": one - two / 2,
                  "aVF": two - one / 2}[lead.name]  # fmt: skip
        assert lead.samples_uv().tolist() == wanted.tolist()
        assert lead.derived
    assert read_ecg(*scp_plain()).derived == ()


def test_a_wrong_checksum_is_a_warning_that_names_its_section() -> None:
    data = bytearray(scp_plain()[1]["a"])
    data[-1] ^= 1
    warnings = read_ecg("a", {"a": bytes(data)}).warnings
    assert [warning.split(":")[0] for warning in warnings] == ["the record", "section 6"]


def test_a_lead_shorter_than_promised_is_a_warning() -> None:
    raw = scp.plain(wave(1).tolist())
    bodies = {1: scp.tags([]), 3: scp.leads([(1, 1, COUNT + 5)]),
              6: scp.stored([raw], nanovolts=1000, interval_us=2000)}  # fmt: skip
    ecg = read(bodies)
    assert ecg.warnings == ("section 3 promises 245 samples of a lead, section 6 holds 240",)


@pytest.mark.parametrize(
    ("bodies", "words"),
    [
        ({1: scp.tags([]), 6: b"\0" * 20}, "section 3 is missing"),
        ({1: scp.tags([]), 3: scp.leads([(1, 1, 2**32 - 1)]), 6: b"\0" * 20}, "section 3: lead 1"),
        ({1: scp.tags([]), 3: scp.leads([(1, 1, 9)]), 6: b"\1\0"}, "section 6 ends at byte"),
        (
            {3: scp.leads([(1, 1, 9)], flags=1),
             6: scp.stored([scp.plain([0] * 9)], nanovolts=1000, interval_us=2000)},
            "without sections 4 and 5",
        ),
        (
            {2: struct.pack("<HHBBBhI", 1, 1, 1, 1, 1, 0, 0), 3: scp.leads([(1, 1, 9)]),
             6: scp.stored([b"\xff\xff"], nanovolts=1000, interval_us=2000)},
            "section 6, lead 1: no code fits at bit 0",
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(bodies: dict[int, bytes], words: str) -> None:
    with pytest.raises(BadPayload, match=words):
        read(bodies)


def test_a_file_cut_anywhere_is_refused_with_the_byte_it_ends_at() -> None:
    data = scp_plain()[1]["a"]
    for length in range(40, len(data) - 1, 97):
        with pytest.raises(BadPayload, match=r"byte|begins with"):
            read_ecg("a", {"a": data[:length]})


def test_lead_measurements_and_coded_statements() -> None:
    """Section 10: J point and ST of V2; 29999 was not computed. Section 11: a code and a text."""
    fields = [29_999] * 30
    fields[14], fields[19], fields[27] = -1, 999, 120
    section_10 = struct.pack("<HHHH", 1, 0, 4, 60) + struct.pack("<30h", *fields)
    head = struct.pack("<BHBBBBBB", 0, 2020, 1, 2, 3, 4, 5, 3)
    section_11 = head + b"".join(
        struct.pack("<BHB", place, len(text) + 1, kind) + text
        for place, (kind, text) in enumerate(
            ((1, b"SR\0PR:U"), (2, b"Sinus rhythm\0"), (3, b"logic"))
        )
    )
    raw = scp.plain(wave(1).tolist())
    ecg = read({
        1: scp.tags([]), 3: scp.leads([(1, 1, COUNT)]), 10: section_10, 11: section_11,
        6: scp.stored([raw], nanovolts=1000, interval_us=2000),
    })  # fmt: skip
    assert [(one.name, one.value, one.unit) for one in ecg.measurements] == [
        ("V2 J point amplitude", -1, "uV"), ("V2 ST slope", 999, "uV/s"),
        ("V2 J+60 ms amplitude", 120, "uV"),
    ]  # fmt: skip
    assert [one.text for one in ecg.statements] == ["SR PR:U", "Sinus rhythm"]


def test_findings_that_cannot_be_read_cost_a_warning_and_not_the_ecg() -> None:
    raw = scp.plain(wave(1).tolist())
    ecg = read({
        1: scp.tags([]), 3: scp.leads([(1, 1, COUNT)]), 7: b"\1",
        6: scp.stored([raw], nanovolts=1000, interval_us=2000),
    })  # fmt: skip
    assert len(ecg.leads) == 1
    assert ecg.warnings[0].startswith("not read: section 7 ends at byte")


def test_a_header_without_an_end_or_with_a_broken_tag_costs_a_warning_at_most() -> None:
    stored = scp.stored([scp.plain(wave(1).tolist())], nanovolts=1000, interval_us=2000)
    rest = {3: scp.leads([(1, 1, COUNT)]), 6: stored}
    sex = struct.pack("<BHB", 8, 1, 2)
    for tail, warnings in ((b"\0" * 8, 0), (b"", 0), (struct.pack("<BH", 30, 900) + b"x", 1)):
        ecg = read({1: sex + tail, **rest})
        assert ecg.context.sex == "female"
        assert len(ecg.warnings) == warnings


@pytest.mark.parametrize("flags", [0, 1])
def test_compression_by_beats_without_the_beats_is_refused(flags: int) -> None:
    raw = scp.plain(wave(1).tolist())
    stored = scp.stored([raw], nanovolts=1000, interval_us=2000, bimodal=1 - flags)
    with pytest.raises(BadPayload, match="without sections 4 and 5"):
        read({1: scp.tags([]), 3: scp.leads([(1, 1, COUNT)], flags=flags), 6: stored})
