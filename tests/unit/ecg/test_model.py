"""Hashes, order, derived leads, pieces, exact numbers, and the conditions of an ST level."""

import struct
from fractions import Fraction
from hashlib import sha256

import msgspec
import numpy as np
import pytest

from dispatch.errors import BadPayload
from telemetry.ecg.advice import LABEL, st_at_j
from telemetry.ecg.gaps import cut, joined
from telemetry.ecg.leads import derive, in_order, lead_of_name, lead_of_number, number_of_lead
from telemetry.ecg.model import GAP, Beat, Ecg, Filters, Lead, sample_hash
from telemetry.ecg.numbers import decimal_text, exact
from telemetry.ecg.read import read_ecg
from telemetry.ecg.report import document
from tests.unit.ecg.samples import dicom, scp_huffman

DIAGNOSTIC = Filters(high_pass_hz=0.05, low_pass_hz=150.0)


def lead(name: str, *samples: int, **more: object) -> Lead:
    given = {"hz": Fraction(500), "uv_per_lsb": Fraction(5)} | more
    return Lead(name=name, samples=np.array(samples, np.int32), **given)


def test_the_sample_hash_is_what_the_page_says() -> None:
    leads = (lead("I", 1, -2), lead("V1", GAP))
    wanted = b"I\0" + struct.pack("<2i", 1, -2) + b"V1\0" + struct.pack("<i", -(2**31))
    assert sample_hash(leads) == sha256(wanted).hexdigest()


def test_order_and_names_told_apart() -> None:
    stored = [lead(name, 1) for name in ("Q", "V1", "II", "V4R", "II", "I")]
    names = [one.name for one in in_order(stored)]
    assert names == ["I", "II", "V1", "V4R", "Q", "II#2"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("MDC_ECG_LEAD_AVR", "aVR"), ("avl", "aVL"), ("ECG lead II", "II"), ("Lead V3R", "V3R"),
        ("Lead I (Einthoven)", "I"), ("vx", "X"), ("MLII", "MLII"), ("ECG AVF", "aVF"),
        ("oesophagus\n", "oesophagus"), ("", "unnamed"), ("v 4", "V4"),
    ],
)  # fmt: skip
def test_what_people_call_a_lead(said: str, name: str) -> None:
    assert lead_of_name(said) == name


def test_numbers_of_leads_go_both_ways() -> None:
    assert [lead_of_number(number) for number in (1, 2, 3, 8, 61, 62, 64)] == [
        "I", "II", "V1", "V6", "III", "aVR", "aVF",
    ]  # fmt: skip
    assert number_of_lead("aVL") == 63
    assert lead_of_number(4_000) == "lead 4000"


def test_derived_leads_are_exact_at_different_gains_and_keep_gaps() -> None:
    one = lead("I", 3, GAP, 5, uv_per_lsb=Fraction(5, 2))
    two = lead("II", 2, 1, -4, uv_per_lsb=Fraction(5), offset_uv=Fraction(10))
    found = {each.name: each.samples_uv() for each in derive((one, two))}
    first, second = np.array([7.5, np.nan, 12.5]), np.array([20, 15, -10.0])
    for name, wanted in {"III": second - first, "aVR": -(first + second) / 2,
                         "aVL": first - second / 2, "aVF": second - first / 2}.items():  # fmt: skip
        assert np.array_equal(found[name], wanted, equal_nan=True)


def test_a_stored_lead_is_never_replaced_and_unequal_ones_derive_nothing() -> None:
    one, two = lead("I", 1), lead("II", 1)
    names = [each.name for each in derive((one, two, lead("III", 9), lead("aVF", 9)))]
    assert names == ["aVR", "aVL"]
    assert derive((one, lead("II", 1, hz=Fraction(250)))) == ()
    assert derive((one, lead("II", 1, start_s=Fraction(1)))) == ()
    assert derive((one,)) == ()


def test_pieces_of_a_lead_become_the_lead_again() -> None:
    whole = lead("I", 1, 2, GAP, GAP, 3, GAP, 4, start_s=Fraction(1, 3))
    pieces = list(cut(whole))
    assert [piece.samples.tolist() for piece in pieces] == [[1, 2], [3], [4]]
    assert joined(pieces)[0].samples.tolist() == whole.samples.tolist()
    overlapping = [lead("I", 1, 2, 3), lead("I", 4, start_s=Fraction(1, 500))]
    assert len(joined(overlapping)) == 2


@pytest.mark.parametrize(
    ("text", "value"),
    [("2.5", Fraction(5, 2)), ("-.5", Fraction(-1, 2)), ("1e-3", Fraction(1, 1000)), ("7.", 7)],
)
def test_numbers_are_exact(text: str, value: Fraction) -> None:
    assert exact(text, "it") == value


@pytest.mark.parametrize("text", ["", "nan", "inf", "1e999", "0x1", "1_0", "1" * 31, "١"])
def test_what_is_no_number_is_named(text: str) -> None:
    with pytest.raises(BadPayload, match="it is"):
        exact(text, "it")


def test_decimals_are_exact_where_they_end() -> None:
    assert [decimal_text(Fraction(*pair)) for pair in ((5, 2), (-1, 8), (3, 1), (183, 1000))] == [
        "2.5", "-0.125", "3", "0.183",
    ]  # fmt: skip
    assert float(decimal_text(Fraction(1, 3))) == 1 / 3


# --- ST at J ---


def measured(filters: Filters = DIAGNOSTIC, hz: int = 500, **more: object) -> Ecg:
    beat = lead("V2", 10, 20, 300, 90, 90, hz=Fraction(hz), filters=filters)
    marks = Beat(qrs_onset_s=Fraction(1, hz), qrs_end_s=Fraction(3, hz))
    given = {"leads": (beat,), "median": (beat,), "median_beat": marks} | more
    return Ecg(format="dicom", version=None, **given)


def test_the_level_is_the_end_of_qrs_against_its_onset() -> None:
    advice = st_at_j(measured())
    assert [(one.lead, one.st_j_uv) for one in advice.levels] == [("V2", 350.0)]
    assert advice.label == LABEL
    assert not advice.withheld


@pytest.mark.parametrize(
    ("ecg", "reason"),
    [
        (measured(Filters(high_pass_hz=0.5, low_pass_hz=150)), "high-pass filter 0.5 Hz"),
        (measured(Filters(high_pass_hz=0.05, low_pass_hz=40)), "low-pass filter 40 Hz"),
        (measured(Filters(low_pass_hz=150)), "does not state its high-pass"),
        (measured(Filters(high_pass_hz=0.05)), "does not state its low-pass"),
        (measured(hz=499), "sampled at 499 Hz"),
        (measured(median=()), "no representative beat"),
        (measured(median_beat=None), "does not mark QRS onset and end"),
        (measured(leads=()), "no ECG lead"),
    ],
)
def test_without_diagnostic_bandwidth_and_marks_there_is_a_reason_and_no_number(
    ecg: Ecg, reason: str
) -> None:
    advice = st_at_j(ecg)
    assert advice.levels == ()
    assert any(reason in said for said in advice.withheld)


def test_the_edges_of_diagnostic_bandwidth_are_in_it() -> None:
    assert st_at_j(measured(Filters(high_pass_hz=0.05, low_pass_hz=150), hz=500)).levels
    assert not st_at_j(measured(Filters(high_pass_hz=0.051, low_pass_hz=150))).levels
    assert not st_at_j(measured(Filters(high_pass_hz=0.05, low_pass_hz=149.9))).levels


# --- the document ---


def test_the_document_knows_no_patient() -> None:
    for made in (scp_huffman, dicom):
        name, files = made()
        text = msgspec.json.encode(document(read_ecg(name, files), 10)).decode()
        assert not [word for word in ("Doe", "4711", "1953") if word in text]
        assert '"sex":"female"' in text


def test_the_document_shows_first_microvolts_and_null_for_a_gap() -> None:
    ecg = Ecg(format="wfdb", version=None, leads=(lead("I", 1, GAP, -3),))
    found = document(ecg, 2)
    assert found["leads"][0]["first_uv"] == [5, None]
    assert (found["leads"][0]["gaps"], found["hz"], found["duration_s"]) == (1, 500, 0.006)
