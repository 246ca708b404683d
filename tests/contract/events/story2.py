"""The story of the second corpus: what came into the log with the roads.

A closure and a slow zone, one lifted by hand, one cleared away a day after its end; and a unit sent
on a recommendation that keeps how each time was found. The county's configuration is the line of
the first corpus: what a county has gained since belongs to the story of whoever gave it. Run once,
to write v2.jsonl, which is then never written again (see story.py):

    python -m tests.contract.events.story2
"""

from datetime import timedelta
from pathlib import Path

import msgspec

from dispatch.domain import commands as c
from dispatch.domain.deadlines import SYSTEM, due
from tests.support.desk import ADMIN, DISPATCHER, Desk

CORPUS = Path(__file__).parent / "v2.jsonl"
FIRST = CORPUS.with_name("v1.jsonl")
BRIDGE = ((112.4, 29.36), (112.402, 29.361))
TOWN = ((112.41, 29.36), (112.42, 29.36), (112.42, 29.37), (112.41, 29.37))


def tell() -> Desk:
    """The whole story, from an empty log; the same every time."""
    desk = Desk()
    closed = {"closure_id": "bridge", "kind": "closed", "outline": BRIDGE, "reason": "桥面结冰"}
    desk.tell(c.DrawClosure, DISPATCHER, **closed)
    times = {"from_at": desk.now + timedelta(hours=1), "until_at": desk.now + timedelta(hours=3)}
    slow = {"closure_id": "market-day", "kind": "slow", "factor": 2.5, "outline": TOWN}
    desk.tell(c.DrawClosure, ADMIN, reason="赶集", **slow, **times)
    incident_id = desk.incident()
    option = c.Option(id="N01", duration_s=420, distance_m=5100, reasons=("nearest_capable",),
                      duration_p80_s=510, method="road")  # fmt: skip
    evidence = c.Evidence(computed_at=desk.now, method="road", rule="units-1", options=(option,))
    desk.tell(c.SendUnit, DISPATCHER, incident_id=incident_id, unit_id="N01", evidence=evidence)
    desk.wait(600)
    desk.tell(c.LiftClosure, DISPATCHER, closure_id="bridge", reason="已除冰")
    desk.wait(27 * 3600)
    for command in due(desk.world, desk.now):
        if isinstance(command, c.LiftClosure):
            desk.take(command, SYSTEM)
    return desk


def write() -> None:
    """Freeze the story; raises FileExistsError where it is frozen already."""
    county, *_ = FIRST.read_text(encoding="utf-8").splitlines(keepends=True)
    with CORPUS.open("x", encoding="utf-8") as file:
        file.write(county)
        file.writelines(msgspec.json.encode(one).decode() + "\n" for one in tell().log[1:])


if __name__ == "__main__":
    write()
