"""What the register knows of one rule. Pure values; cases are read by `dispatch.rules.read`."""

from collections.abc import Callable, Mapping
from typing import Any, Literal

import msgspec

Kind = Literal[
    "number",
    "integer",
    "flag",
    "choice",
    "text",
    "time",
    "date",
    "list",
    "table",
    "score",
    "reading",
]
Mark = Literal["source", "GK", "POLICY"]

Values = Mapping[str, Any]
"""A case as read: every field of the rule by its name, None where nothing was given."""

Result = dict[str, Any]
"""An answer, made of what JSON has: text, numbers, booleans, None, lists and dicts."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One field of a case.

    ``kind``: number (finite; bool is none), integer (3.0 counts), flag (true or false), choice (one
    of ``choices``, in any case of letters; ``words`` maps other spellings to them), text, time (ISO
    8601 with an offset), date (ISO 8601), list or table (a JSON array or object that the rule reads
    itself), score and reading (an integer, a number, or one of ``choices`` said in its place, such
    as NT or Low). ``lowest`` and ``highest`` are the range in which a number can be meant at all,
    wider than any plausibility limit. ``aliases`` are other names under which it is accepted.
    """

    name: str
    kind: Kind
    meaning: str
    unit: str = ""
    choices: tuple[str, ...] = ()
    words: Mapping[str, str] = {}
    aliases: tuple[str, ...] = ()
    lowest: float | None = None
    highest: float | None = None
    is_required: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One field of the result and what it says."""

    name: str
    meaning: str


class Table(msgspec.Struct, frozen=True, kw_only=True):
    """One table of the rule page, made from the constants that decide."""

    title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mark: Mark = "source"


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that needs a signature: GK (known, not confirmed in a source) or POLICY (ours)."""

    mark: Mark
    text: str


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """One answer said to a person, in both languages."""

    zh: str
    en: str


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One version of one rule.

    ``source`` names publication and year. ``owner`` is who answers for it: the publisher of a score
    taken over as it is, or the office that signs a POLICY. ``evaluate`` takes any values that
    `read_case` let through and raises only BadPayload, for a combination that means nothing.
    """

    name: str
    version: str
    title_zh: str
    title_en: str
    source: str
    owner: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    evaluate: Callable[[Values], Result]
    explain: Callable[[Values, Result], Words]
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()


MEDICAL_DIRECTOR = "county medical director (县急诊质控 / 牵头医院急诊科)"
