"""The words of the engine's codes in Chinese and English, for the command line and for paper.

The screens have their own words for what they show (``frontend/src/i18n``); the simulator, the
command line and printed tables read these. Every code that `answer`, `gates`, `dmexclp` and
`change` can give is here, in both languages, with all its blanks: a test compares. Times are told
as minutes and seconds, because "if it is 437 seconds later" is no help to anybody.

Not here: which reasons there are. Pure.
"""

from typing import Final

from hospital_gateway.advice import Param, Reason

LANGUAGES: Final = ("zh", "en")

WORDS: Final[dict[str, tuple[str, str]]] = {
    # why this unit
    "soonest": ("最先到达", "is there first"),
    "not_soonest": ("比最近待命的 {unit} 晚 {seconds}", "{seconds} later than the closest, {unit}"),
    "needed_elsewhere": ("{unit} 派往 {call} 更合适", "{unit} is needed more at {call}"),
    "better_suited": ("比 {unit} 更合适(折合 {seconds})", "better suited than {unit} ({seconds})"),
    "spares_cover": (
        "保留 {unit} 的覆盖(折合 {seconds})",
        "{unit} is spared for cover ({seconds})",
    ),
    "spares_zone": (
        "{unit} 是保护区最后一辆车(折合 {seconds})",
        "{unit} is the last cover of a protected zone ({seconds})",
    ),
    "safer_drive": (
        "路程比 {unit} 更有把握(八成情况快 {seconds})",
        "a surer drive than {unit}'s (four times of five, {seconds} sooner)",
    ),
    "drives_already": ("已在途中", "is on its way already"),
    "taken_from": ("由 {call}({priority})改派", "redirected from {call} ({priority})"),
    "nobody_may_go": ("没有可派车辆", "no unit may go"),
    "all_needed_more": (
        "{units} 辆可派车都更需要用于其他呼救",
        "all {units} units that may go are needed more elsewhere",
    ),
    "promised": ("{unit} 空出后约 {seconds} 到达", "{unit}, once free, is there in {seconds}"),
    "closest_idle_is": (
        "最近待命车 {unit},相差 {seconds}",
        "closest idle unit {unit}, {seconds} difference",
    ),
    # what counts against a unit
    "drives": ("行驶 {seconds}", "drives {seconds}"),
    "sets_out_after": ("{seconds} 后出发", "sets out after {seconds}"),
    "lacks_wish": ("缺少期望配置(折合 {seconds})", "lacks what is wished ({seconds})"),
    "position_doubtful": ("位置不确定(折合 {seconds})", "its position is not sure ({seconds})"),
    "leaves_cover": ("离开后覆盖变差(折合 {seconds})", "its leaving uncovers a place ({seconds})"),
    "leaves_zone": (
        "离开后保护区无车(折合 {seconds})",
        "leaves a protected zone without cover ({seconds})",
    ),
    "leaves_call": ("须离开 {call}({priority})", "has to leave {call} ({priority})"),
    "breaks_crew_limit": ("将超出班次 {seconds}", "works {seconds} beyond the end of its shift"),
    # what would change it
    "if_later": ("若 {unit} 再晚 {seconds},改派他车", "if {unit} were {seconds} later: another"),
    "if_sooner": ("若 {unit} 能早 {seconds},则派它", "if {unit} were {seconds} sooner: it"),
    "if_free": ("若 {unit} 在 {seconds} 内空出,则派它", "if {unit} were free in {seconds}: it"),
    # gates
    "out_of_service": ("停用或空出时间不明", "out of service, or nobody knows until when"),
    "already_on_it": ("已参与或已拒绝本次任务", "has been on this call, or declined it"),
    "not_capable": ("车型不符,需要 {missing}", "not the kind of vehicle: {missing} is needed"),
    "lacks_equipment": ("缺少设备 {missing}", "has no {missing}"),
    "lacks_skill": ("人员缺少资质 {missing}", "nobody on it has {missing}"),
    "crew_too_small": ("人员 {crew} 人,需 {needed} 人", "a crew of {crew}; {needed} are needed"),
    "resting": ("休息中,还需 {seconds}", "is owed {seconds} of rest"),
    "shift_ends": (
        "{seconds} 后交班,本任务约需 {needed_s}",
        "its shift ends in {seconds}; the job takes about {needed_s}",
    ),
    "position_lost": ("位置不明", "nobody knows where it is"),
    "out_of_range": (
        "超出范围:行驶 {eta_s},上限 {limit_s}",
        "out of range: {eta_s} of driving, at most {limit_s}",
    ),
    "bound": ("正赶往更紧急的 {priority}", "drives to a graver call ({priority})"),
    "nearly_there": ("{seconds} 后即到达原任务", "arrives at its own call in {seconds}"),
    "diverted_enough": (
        "原任务已被改派 {times} 次",
        "its call has lost units {times} times already",
    ),
    "not_redirected": ("本策略不改派途中车辆", "this policy redirects nobody"),
    # standby
    "stays_at_post": (
        "留在 {post},覆盖需求 {share_pct} %",
        "stays at {post}, which covers {share_pct} % of demand",
    ),
    "covers_most": (
        "去 {post},覆盖需求 {share_pct} %(多 {more_pct} %)",
        "to {post}: it covers {share_pct} % of demand there, {more_pct} % more",
    ),
}  # fmt: skip

_TIMES: Final = frozenset({"seconds", "needed_s", "eta_s", "limit_s"})
_UNKNOWN: Final = ("不明", "not known")


def say(given: Reason, language: str) -> str:
    """A reason in a language; raises ValueError for a code or a language without words."""
    if language not in LANGUAGES:
        raise ValueError(f"no words in {language!r}; there are {', '.join(LANGUAGES)}")
    if given.code not in WORDS:
        raise ValueError(f"no words for the reason {given.code!r}")
    at = LANGUAGES.index(language)
    filled = {name: _param(name, value, at) for name, value in given.params.items()}
    return WORDS[given.code][at].format(**filled)


def _param(name: str, value: Param, at: int) -> str:
    if value is None:
        return _UNKNOWN[at]
    if name in _TIMES and isinstance(value, int | float):
        return _duration(round(value), at)
    return str(value)


def _duration(seconds: int, at: int) -> str:
    minute, second = (("分", "秒"), (" min", " s"))[at]
    sign, (minutes, rest) = "-" if seconds < 0 else "", divmod(abs(seconds), 60)
    if not minutes:
        return f"{sign}{rest}{second}"
    joint = "" if at == 0 else " "
    return f"{sign}{minutes}{minute}" + (f"{joint}{rest}{second}" if rest else "")
