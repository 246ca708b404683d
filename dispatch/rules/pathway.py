"""What the rules of the maternal, newborn and child pathways share: findings as fields, the answer
as JSON, words for codes. Pure.

A finding is said as a flag of its own (``"seizure": true``); left out or null it is not known.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from dispatch.errors import BadPayload
from dispatch.rules.model import Field, Mark, Table, Values, Words
from dispatch.triage.need import Need


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """One code in both languages, with other names for it and where it comes from."""

    zh: str
    en: str
    aliases: tuple[str, ...] = ()
    mark: Mark = "GK"
    source: str = ""


Phrases = Mapping[str, Said]
Spoken = TypeVar("Spoken", Said, Words)


def filled(phrases: Mapping[str, Spoken], policy: msgspec.Struct) -> dict[str, Spoken]:
    """The phrases with the numbers of ``policy`` where they name them, as in ``{p.last_day}``."""
    return {
        code: msgspec.structs.replace(
            said, zh=said.zh.format(p=policy), en=said.en.format(p=policy)
        )
        for code, said in phrases.items()
    }


def finding_fields(codes: Iterable[str], phrases: Phrases) -> tuple[Field, ...]:
    """One flag for each finding."""
    return tuple(
        Field(
            name=code,
            kind="flag",
            meaning=f"{phrases[code].en} ({phrases[code].zh})",
            aliases=phrases[code].aliases,
        )
        for code in codes
    )


def findings_of(codes: Iterable[str], values: Values) -> dict[str, bool]:
    """The findings somebody said yes or no to."""
    return {code: values[code] for code in codes if values[code] is not None}


def codes_of(name: str, given: Sequence[Any] | None, known: Sequence[str]) -> tuple[str, ...]:
    """A list of known codes; raises BadPayload("invalid_field") for anything else in it."""
    for code in given or ():
        if code not in known:
            raise BadPayload(
                "invalid_field", f"{name}: expected some of {', '.join(known)}, got {code!r:.40}"
            )
    return tuple(given or ())


def needs_as_json(needs: Iterable[Need]) -> list[dict[str, Any]]:
    """The needs as the destination engine is given them."""
    plain: list[dict[str, Any]] = msgspec.json.decode(msgspec.json.encode(list(needs)))
    return plain


def alert_of(needs: Sequence[Need]) -> str | None:
    """The colour of the pathway's own need; None outside the pathway."""
    return needs[0].alert.value if needs and needs[0].alert else None


def table_of(title: str, codes: Iterable[str], phrases: Phrases, mark: Mark = "GK") -> Table:
    """One row a code, with both languages, mark and source."""
    return Table(
        title=title,
        header=("code", "中文", "English", "mark", "source"),
        rows=tuple(
            (code, phrases[code].zh, phrases[code].en, phrases[code].mark, phrases[code].source)
            for code in codes
        ),
        mark=mark,
    )


def numbers_of(policy: msgspec.Struct) -> Table:
    """The numbers of a pathway's policy, as they decide."""
    fields = ((name, getattr(policy, name)) for name in policy.__struct_fields__)
    return Table(
        title="Numbers of the policy",
        header=("field", "value"),
        rows=tuple(
            (name, f"{value:g}") for name, value in fields if isinstance(value, int | float)
        ),
        mark="POLICY",
    )


def number(
    name: str, meaning: str, unit: str, highest: float, aliases: tuple[str, ...] = ()
) -> Field:
    """A number from 0 on."""
    return Field(
        name=name, kind="number", unit=unit, meaning=meaning, aliases=aliases,
        lowest=0, highest=highest,
    )  # fmt: skip


def clause(lead: Said, codes: Sequence[str], phrases: Phrases) -> Words:
    """``lead`` with the words of ``codes`` as one sentence; empty without codes."""
    if not codes:
        return Words(zh="", en="")
    zh = "、".join(phrases[code].zh for code in codes)
    en = ", ".join(phrases[code].en for code in codes)
    return Words(zh=f"{lead.zh}：{zh}。", en=f" {lead.en}: {en}.")


def joined(parts: Iterable[Words]) -> Words:
    """Sentences one after the other."""
    each = tuple(parts)
    return Words(zh="".join(part.zh for part in each), en="".join(part.en for part in each).strip())
