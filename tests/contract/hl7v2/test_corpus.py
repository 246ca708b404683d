"""Real messages of other makers: read or refused by name, and split as the `hl7` package does."""

from datetime import UTC, datetime

import hl7
import pytest

from telemetry.hl7v2.files import answers
from telemetry.hl7v2.mllp import messages_of
from telemetry.hl7v2.syntax import Message
from telemetry.hl7v2.times import Zones
from tests.support.shared_data import shared

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_every_message_is_read_or_clearly_refused() -> None:
    files = sorted(shared("interop/hl7v2").glob("*.hl7"))
    assert len(files) >= 16
    for file in files:
        (answer,) = answers(file.read_bytes(), Zones(), NOW)
        if file.name.startswith("ORU"):
            assert answer["accepted"] and (answer["unmapped"] or answer["vitals"])
        else:
            assert answer["refusal"]["reason"] == "not_an_observation"
            assert answer["acknowledgement"] == "AR"
        assert answer["answer"][1].startswith("MSA|")


def test_fields_are_where_the_hl7_package_has_them() -> None:
    fields = 0
    for file in sorted(shared("interop/hl7v2").glob("*.hl7")):
        (raw,) = messages_of(file.read_bytes())
        ours, theirs = Message(raw.decode()), hl7.parse(raw.decode())
        assert len(ours.segments) == len(theirs)
        for mine, other in zip(ours.segments, theirs, strict=True):
            assert mine.name == str(other[0])
            for number in range(1, len(mine)):
                fields += 1
                assert mine.raw(number) == str(other[number]), (file.name, mine.name, number)
    assert fields > 1_000


def test_a_bundle_of_another_standard_is_no_message() -> None:
    bundle = shared("interop/hl7v2/ObservationBundle.json").read_bytes()
    (answer,) = answers(bundle, Zones(), NOW)
    assert answer["refusal"]["reason"] == "no_message"


@pytest.mark.parametrize("name", ["ORU-R01-01.hl7"])
def test_no_name_of_the_patient_is_in_the_answer(name: str) -> None:
    (answer,) = answers(shared(f"interop/hl7v2/{name}").read_bytes(), Zones(), NOW)
    said = str({key: value for key, value in answer.items() if key != "answer"})
    for word in ("Finn", "Huckleberry", "SPRING STREET", "19630815"):
        assert word not in said
