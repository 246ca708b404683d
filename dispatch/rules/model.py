"""What the register knows of one rule. Pure values; cases are read by `dispatch.rules.read`."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Literal

import msgspec

from dispatch.domain import clinical
from dispatch.rules.policies import DEFAULTS, Policies

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
    taken over as it is, or the office that signs a POLICY. ``decide`` and ``say`` are asked with
    the numbers of a county; fields, tables and notes are of the defaults.
    """

    name: str
    version: str
    title_zh: str
    title_en: str
    source: str
    owner: str
    fields: tuple[Field, ...]
    answers: tuple[Answer, ...]
    decide: Callable[[Values, Policies], Result]
    say: Callable[[Values, Result, Policies], Words]
    tables: tuple[Table, ...] = ()
    notes: tuple[Note, ...] = ()

    def evaluate(self, values: Values, policies: Policies = DEFAULTS) -> Result:
        """The answer to any values that `read_case` let through, by the numbers of a county.

        Raises only BadPayload, for a combination that means nothing.
        """
        return self.decide(values, policies)

    def explain(self, values: Values, result: Result, policies: Policies = DEFAULTS) -> Words:
        """An answer in words; ``policies`` are those it was evaluated with."""
        return self.say(values, result, policies)


def everywhere(decide: Callable[[Values], Result]) -> Callable[[Values, Policies], Result]:
    """A rule taken over as published: no county moves its numbers."""
    return lambda values, _policies: decide(values)


def said_everywhere(
    say: Callable[[Values, Result], Words],
) -> Callable[[Values, Result, Policies], Words]:
    """Words that hold no number of a county."""
    return lambda values, result, _policies: say(values, result)


MEDICAL_DIRECTOR: Final = clinical.MEDICAL_DIRECTOR
