"""Sorting in a mass-casualty incident in the register."""

from collections.abc import Iterator
from typing import Final, cast

from dispatch.errors import BadPayload
from dispatch.rules.model import (
    Answer,
    Field,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
    everywhere,
    said_everywhere,
)
from dispatch.rules.vitals import RESP_RATE
from dispatch.triage import mci
from dispatch.triage.mci import Algorithm, Casualty, Step

_CATEGORY: Final = {
    "GREEN": Words(
        zh="绿：轻伤，到集合区；二次分诊时婴儿和被抱来者优先",
        en="green, minor: to the assembly area; infants and those carried there are seen first",
    ),
    "YELLOW": Words(
        zh="黄：延后处置，继续观察", en="yellow, delayed: look again when all are sorted"
    ),
    "RED": Words(zh="红：立即处置和转运", en="red, immediate: treat and move first"),
    "BLACK": Words(
        zh="黑：死亡，不再处置，直到其他人都已处置",
        en="black, dead: nothing more until all others were treated",
    ),
    "GREY": Words(
        zh="灰：现有资源下难以存活，资源到位后重新评估",
        en="grey, expectant: look again as soon as more help is there",
    ),
}
_NEXT: Final = {
    "walk": Words(zh="能自己行走吗", en="can he or she walk"),
    "breathing": Words(zh="有呼吸吗", en="is there breathing"),
    "open_airway": Words(
        zh="开放气道，再看有无呼吸", en="open the airway, then look for breathing"
    ),
    "rr": Words(zh="数呼吸次数", en="count the breathing rate"),
    "perfusion": Words(
        zh="摸桡动脉（儿童：外周脉搏），成人也可查毛细血管再充盈",
        en="feel the radial pulse (child: any peripheral pulse), or in adults capillary refill",
    ),
    "mental": Words(
        zh="能听从简单指令吗（JumpSTART：AVPU，痛刺激反应是否恰当）",
        en="does he or she follow a simple command (JumpSTART: AVPU, is the response to pain "
        "appropriate)",
    ),
    "pulse": Words(zh="摸脉搏", en="feel for a pulse"),
    "five_breaths": Words(
        zh=f"给 {mci.JUMPSTART_BREATHS} 次人工呼吸，再看有无自主呼吸",
        en=f"give {mci.JUMPSTART_BREATHS} rescue breaths, then look for breathing",
    ),
    "lsi": Words(
        zh=f"先做救命处置：止大出血、开放气道（儿童考虑 {mci.SALT_CHILD_BREATHS} 次人工呼吸）、"
        "胸腔减压、解毒自动注射，再看有无呼吸",
        en="life-saving interventions: stop major bleeding, open the airway (child: consider "
        f"{mci.SALT_CHILD_BREATHS} breaths), decompress the chest, autoinjector; "
        "then look for breathing",
    ),
    "distress": Words(zh="有无呼吸窘迫", en="is there respiratory distress"),
    "bleeding": Words(zh="大出血是否已控制", en="is major bleeding controlled"),
    "minor": Words(zh="是否仅轻伤", en="are the injuries only minor"),
    "survival": Words(zh="以现有资源是否可能存活", en="is survival likely with what is at hand"),
}


def _evaluate(values: Values) -> Result:
    algorithm = _algorithm(values)
    found = mci.sort(algorithm, _casualty(values))
    said = _CATEGORY[found.category] if found.category else _NEXT[cast("str", found.ask)]
    return {
        "category": found.category or f"NEED:{found.ask}",
        "colour": found.category.lower() if found.category else None,
        "nemsis": mci.NEMSIS[found.category] if found.category else None,
        "next": {"zh": said.zh, "en": said.en},
        "algo": algorithm,
        "look_first": mci.global_sort(values["walk"], values["wave"], values["threat"])
        if algorithm == "SALT"
        else None,
    }


def _algorithm(values: Values) -> Algorithm:
    if values["algo"] is not None:
        return cast("Algorithm", values["algo"])
    if values["looks_like_child"] is None:
        wanted = ", ".join(mci.TREES)
        raise BadPayload("missing_field", f"algo: one of {wanted} is needed, or looks_like_child")
    return mci.algorithm_for(values["looks_like_child"])


def _casualty(values: Values) -> Casualty:
    return Casualty(
        walks=values["walk"],
        breathes=values["breathing"],
        breathes_after_airway=values["breathing_after_airway"],
        breathes_after_breaths=values["after5"],
        resp_rate_per_min=values["rr"],
        has_distal_pulse=values["radial"],
        capillary_refill_s=values["crt"],
        obeys=values["obeys"],
        has_pulse=values["pulse"],
        avpu=values["avpu"],
        breathes_after_lsi=values["breathing_after_lsi"],
        has_distress=values["distress"],
        is_bleeding_controlled=values["bleed_ctrl"],
        is_minor=values["minor"],
        is_survivable=values["survivable"],
    )


def _explain(_values: Values, result: Result) -> Words:
    said, algorithm = result["next"], result["algo"]
    if result["colour"] is None:
        return Words(
            zh=f"{algorithm}：尚不能定级，下一步：{said['zh']}。",
            en=f"{algorithm}: not decided yet. Next: {said['en']}.",
        )
    return Words(zh=f"{algorithm}：{said['zh']}。", en=f"{algorithm}: {said['en']}.")


def _paths(here: Step | str, so_far: str = "") -> Iterator[tuple[str, str]]:
    """Every way through a tree with the category it ends in."""
    if not isinstance(here, Step):
        yield so_far, here
        return
    lead = f"{so_far}, " if so_far else ""
    yield from _paths(here.yes, f"{lead}{here.ask} yes")
    yield from _paths(here.no, f"{lead}{here.ask} no")


def _table(algorithm: Algorithm) -> Table:
    return Table(
        title=algorithm,
        header=("answers in the order of the protocol", "category"),
        rows=tuple(_paths(mci.TREES[algorithm])),
    )


def _flag(name: str, meaning: str, *aliases: str) -> Field:
    return Field(name=name, kind="flag", meaning=meaning, aliases=aliases)


MCI: Final = Rule(
    name="mci",
    version="1",
    title_zh="批量伤员检伤分类",
    title_en="Mass-casualty triage: START, JumpSTART, SALT",
    source="START: Hoag Hospital and Newport Beach Fire Department 1983; JumpSTART: Romig 1995; "
    "SALT: Lerner 2008 and 2011; codes: NEMSIS 3.5.1 (2023), eScene.08",
    owner="their authors, taken over as they are",
    fields=(
        Field(
            name="algo",
            kind="choice",
            choices=tuple(mci.TREES),
            words={"jump_start": "JumpSTART", "jump-start": "JumpSTART", "jump start": "JumpSTART"},
            meaning="which protocol; needed unless looks_like_child says it",
            aliases=("algorithm",),
        ),
        _flag("looks_like_child", "without algo: true is JumpSTART, false is START", "child"),
        _flag("walk", "walks", "walks", "walking"),
        _flag("breathing", "breathes before anything is done", "breathes"),
        _flag(
            "breathing_after_airway",
            "breathes after the airway was opened",
            "after_airway",
            "breathes_after_airway",
        ),
        RESP_RATE,
        _flag(
            "radial",
            "START: radial pulse felt; JumpSTART: any peripheral pulse",
            "periph",
            "peripheral",
            "peripheral_pulse",
            "radial_pulse",
        ),
        Field(
            name="crt",
            kind="number",
            unit="s",
            meaning="capillary refill, START",
            aliases=("crt_s", "capillary_refill", "CRT"),
            lowest=0,
            highest=60,
        ),
        _flag("obeys", "follows commands or moves with purpose", "obeys_commands", "mental"),
        _flag("pulse", "JumpSTART: any pulse in a child not breathing; SALT: peripheral pulse"),
        _flag("after5", "breathes after 5 rescue breaths, JumpSTART", "after_5", "after_breaths"),
        Field(
            name="avpu",
            kind="choice",
            choices=("A", "V", "P_appropriate", "P_inappropriate", "P", "U"),
            words={"posturing": "P_inappropriate"},
            meaning="JumpSTART; P alone leaves open whether the response was appropriate",
            aliases=("AVPU",),
        ),
        _flag("breathing_after_lsi", "SALT: breathes after life-saving interventions", "after_lsi"),
        _flag("distress", "SALT: respiratory distress", "resp_distress"),
        _flag("bleed_ctrl", "SALT: major bleeding is controlled", "bleeding_controlled"),
        _flag("minor", "SALT: only minor injuries", "minor_only"),
        _flag("survivable", "SALT: likely to survive with what is at hand", "likely_to_survive"),
        _flag("wave", "SALT, global sort: waves or moves with purpose", "purposeful"),
        _flag("threat", "SALT, global sort: obvious threat to life", "obvious_threat"),
    ),
    answers=(
        Answer(
            name="category",
            meaning="GREEN, YELLOW, RED, BLACK, GREY, or NEED: and the step that decides next",
        ),
        Answer(name="colour", meaning="the colour of the tag, null while undecided"),
        Answer(name="nemsis", meaning="eScene.08, null while undecided"),
        Answer(name="next", meaning="what to do now, zh and en"),
        Answer(name="algo", meaning="the protocol used"),
        Answer(name="look_first", meaning="SALT: 1 first to 3 last in the global sort, or null"),
    ),
    decide=everywhere(_evaluate),
    say=said_everywhere(_explain),
    tables=(
        Table(
            title="What counts as yes",
            header=("step", "yes"),
            rows=(
                ("rr, START", f"<= {mci.START_RESP_ABOVE_PER_MIN}/min"),
                (
                    "rr, JumpSTART",
                    f"{mci.JUMPSTART_RESP_BELOW_PER_MIN}-{mci.JUMPSTART_RESP_ABOVE_PER_MIN}/min",
                ),
                (
                    "perfusion, START",
                    f"radial pulse felt, or refill <= {mci.CRT_ABOVE_S} s; one bad sign is no",
                ),
                ("perfusion, JumpSTART", "peripheral pulse felt"),
                ("mental, START and SALT", "follows commands"),
                ("mental, JumpSTART", "A, V or appropriate P"),
                ("five_breaths", f"breathes after {mci.JUMPSTART_BREATHS} rescue breaths"),
            ),
        ),
        *(_table(algorithm) for algorithm in mci.TREES),
    ),
    notes=(
        Note(
            mark="POLICY",
            text="a colour in which every open answer ends is given at once; otherwise NEED: names "
            "the first step of the protocol that makes a difference",
        ),
        Note(
            mark="POLICY", text="walking or a rate above zero contradicts not breathing: an error"
        ),
        Note(mark="GK", text="START from about 8 years, JumpSTART for whoever looks like a child"),
    ),
)

RULES: Final = (MCI,)
