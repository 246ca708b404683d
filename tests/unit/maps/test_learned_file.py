"""`learned.json`: written whole, read back the same, and refused when it cannot be believed."""

import json
from pathlib import Path
from typing import Any

import pytest

from dispatch.errors import BadPayload
from maps.network.learned import Drive, Learned, learn
from maps.network.learned_file import (
    NAME,
    LearnedFile,
    as_driven,
    learned_file,
    read_learned,
    write_learned,
)
from maps.network.learning import Lesson, calibration
from maps.network.policy import RoadPolicy, SpeedPolicy
from maps.network.travel import Roads
from tests.support.roads import grid

SPEEDS = SpeedPolicy()
DRIVES = [Drive(estimated_s=500, observed_s=650, hour=12, priority="P1")] * 40


def lesson(drives: list[Drive]) -> Lesson:
    learned = learn(drives)
    return Lesson(
        learned=learned,
        used=len(drives),
        left_out={"stopped": 3},
        since="2026-03-01T00:00:00+00:00",
        until="2026-04-01T00:00:00+00:00",
        bias_before=[],
        bias_after=[],
        calibration=calibration(drives, learned),
        held_out=None,
    )


def made(drives: list[Drive] = DRIVES, policy: SpeedPolicy = SPEEDS) -> LearnedFile:
    at = "2026-11-23T00:00:00+00:00"
    return learned_file(lesson(drives), map_version="abc", policy=policy, made_at=at)


def changed(folder: Path, **values: Any) -> None:
    """The written file with a value of the correction replaced."""
    path = folder / NAME
    raw = json.loads(path.read_text("utf-8"))
    raw["lesson"]["learned"] |= values
    path.write_text(json.dumps(raw), "utf-8")


def test_what_was_written_is_read_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    assert read_learned(tmp_path) is None
    synced: list[str] = []
    path = write_learned(tmp_path, made(), lambda one: synced.append(one.name))
    assert read_learned(tmp_path, SPEEDS) == made()
    assert [one.name for one in tmp_path.iterdir()] == [NAME] == [path.name]
    assert synced == ["part-learned.json", tmp_path.name]


def test_the_version_follows_from_the_content_and_not_from_the_hour(tmp_path: Path) -> None:
    again = learned_file(lesson(DRIVES), map_version="abc", policy=SPEEDS, made_at="later")
    assert again.version == made().version
    assert made(DRIVES[:10]).version != made().version
    assert made(policy=SpeedPolicy(of_limit=0.9)).version != made().version


def test_a_correction_of_other_speeds_is_refused(tmp_path: Path) -> None:
    write_learned(tmp_path, made())
    with pytest.raises(BadPayload, match=r"other speeds than the county's roads\.toml") as refused:
        read_learned(tmp_path, SpeedPolicy(of_limit=0.9))
    assert "greenlane map learn" in refused.value.detail
    assert read_learned(tmp_path) is not None, "asked without speeds, as by a report"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"spread": 0.0}, "a spread of 0.0 is beyond reason"),
        ({"spread": 9.0}, "a spread of 9.0 is beyond reason"),
        ({"overall": 4.0}, r"an effect of 4.0 \(overall\)"),
        ({"by_period": {"night": -7.5}}, r"an effect of -7.5 \(night\)"),
        ({"by_period": {"noon": 0.1}}, "noon is neither a part of the day nor a priority"),
        ({"by_priority": {"P9": 0.1}}, "P9 is neither"),
        ({"overall": "much"}, "Expected `float`"),
    ],
)
def test_a_correction_beyond_reason_is_refused(
    tmp_path: Path, values: dict[str, Any], said: str
) -> None:
    write_learned(tmp_path, made())
    changed(tmp_path, **values)
    with pytest.raises(BadPayload, match=said):
        read_learned(tmp_path)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "truncated"),
        (b"\xff\xfe", "learn again"),
        (b'{"format": 2}', "Invalid enum value 2"),
        (b"[]", "Expected `object`"),
        (b" " * 1_000_001, "more than 1000000 bytes"),
    ],
)
def test_a_file_that_is_none_is_refused_by_its_name(tmp_path: Path, raw: bytes, said: str) -> None:
    (tmp_path / NAME).write_bytes(raw)
    with pytest.raises(BadPayload, match=said) as refused:
        read_learned(tmp_path)
    assert str(tmp_path / NAME) in refused.value.detail


def test_a_folder_in_its_place_is_named(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(BadPayload, match="Is a directory"):
        read_learned(tmp_path)


def test_roads_take_the_correction_and_the_speeds_and_stay_when_nothing_changed(
    tmp_path: Path,
) -> None:
    roads = Roads(grid(3, 3), RoadPolicy())
    assert as_driven(roads, RoadPolicy(), tmp_path) == (roads, "")
    write_learned(tmp_path, made())
    corrected, fault = as_driven(roads, RoadPolicy(), tmp_path)
    assert fault == "" and corrected.learned == made().learned
    assert corrected.snapper is roads.snapper and roads.learned == Learned()
    assert as_driven(corrected, RoadPolicy(), tmp_path) == (corrected, "")
    slower = RoadPolicy(speeds=SpeedPolicy(of_limit=0.5))
    uncorrected, fault = as_driven(corrected, slower, tmp_path)
    assert "other speeds" in fault
    assert uncorrected.policy == slower and uncorrected.learned == Learned()
    (tmp_path / NAME).unlink()
    back, fault = as_driven(corrected, RoadPolicy(), tmp_path)
    assert back.learned == Learned() and fault == ""
