"""Call triage in the register: the rule, its words and its page; and the rules beside it.

Input is read by `call_fields`; the rules of re-triage, response categories and arrest times are in
`call_standards`.
"""

from collections.abc import Iterable
from typing import Final

from dispatch.rules import call_standards
from dispatch.rules.call_fields import FIELDS, read_call
from dispatch.rules.model import (
    MEDICAL_DIRECTOR,
    Answer,
    Note,
    Result,
    Rule,
    Table,
    Values,
    Words,
)
from dispatch.rules.policies import Policies
from dispatch.triage.call import STEPS, triage
from dispatch.triage.criteria_table import CRITERIA, ROWS, VERSION
from dispatch.triage.criterion import CriteriaPolicy, Criterion, Row
from dispatch.triage.findings import FINDINGS

_DEFAULTS: Final = CriteriaPolicy()

_ENTRY: Final = {
    "entry.arrest": ("无意识且呼吸不正常", "not conscious and not breathing normally"),
    "entry.unconscious": ("没有意识或意识不明", "unconscious, or nobody knows"),
    "entry.obvious_death": ("描述为明显死亡", "an obvious death is described"),
    "never_below.breathing": ("清醒但呼吸不正常", "awake, but not breathing normally"),
    "never_below.unrecognised": ("有未能识别的内容", "something was said that could not be read"),
    "never_below.newborn": ("新生儿不低于 P3", "a newborn is never below P3"),
    "never_below.pregnant": ("孕妇不低于 P3", "a pregnant patient is never below P3"),
    "never_below.immunosuppressed": ("免疫低下者不低于 P3", "never below P3 if immunosuppressed"),
}  # fmt: skip
_ACTIONS: Final = {
    "dispatch_first_unit": ("立即派第一辆车，继续询问", "send the first unit now, keep asking"),
    "tcpr": ("电话指导心肺复苏", "compressions by telephone now"),
    "supervisor": ("不指导心肺复苏，通知值班长", "no compressions; call the supervisor"),
    "call_back": ("立即回拨", "call back at once"),
    "reach_the_patient": ("请来电人找人到患者身边", "have somebody go to the patient"),
    "keep_on_line": ("不要挂断", "keep the caller on the line"),
    "recheck_breathing_every_minute": ("每分钟复查呼吸", "check the breathing again every minute"),
    "clarify": ("核实未识别的内容", "clarify what could not be read"),
    "bleeding_control": ("指导止血", "instructions to stop the bleeding"),
    "scene_safety": ("先确认现场安全", "make sure the scene is safe"),
    "mci_plan": ("启动群体伤预案", "start the plan for many casualties"),
}  # fmt: skip
_METHODS: Final = {
    "compressions_only": ("只按压", "compressions only"),
    "compressions_and_breaths": ("按压加人工呼吸", "compressions and breaths"),
}


def _evaluate(values: Values, policies: Policies) -> Result:
    call, unrecognised = read_call(values)
    found = triage(call, policies.clinical.criteria)
    return {
        "priority": found.priority,
        "arrest": found.is_arrest,
        "tcpr": found.is_tcpr,
        "tcpr_method": found.method,
        "tags": list(found.tags),
        "decided_by": list(found.decided_by),
        "unknown": list(found.unknown),
        "actions": list(found.actions),
        "next": found.next_step,
        "unrecognised": list(unrecognised),
        "table": VERSION,
    }


def _explain(_values: Values, result: Result, policies: Policies) -> Words:
    policy = policies.clinical.criteria
    return Words(zh=_said(result, 0, policy), en=_said(result, 1, policy))


def _said(result: Result, language: int, policy: CriteriaPolicy) -> str:
    """One answer in one language: 0 Chinese, 1 English."""
    unknown = _each(result["unknown"], language, policy)
    listed = (
        (("未知而按较重处理：", "Counted because unknown: "), unknown),
        (("现在：", "Now: "), [_action(code, result)[language] for code in result["actions"]]),
        (("中心：", "Pathways: "), result["tags"]),
        (("未识别：", "Not understood: "), result["unrecognised"]),
        (
            ("下一问：", "Ask next: "),
            [step[1 + language] for step in STEPS if step[0] == result["next"]],
        ),
    )
    comma, stop = (("；", "。"), ("; ", ". "))[language]
    sentences = [
        _head(result, language, policy),
        *(label[language] + comma.join(items) for label, items in listed if items),
    ]
    return "".join(_ended(sentence, stop) for sentence in sentences).strip()


def _ended(sentence: str, stop: str) -> str:
    return sentence + (" " if sentence.endswith(("?", "？")) else stop)


def _head(result: Result, language: int, policy: CriteriaPolicy) -> str:
    priority = result["priority"]
    if priority is None:
        return ("还不能定级", "No priority yet")[language]
    why = ("；", "; ")[language].join(_each(result["decided_by"], language, policy))
    arrest = ("心脏骤停，", "cardiac arrest, ")[language] if result["arrest"] else ""
    return f"{priority}{('：', ': ')[language]}{arrest}{why}"


def _each(codes: Iterable[str], language: int, policy: CriteriaPolicy) -> list[str]:
    return [_reason(code, policy)[language] for code in codes]


def _reason(code: str, policy: CriteriaPolicy) -> tuple[str, str]:
    """A code of ``decided_by`` in words: an entry, or row, cell and criterion."""
    if code in _ENTRY:
        return _ENTRY[code]
    row_code, *cell = code.split(".")
    row = ROWS[row_code]
    if len(cell) == 1:
        return f"{row.zh}，尚无具体表现", f"{row.en}, nothing more is known"
    zh, en = CRITERIA[cell[1]].said(policy)
    return f"{row.zh}：{zh}", f"{row.en}: {en}"


def _action(code: str, result: Result) -> tuple[str, str]:
    zh, en = _ACTIONS[code]
    if code != "tcpr":
        return zh, en
    method_zh, method_en = _METHODS[result["tcpr_method"]]
    return f"{zh}（{method_zh}）", f"{en} ({method_en})"


def _cell(criteria: Iterable[Criterion]) -> str:
    return "; ".join(criterion.said(_DEFAULTS)[1] for criterion in criteria)


def _table_row(row: Row) -> tuple[str, ...]:
    cells = tuple(_cell(criteria) for _priority, criteria in row.cells)
    otherwise = row.otherwise or _DEFAULTS.otherwise
    return (row.code, row.en, row.zh, *cells, otherwise, ", ".join(row.tags))


CALL_TRIAGE: Final = Rule(
    name="call_triage",
    version="1",
    title_zh="呼叫分级",
    title_en="Call triage",
    source="original criteria table CDC-0; arrest rule: AHA 2019 and Viereck 2015",
    owner=MEDICAL_DIRECTOR,
    fields=FIELDS,
    answers=(
        Answer(name="priority", meaning="P1, P2, P3, P4, or null while nothing decides it"),
        Answer(name="arrest", meaning="true, false, or null while the breathing is not known"),
        Answer(name="tcpr", meaning="whether to instruct compressions by telephone"),
        Answer(name="tcpr_method", meaning=f"{', '.join(_METHODS)}, or null without tcpr"),
        Answer(name="tags", meaning="pathways of the patient"),
        Answer(name="decided_by", meaning="entry answers, row.cell.criterion, or row.otherwise"),
        Answer(name="unknown", meaning="what counts as present only because it is unknown"),
        Answer(name="actions", meaning=f"what to do now: {', '.join(_ACTIONS)}"),
        Answer(name="next", meaning=f"next question: {', '.join(s[0] for s in STEPS)}, or null"),
        Answer(name="unrecognised", meaning="names of findings or complaints nobody could read"),
        Answer(name="table", meaning="version of the criteria table"),
    ),
    decide=_evaluate,
    say=_explain,
    tables=(
        Table(
            title="Entry, in order",
            header=("step", "zh", "en"),
            rows=STEPS,
            mark="POLICY",
        ),
        Table(
            title=f"{VERSION}: any criterion of a cell puts the patient there, the worst counts",
            header=("complaint", "en", "zh", "P1", "P2", "P3", "P4", "nothing known", "pathways"),
            rows=tuple(_table_row(row) for row in ROWS.values()),
            mark="POLICY",
        ),
        Table(
            title="Findings",
            header=("code", "en", "zh"),
            rows=tuple((found.code, found.en, found.zh) for found in FINDINGS.values()),
            mark="POLICY",
        ),
        Table(
            title="Numbers of the table",
            header=("number", "value"),
            rows=tuple(
                (name, str(getattr(_DEFAULTS, name))) for name in _DEFAULTS.__struct_fields__
            ),
            mark="POLICY",
        ),
    ),
    notes=(
        Note(mark="POLICY", text=f"the whole table {VERSION} with its numbers and wording"),
        Note(mark="POLICY", text="unknown answers count as present; what was not asked does not"),
        Note(mark="POLICY", text="obvious death: P1 without instructions, a supervisor is called"),
        Note(mark="POLICY", text="awake, not breathing normally, severity unknown: P1"),
        Note(mark="POLICY", text="all of P1 and P2 denied: P3; P4 only by a finding of P4"),
        Note(mark="POLICY", text="a pregnant patient's scheduled transfer is P3: the floor wins"),
        Note(mark="GK", text="children, newborns and the drowned: compressions with breaths"),
        Note(mark="GK", text="newborn: fast above 60/min, cold below 36 degrees"),
        Note(mark="POLICY", text="obviously fast in adults: 25/min or more (red in NEWS2 2017)"),
    ),
)

RULES: Final = (CALL_TRIAGE, *call_standards.RULES)
