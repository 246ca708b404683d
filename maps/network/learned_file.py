"""`learned.json`: the correction beside the imported map, with what it was learned from.

::

    map/current          the version of the map in force (`maps.pack`)
    map/learned.json     the correction in force, made by ``greenlane map learn``

It is written whole or not at all, and its name for itself (``version``) follows from its content.
A correction belongs to the speeds it was learned beside: laid over others it would correct twice,
so it is refused when the county's `roads.toml` says other speeds than then. It outlives a new
import of the map, whose roads are mostly the same; ``map_version`` tells which map it knew.

Not here: how it is learned (`learning`), who uses it.
"""

import hashlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal

import msgspec

from dispatch.errors import BadPayload
from maps.network.learned import PERIODS, Bias, Learned
from maps.network.learning import Lesson
from maps.network.policy import DEFAULT_KMH, PRIORITIES, RoadPolicy, SpeedPolicy
from maps.network.travel import Roads

FORMAT: Final = 1
NAME: Final = "learned.json"
_PART: Final = "part-learned.json"  # `maps.pack` clears away what begins so and was left behind
_AGAIN: Final = "learn again: greenlane map learn"
_MAX_BYTES: Final = 1_000_000  # a few dozen groups; a larger file is another one
_MAX_SPREAD: Final = 2.0  # a P80 of five times the median is no estimate
_MAX_LOG: Final = 2 * math.log(5.0)  # one effect over the other, each within `learned.MAX_RATIO`


class LearnedFile(msgspec.Struct, frozen=True, kw_only=True):
    """What the file holds; ``made_at`` is ISO, ``speeds`` names those it was learned beside."""

    format: Literal[1]
    version: str
    made_at: str
    map_version: str
    speeds: str
    lesson: Lesson

    @property
    def learned(self) -> Learned:
        """The correction itself."""
        return self.lesson.learned

    @property
    def alarms(self) -> list[Bias]:
        """Groups whose error is still large after the correction."""
        return [bias for bias in self.lesson.bias_after if bias.is_alarming]


def speeds_name(policy: SpeedPolicy) -> str:
    """Names these very speeds: equal for equal ones, whether a default is written out or not."""
    whole = msgspec.structs.replace(policy, class_kmh=DEFAULT_KMH | policy.class_kmh)
    raw = msgspec.json.encode(whole, order="deterministic")
    return hashlib.sha256(raw).hexdigest()[:16]


def learned_file(
    lesson: Lesson, *, map_version: str, policy: SpeedPolicy, made_at: str
) -> LearnedFile:
    """A lesson with its names."""
    speeds = speeds_name(policy)
    made_of = msgspec.json.encode((FORMAT, map_version, speeds, lesson), order="deterministic")
    return LearnedFile(
        format=FORMAT,
        version=hashlib.sha256(made_of).hexdigest()[:16],
        made_at=made_at,
        map_version=map_version,
        speeds=speeds,
        lesson=lesson,
    )


def write_learned(
    folder: Path, file: LearnedFile, sync: Callable[[Path], None] = lambda _path: None
) -> Path:
    """Put a correction in force under the map's folder; one that was there is replaced whole.

    ``sync`` makes a file or folder safe against a power cut; the caller's, as in `maps.pack`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    part, path = folder / _PART, folder / NAME
    text = msgspec.json.format(msgspec.json.encode(file), indent=1)
    part.write_bytes(text + b"\n")
    sync(part)
    part.replace(path)
    sync(folder)
    return path


def read_learned(folder: Path, policy: SpeedPolicy | None = None) -> LearnedFile | None:
    """The correction under the map's folder; None where none was ever learned.

    ``policy`` are the speeds it is to correct. Raises BadPayload("learned", ...) for a file that is
    damaged, of a newer program, beyond reason, or learned beside other speeds: an estimate that is
    corrected wrongly is worse than one that is not.
    """
    path = folder / NAME
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise BadPayload("learned", f"{path}: more than {_MAX_BYTES} bytes; {_AGAIN}")
        raw = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadPayload("learned", f"{path}: {error.strerror or error}; {_AGAIN}") from error
    try:
        file = msgspec.json.decode(raw, type=LearnedFile)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadPayload("learned", f"{path}: {error}; {_AGAIN}") from error
    if fault := _fault(file, policy):
        raise BadPayload("learned", f"{path}: {fault}; {_AGAIN}")
    return file


def as_driven(roads: Roads, policy: RoadPolicy, folder: Path) -> tuple[Roads, str]:
    """The roads by a county's policy and the correction under the map's folder.

    The very same roads where nothing is other than before. A correction that cannot be used is left
    aside, and the second value says why; "" where all is well.
    """
    learned, fault = Learned(), ""
    try:
        if file := read_learned(folder, policy.speeds):
            learned = file.learned
    except BadPayload as error:
        fault = error.detail
    driven = roads.under(policy)
    return (driven if driven.learned == learned else driven.corrected(learned)), fault


def _fault(file: LearnedFile, policy: SpeedPolicy | None) -> str:
    learned = file.learned
    if not 0 < learned.spread <= _MAX_SPREAD:
        return f"a spread of {learned.spread} is beyond reason"
    effects = {"overall": learned.overall, **learned.by_period, **learned.by_priority}
    for name, effect in effects.items():
        if not abs(effect) <= _MAX_LOG:
            return f"an effect of {effect} ({name}) is beyond reason"
    known = {*PERIODS, *PRIORITIES, "", "overall"}
    if strange := sorted(set(effects) - known):
        return f"{strange[0]} is neither a part of the day nor a priority"
    if policy is not None and file.speeds != speeds_name(policy):
        return "it was learned beside other speeds than the county's roads.toml has now"
    return ""
