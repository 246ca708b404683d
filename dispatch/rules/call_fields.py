"""The fields of a call, and reading them into what `dispatch.triage.call` asks for. Pure."""

from typing import Any, Final

from msgspec.structs import replace

from dispatch.errors import BadPayload
from dispatch.rules.model import Field, Values
from dispatch.rules.vitals import RESP_RATE, TEMPERATURE
from dispatch.triage.call import Call
from dispatch.triage.caller_words import Note, code_of, complaint_of, finding_of, plain, read_note
from dispatch.triage.criteria import Report
from dispatch.triage.criteria_table import CRITERIA
from dispatch.triage.criterion import Measure
from dispatch.triage.findings import FINDINGS

_YES: Final = ("true", "y", "是", "清醒", "awake", "alert", "叫得醒", "正常", "normal")
_NO: Final = ("false", "n", "否", "不", "没有", "none", "absent")
_ANSWERS: Final = {"yes": True, "no": False, "true": True, "false": False, "unknown": None}
_UNKNOWN: Final = ("unsure", "not known", "not sure", "?", "不知道", "不清楚", "不确定", "未知")
_AGE_UNITS: Final[tuple[Measure, ...]] = ("age_years", "age_months", "age_days")
_DAYS_PER_YEAR: Final = 365.25
_MONTHS_PER_YEAR: Final = 12
_SHORTEST_MONTH_DAYS: Final = 28


def _words(**choices: tuple[str, ...]) -> dict[str, str]:
    return {word: choice for choice, words in choices.items() for word in words}


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


def _number(name: str, unit: str, meaning: str, highest: float, *aliases: str) -> Field:
    return Field(
        name=name,
        kind="number",
        unit=unit,
        meaning=meaning,
        lowest=0,
        highest=highest,
        aliases=aliases,
    )


_CONSCIOUS: Final = Field(
    name="conscious",
    kind="choice",
    choices=("yes", "no", "unknown"),
    words=_words(
        yes=_YES,
        no=(*_NO, "unconscious", "unresponsive", "not rousable", "昏迷", "叫不醒"),
        unknown=_UNKNOWN,
    ),
    meaning="awake, or can be woken; unsure is unknown",
    aliases=("awake", "is_conscious"),
)
_BREATHING: Final = Field(
    name="breathing_normally",
    kind="choice",
    choices=(
        "yes", "no", "unsure", "gasping", "snoring", "occasional", "going_blue", "agonal",
        "unknown",
    ),
    words=_words(
        yes=(*_YES, "regular", "yes, regular", "regularly", "平稳"),
        no=(*_NO, "没有呼吸", "不正常", "abnormal", "not breathing"),
        unsure=_UNKNOWN,
        gasping=("gasps", "喘大气", "抽气样"),
        snoring=("snores", "打呼噜", "打鼾", "yes (打呼噜)", 'yes ("打呼噜")', "yes (“打呼噜”)"),
        occasional=("occasionally", "occasional breaths", "偶尔"),
        going_blue=("going blue", "blue", "发紫"),
        agonal=("agonal breathing", "叹气样", "濒死呼吸"),
    ),
    meaning="only yes is normal: everything else, unsure too, is not",
    aliases=("breathing", "breathing normally", "breathing_normal", "is_breathing_normally"),
)  # fmt: skip

# The flags that are findings of the table or of the entry under another shape.
_FLAGS: Final = (
    _flag("pregnant", "whether she is pregnant", "is_pregnant"),
    _flag("immunosuppressed", "whether the patient is immunosuppressed"),
    _flag("agonal", "agonal breathing was described", "agonal_word"),
    _flag("second_hand", "the caller is not with the patient", "second_hand_caller"),
    _flag("obvious_death", "decapitation, rigor or the like was described"),
    _flag("line_lost", "the line was lost", "call_lost"),
    _flag("drowning", "taken out of water"),
)
_MEASURES: Final[tuple[tuple[Measure, Field], ...]] = (
    ("gestation_weeks",
     _number("weeks", "wk", "weeks of pregnancy", 45, "gestation_weeks", "ga", "ga_weeks", "wk")),
    ("postpartum_days", _number("postpartum_days", "d", "days since birth was given", 365)),
    ("contraction_interval_min",
     _number("contraction_interval_min", "min", "time between contractions", 240,
             "contractions_min", "contraction_min", "contraction_interval")),
    ("lkw_h", _number("lkw_h", "h", "since last known well", 10_000, "lkw", "lkw_hours", "LKW")),
    ("fit_min", _number("fit_min", "min", "how long the fit has lasted", 1_440, "seizure_min")),
    ("duration_h", _number("duration_h", "h", "how long it has lasted", 100_000)),
    ("fall_height_m", _number("fall_height_m", "m", "height of the fall", 1_000, "fall_m",
                              "height_m", "fall_height")),
    ("burn_pct", _number("burn_pct", "%", "body surface burnt", 100, "tbsa", "burn")),
    ("persons_hurt", _number("persons_hurt", "", "persons hurt", 100_000, "hurt", "patients")),
    ("seriously_hurt", _number("seriously_hurt", "", "persons seriously hurt", 100_000)),
    ("temperature_cel", replace(TEMPERATURE, aliases=("temperature", "t", "T"))),
    ("resp_rate_per_min", replace(RESP_RATE, aliases=("resp_rate", "RR"))),
)  # fmt: skip

FIELDS: Final = (
    _CONSCIOUS,
    _BREATHING,
    Field(
        name="extra",
        kind="text",
        meaning="notes: names of findings and simple numbers are picked out, the rest is not read",
        aliases=("inputs", "input", "note", "notes", "remarks", "text"),
    ),
    _number("age", "a", "completed years", 130, "age_years", "age_y"),
    _number("age_months", "mo", "completed months, for infants", 240),
    _number("age_days", "d", "days, for newborns", 50_000, "days_old"),
    Field(
        name="sex",
        kind="choice",
        choices=("M", "F"),
        words=_words(M=("male", "man", "男"), F=("female", "woman", "女")),
        meaning="sex",
    ),
    Field(
        name="complaint",
        kind="text",
        meaning="what is the matter: a complaint of the table by code or name",
        aliases=("chief_complaint", "chief complaint"),
    ),
    Field(name="complaints", kind="list", meaning="several complaints; the worst counts"),
    Field(name="findings", kind="list", meaning="findings that are present, by code or name"),
    Field(
        name="answers",
        kind="table",
        meaning="findings asked about: code or name to true, false or null (asked and unknown)",
    ),
    *_FLAGS,
    *(field for _measure, field in _MEASURES),
    _flag("location_known", "the place is known"),
    _flag("callback_known", "the call-back number is known"),
    _flag("scene_safe", "the scene is safe"),
)


def read_call(values: Values) -> tuple[Call, tuple[str, ...]]:
    """The call, and the words in it that nobody could read.

    A complaint that is no name of one is read as a note. Raises BadPayload for a finding answered
    in two ways, for ages that contradict each other, for a pregnant man, and for list items or
    answers of a wrong kind.
    """
    answers, complaints, unread = _answers(values)
    texts = [_text("complaints", item) for item in values["complaints"] or ()]
    texts += [values["complaint"]] if plain(values["complaint"] or "") else []
    free = [text for text in texts if complaint_of(text) is None and finding_of(text) is None]
    unread += [text for text in free if read_note(text) == Note()]
    note = read_note("; ".join([values["extra"] or "", *free]))
    named = [complaint for complaint in map(complaint_of, texts) if complaint is not None]
    for code in (*filter(None, map(finding_of, texts)), *note.findings):
        answers.setdefault(code, True)
    sex = values["sex"] or note.sex
    if sex == "M" and answers.get("pregnant"):
        raise BadPayload("invalid_field", "pregnant: expected false or null for sex M, got true")
    unrecognised = tuple(dict.fromkeys(unread))
    report = Report(
        complaints=tuple(dict.fromkeys((*note.complaints, *named, *complaints))),
        answers=answers,
        measures=_measures(values, note),
        has_unrecognised=bool(unrecognised),
    )
    call = Call(
        conscious=values["conscious"],
        breathing=values["breathing_normally"],
        report=report,
        is_location_known=values["location_known"],
        is_callback_known=values["callback_known"],
        is_scene_safe=values["scene_safe"],
        sex=sex,
    )
    return call, unrecognised


def _answers(values: Values) -> tuple[dict[str, bool | None], list[str], list[str]]:
    """Findings by code, complaints named among them, and what nobody could read."""
    given: list[tuple[str, bool | None]] = [
        (_text("findings", item), True) for item in values["findings"] or ()
    ]
    given += [(name, _answer(name, item)) for name, item in (values["answers"] or {}).items()]
    flags = [(flag.name, values[flag.name]) for flag in _FLAGS]
    given += [(name, item) for name, item in flags if item is not None]
    answers: dict[str, bool | None] = {}
    complaints, unread = [], []
    for name, answer in given:
        code = code_of(name)
        if code is None:
            unread.append(name)
        elif code not in FINDINGS and code not in CRITERIA:
            complaints += [code] if answer else []
        elif answers.setdefault(code, answer) is not answer:
            raise BadPayload("invalid_field", f"{code}: expected one answer, got two different")
    return answers, complaints, unread


def _measures(values: Values, note: Note) -> dict[Measure, float]:
    given: dict[Measure, float] = {
        **note.measures,
        **{
            measure: values[field.name]
            for measure, field in _MEASURES
            if values[field.name] is not None
        },
    }
    for name in _AGE_UNITS:
        value = values["age" if name == "age_years" else name]
        if value is not None:
            given[name] = value
    return {**given, **_ages(given)}


def _ages(given: dict[Measure, float]) -> dict[Measure, float]:
    """Every unit of the age that follows from those given: years from days, not days from years.

    The thresholds in days and months are all below one year, so that from one year on the smaller
    units may be counted from the larger ones. Raises BadPayload for ages that contradict.
    """
    years, months, days = (given.get(name) for name in _AGE_UNITS)
    in_years = [
        value
        for value in (
            years,
            None if months is None else months // _MONTHS_PER_YEAR,
            None if days is None else int(days / _DAYS_PER_YEAR),
        )
        if value is not None
    ]
    if not in_years:
        return {}
    if max(in_years) - min(in_years) > 1:
        raise BadPayload("invalid_field", "age: expected one age, got two that contradict")
    found: dict[Measure, float] = {"age_years": in_years[0]}
    if months is None and (days is not None or in_years[0] > 0):
        found["age_months"] = (
            in_years[0] * _MONTHS_PER_YEAR if days is None else days * 12 / _DAYS_PER_YEAR
        )
    if days is None and (in_years[0] > 0 or months):
        found["age_days"] = max(in_years[0] * _DAYS_PER_YEAR, (months or 0) * _SHORTEST_MONTH_DAYS)
    return found


def _text(name: str, item: Any) -> str:
    if not isinstance(item, str):
        raise BadPayload("invalid_field", f"{name}: expected a list of texts, got {item!r:.40}")
    return item


def _answer(name: str, item: Any) -> bool | None:
    if item is None or isinstance(item, bool):
        return item
    word = item.strip().casefold() if isinstance(item, str) else ""
    if word in _ANSWERS:
        return _ANSWERS[word]
    raise BadPayload(
        "invalid_field", f"answers.{name:.40}: expected true, false or null, got {item!r:.40}"
    )
