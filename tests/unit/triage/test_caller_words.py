"""Names of findings and complaints, and what is read from a line of notes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.triage.caller_words import Note, code_of, complaint_of, finding_of, plain, read_note
from dispatch.triage.criteria_table import CRITERIA, ROWS
from dispatch.triage.findings import FINDINGS


def test_every_name_leads_back_to_its_code() -> None:
    for code, finding in FINDINGS.items():
        for word in (code, finding.zh, finding.en, *finding.words):
            assert finding_of(word) == code and code_of(word) == code, word
    for code, row in ROWS.items():
        for word in (code, row.zh, row.en, *row.words):
            assert complaint_of(word) == code, word
    for code in CRITERIA:
        assert code_of(code) == code


def test_names_in_any_spelling() -> None:
    assert plain("  Face_Droop—/ ") == "face droop"
    assert plain("ＦＡＣＥ　droop") == "face droop"
    assert finding_of("FACE-DROOP") == finding_of("口歪") == "face_droop"
    assert code_of("stroke signs") == "stroke"
    assert code_of("high fall") == "high_fall"
    assert code_of("nonsense") is code_of("") is complaint_of("") is finding_of("?") is None


@pytest.mark.parametrize(
    ("text", "complaints", "findings"),
    [
        ("chest pressure 20 min, sweating grey", (), {"chest_pressure", "sweating", "grey"}),
        ("no chest pain, face droop", (), {"face_droop"}),
        ("not grey", (), set()),
        ("denies chest pain", (), set()),
        ("without any swelling", (), set()),
        ("no other chest pain", (), {"well"}),
        ("not rousable", (), {"not_rousable"}),
        ("not conscious", (), {"not_rousable"}),
        ("unconscious", ("unconscious_faint",), {"not_rousable"}),
        ("greyhound", (), set()),
        ("胸痛，出冷汗", ("chest_pain",), {"chest_pain", "sweating"}),
        ("没有胸痛，口歪", (), {"face_droop"}),
        ("不清醒", (), set()),
        ("无发热", (), set()),
        ("2nd-hand caller", (), {"second_hand"}),
        ("obvious death (decapitation, rigor)", (), {"obvious_death"}),
        ("scheduled dialysis transfer", ("scheduled_transfer",), set()),
        ("", (), set()),
    ],
)
def test_names_in_notes(text: str, complaints: tuple[str, ...], findings: set[str]) -> None:
    note = read_note(text)
    assert note.complaints == complaints and set(note.findings) == findings


@pytest.mark.parametrize(
    ("text", "measures", "sex"),
    [
        ("62 M, well", {"age_years": 62}, "M"),
        ("30F", {"age_years": 30}, "F"),
        ("30 y F", {"age_years": 30}, "F"),
        ("70 female", {"age_years": 70}, "F"),
        ("45 male", {"age_years": 45}, "M"),
        ("68岁男性", {"age_years": 68}, "M"),
        ("女，30岁，孕36周，宫缩4分钟", {"age_years": 30, "gestation_weeks": 36,
                              "contraction_interval_min": 4}, "F"),
        ("36 wk, contractions 4 min", {"gestation_weeks": 36, "contraction_interval_min": 4}, None),
        ("30.5 weeks", {"gestation_weeks": 30.5}, None),
        ("10-day-old, T 38.2", {"age_days": 10, "temperature_cel": 38.2}, None),
        ("10天大 体温38.5", {"age_days": 10, "temperature_cel": 38.5}, None),
        ("5 months old", {"age_months": 5}, None),
        ("5个月大", {"age_months": 5}, None),
        ("LKW 2 h", {"lkw_h": 2}, None),
        ("末次正常 3 小时", {"lkw_h": 3}, None),
        ("LKW unknown", {}, None),
        ("fall 4 m", {"fall_height_m": 4}, None),
        ("fell from 3.5 m", {"fall_height_m": 3.5}, None),
        ("坠落 4 米", {"fall_height_m": 4}, None),
        ("burn 25 %", {"burn_pct": 25}, None),
        ("烧伤 12%", {"burn_pct": 12}, None),
        ("1.62 M", {}, "M"),
    ],
)  # fmt: skip
def test_numbers_in_notes(text: str, measures: dict[str, float], sex: str | None) -> None:
    note = read_note(text)
    assert note.measures == measures and note.sex == sex


@given(st.text(max_size=60))
def test_any_note_is_read(text: str) -> None:
    note = read_note(text)
    assert isinstance(note, Note)
    assert set(note.findings) <= set(FINDINGS) and set(note.complaints) <= set(ROWS)
