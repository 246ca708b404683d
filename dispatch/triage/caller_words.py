"""From words to codes: how findings and complaints are named, typed or noted down. Pure.

`code_of` takes one name. `read_note` looks through a line of notes ("62 M, chest pressure, grey")
for names it knows and for the numbers that calls are made of; what a "no" or "not" stands before is
left out, and what it does not know says nothing. A note is only ever a help beside the answers:
whoever was asked and answered counts before it.
"""

import re
import unicodedata
from typing import Final, Literal

import msgspec

from dispatch.triage.criteria_table import CRITERIA, ROWS
from dispatch.triage.criterion import CriteriaPolicy, Measure
from dispatch.triage.findings import FINDINGS

_SEPARATORS: Final = re.compile(r"[\s_\-–—/&,;.:!?\"'“”‘’()（）、，。；：]+")
_NEGATION: Final = re.compile(r"(?:^| )(?:no|not|without|denies|never)(?: \w+)? $|[无没未不]有?$")
_PAUSES: Final = re.compile(r"[,;、，；。]")
_PAUSE: Final = " | "  # a "no" does not reach beyond it
_IS_ASCII: Final = re.compile(r"[\x00-\x7f]+")

# What a note says in numbers: the measure and the pattern whose first group is the number.
_NUMBERS: Final[tuple[tuple[Measure, re.Pattern[str]], ...]] = (
    ("age_days", re.compile(r"(\d+)[ -]*(?:days?|d)[ -]*old|(\d+) ?天大")),
    ("age_months", re.compile(r"(\d+)[ -]*(?:months?|m)[ -]*old|(\d+) ?个月大")),
    ("age_years", re.compile(r"(?<![\d.])(\d{1,3}) ?(?:[yY] ?)?(?:M|F|male|female)\b|(\d+) ?岁")),
    ("gestation_weeks", re.compile(r"(\d+(?:\.\d+)?) ?(?:wks?|weeks?)\b|孕 ?(\d+) ?周")),
    ("lkw_h", re.compile(r"(?i:lkw) (\d+(?:\.\d+)?) ?h|末次正常 ?(\d+) ?小时")),
    ("contraction_interval_min",
     re.compile(r"(?i:contractions?)\D{0,8}(\d+) ?min|宫缩\D{0,4}(\d+) ?分")),
    ("temperature_cel", re.compile(r"\b[Tt] ?(\d\d(?:\.\d+)?)\b|体温 ?(\d\d(?:\.\d+)?)")),
    ("fall_height_m",
     re.compile(r"(?i:\bf[ae]ll)\D{0,8}(\d+(?:\.\d+)?) ?m\b|坠落 ?(\d+(?:\.\d+)?) ?米")),
    ("burn_pct", re.compile(r"(?i:\bburns?)\D{0,8}(\d+) ?%|烧伤\D{0,4}(\d+) ?%")),
)  # fmt: skip
_SEX: Final = re.compile(r"\d ?(?:[yY] ?)?(M|F|male|female)\b|([男女])")
_SEXES: Final[dict[str, Literal["M", "F"]]] = {
    "M": "M", "male": "M", "男": "M", "F": "F", "female": "F", "女": "F",
}  # fmt: skip


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a line of notes."""

    complaints: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    measures: dict[Measure, float] = {}
    sex: Literal["M", "F"] | None = None


def plain(words: str) -> str:
    """Words as they are compared: letters in one case, separators as single spaces."""
    folded = unicodedata.normalize("NFKC", words).casefold()
    return _SEPARATORS.sub(" ", folded).strip()


_FINDING_CODES: Final = {
    plain(word): code
    for code, finding in FINDINGS.items()
    for word in (code, finding.zh, finding.en, *finding.words)
}
_COMPLAINT_CODES: Final = {
    plain(word): code for code, row in ROWS.items() for word in (code, row.zh, row.en, *row.words)
}
_CRITERION_CODES: Final = {
    plain(word): code
    for code, criterion in CRITERIA.items()
    for word in (code, *criterion.said(CriteriaPolicy()))
}


def code_of(words: str) -> str | None:
    """The finding or criterion, else the complaint, that ``words`` name; None when unknown."""
    wanted = plain(words)
    for codes in (_FINDING_CODES, _CRITERION_CODES, _COMPLAINT_CODES):
        if wanted in codes:
            return codes[wanted]
    return None


def complaint_of(words: str) -> str | None:
    """The complaint that ``words`` name; None when unknown."""
    return _COMPLAINT_CODES.get(plain(words))


def finding_of(words: str) -> str | None:
    """The finding that ``words`` name; None when unknown."""
    return _FINDING_CODES.get(plain(words))


def read_note(text: str) -> Note:
    """Complaints, findings and numbers in one line of notes."""
    composed = unicodedata.normalize("NFKC", text)
    note = _PAUSE.join(plain(part) for part in _PAUSES.split(composed))
    sex = _SEX.search(composed)
    return Note(
        complaints=_named(note, _COMPLAINT_CODES),
        findings=_named(note, _FINDING_CODES),
        measures=_numbers(composed),
        sex=_SEXES[sex[1] or sex[2]] if sex else None,
    )


def _numbers(text: str) -> dict[Measure, float]:
    found: dict[Measure, float] = {}
    for measure, pattern in _NUMBERS:
        match = pattern.search(text)
        if match is not None:
            found[measure] = float(match[1] or match[2])
    return found


def _named(note: str, codes: dict[str, str]) -> tuple[str, ...]:
    found = [code for words, code in codes.items() if words in note and _is_said(words, note)]
    return tuple(dict.fromkeys(found))


def _is_said(words: str, note: str) -> bool:
    """Whether the words stand in the note as such and are not denied."""
    edge = r"(?![a-z0-9])" if _IS_ASCII.fullmatch(words) else ""
    begin = r"(?<![a-z0-9])" if edge else ""
    return any(
        not _NEGATION.search(note[: found.start()])
        for found in re.finditer(begin + re.escape(words) + edge, note)
    )
