"""Events are for ever: every kind that was ever written decodes, folds, and keeps its fields.

The corpora (vN.jsonl) are logs as they were written then, one envelope a line. They are never
changed; a kind without a line fails here, with the way to freeze one.
"""

from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import msgspec
import pytest

from dispatch.domain import events as e
from dispatch.domain.fold import apply
from dispatch.domain.folding.registry import FOLDS
from dispatch.domain.world import World
from tests.contract.events import story, story2, story3, story4

CORPORA = sorted(Path(__file__).parent.glob("v*.jsonl"))
KINDS = {str(kind.__struct_config__.tag): kind for kind in get_args(e.AnyEvent)}
_bytes = msgspec.json.Encoder(order="deterministic").encode


def lines(corpus: Path) -> list[bytes]:
    return corpus.read_bytes().splitlines()


def is_kept(written: Any, read: Any) -> bool:
    """Whether everything that was written is still there; what was added since does not matter."""
    if isinstance(written, dict):
        return all(key in read and is_kept(value, read[key]) for key, value in written.items())
    if isinstance(written, list):
        pairs = zip(written, read, strict=True)
        return all(is_kept(one, other) for one, other in pairs)
    return bool(written == read)


def sorted_sets(value: Any) -> Any:
    """Capabilities are a set: their order on the wire means nothing."""
    if isinstance(value, dict):
        return {
            key: sorted(inner) if key == "capabilities" else sorted_sets(inner)
            for key, inner in value.items()
        }
    return [sorted_sets(one) for one in value] if isinstance(value, list) else value


def test_every_kind_has_its_line() -> None:
    written = {
        msgspec.json.decode(line)["event"]["event"] for path in CORPORA for line in lines(path)
    }
    missing = sorted(KINDS.keys() - written)
    assert not missing, f"{missing} are in no corpus: write their story (see story.py) as vN.jsonl"
    unknown = sorted(written - KINDS.keys())
    assert not unknown, f"{unknown} are in logs out there and can no longer be read"
    assert set(KINDS.values()) == set(FOLDS)


@pytest.mark.parametrize("corpus", CORPORA, ids=lambda path: path.stem)
def test_a_written_log_decodes_keeps_its_fields_and_folds(corpus: Path) -> None:
    envelopes = []
    for line in lines(corpus):
        envelope = msgspec.json.decode(line, type=e.Envelope)
        again = msgspec.json.encode(envelope)
        before, after = (sorted_sets(msgspec.json.decode(raw)) for raw in (line, again))
        assert is_kept(before, after), line.decode()
        assert msgspec.json.decode(again, type=e.Envelope) == envelope
        envelopes.append(envelope)
    assert [one.seq for one in envelopes] == list(range(1, len(envelopes) + 1))
    world, _ = apply(World(), envelopes)
    assert world.seq == len(envelopes)
    assert _bytes(msgspec.json.decode(_bytes(world), type=World)) == _bytes(world)


def test_the_comparison_sees_a_lost_and_a_changed_field() -> None:
    assert is_kept({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}], "d": 4})
    assert not is_kept({"a": 1, "b": 2}, {"a": 1})
    assert not is_kept({"a": [1]}, {"a": [2]})


@pytest.mark.parametrize("story", [story, story2, story3, story4], ids=["v1", "v2", "v3", "v4"])
def test_the_story_that_wrote_one_can_still_be_told(story: ModuleType) -> None:
    told = {str(one.event.__struct_config__.tag) for one in story.tell().log}
    assert told <= KINDS.keys()
    with pytest.raises(FileExistsError):
        story.write()
