"""The story of the fourth corpus: ECG files that a vehicle sent.

One that is read and one that no reader takes. The county's configuration is the line of the first
corpus, as in the second. Run once, to write v4.jsonl, which is then never written again (see
story.py):

    python -m tests.contract.events.story4
"""

from pathlib import Path
from typing import Any

import msgspec

from dispatch.domain import commands as c
from tests.support.desk import INGEST, Desk

CORPUS = Path(__file__).parent / "v4.jsonl"
FIRST = CORPUS.with_name("v1.jsonl")
TWELVE: dict[str, Any] = {
    "format": "scp-ecg", "leads": 12, "hz": 500.0, "duration_s": 10.0, "has_statements": True,
    "acquired": "2026-03-01T16:01:00",
}  # fmt: skip


def tell() -> Desk:
    """The whole story, from an empty log; the same every time."""
    desk = Desk()
    _, patient_id = desk.attended()

    def report(ecg_id: int, **fields: Any) -> None:
        whose = {"unit_id": "N01", "patient_id": patient_id, "ecg_id": ecg_id}
        stored = {"sha256": f"{ecg_id:064x}", "at": desk.now, "source": "device"}
        desk.tell(c.ReportEcg, INGEST, **whose, **stored, **fields)

    report(41, **TWELVE)
    desk.wait(120)
    report(42, fault="ecg_format")
    return desk


def write() -> None:
    """Freeze the story; raises FileExistsError where it is frozen already."""
    county, *_ = FIRST.read_text(encoding="utf-8").splitlines(keepends=True)
    with CORPUS.open("x", encoding="utf-8") as file:
        file.write(county)
        file.writelines(msgspec.json.encode(one).decode() + "\n" for one in tell().log[1:])


if __name__ == "__main__":
    write()
