"""The story of the third corpus: alarms of vital signs.

Raised, escalated, acknowledged, latched, ended; a limit of the patient's own. The county's
configuration is the line of the first corpus, as in the second. Run once, to write v3.jsonl, which
is then never written again (see story.py):

    python -m tests.contract.events.story3
"""

from pathlib import Path

import msgspec

from dispatch.domain import commands as c
from telemetry.alarms.model import Alarm, Change
from tests.support.desk import INGEST, Desk, crew

CORPUS = Path(__file__).parent / "v3.jsonl"
FIRST = CORPUS.with_name("v1.jsonl")


def tell() -> Desk:
    """The whole story, from an empty log; the same every time."""
    desk = Desk()
    _, patient_id = desk.attended()

    def report(change: Change, alarm: Alarm) -> None:
        ids = {"unit_id": "N01", "patient_id": patient_id}
        desk.tell(c.ReportVitalAlarm, INGEST, change=change, alarm=alarm, **ids)

    slow = Alarm(key="heart_rate:low", priority="medium", quantity="heart_rate", side="low",
                 limit=40.0, source="NEWS2, RCP 2017", value=38.0, raised_at=desk.now)  # fmt: skip
    report("raised", slow)
    seen = {"patient_id": patient_id, "key": slow.key, "raised_at": slow.raised_at}
    desk.tell(c.AcknowledgeVitalAlarm, crew("N01"), **seen)
    own = {"patient_id": patient_id, "quantity": "spo2", "side": "low", "value": 85.0}
    desk.tell(c.SetAlarmLimit, crew("N01"), **own)
    desk.wait(30)
    still = Alarm(key="asystole", priority="high", quantity=None, side=None, limit=None,
                  source="device", value=None, raised_at=desk.now)  # fmt: skip
    report("raised", still)
    desk.wait(12)
    report("ended", msgspec.structs.replace(still, ended_at=desk.now))
    report("cleared", msgspec.structs.replace(slow, ended_at=desk.now))
    return desk


def write() -> None:
    """Freeze the story; raises FileExistsError where it is frozen already."""
    county, *_ = FIRST.read_text(encoding="utf-8").splitlines(keepends=True)
    with CORPUS.open("x", encoding="utf-8") as file:
        file.write(county)
        file.writelines(msgspec.json.encode(one).decode() + "\n" for one in tell().log[1:])


if __name__ == "__main__":
    write()
