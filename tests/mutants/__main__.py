"""`scripts/mutants`: small faults are put into a rule one by one; its own tests must find each.

Works on a copy of the last commit (cosmic-ray writes into the files it mutates), every group of
modules in its own copy, two at a time. Faults that change nothing that runs are left out before
counting: operators inside type annotations, and equality turned into identity. Writes
docs/evidence/mutants.md; survivors are shown with their difference and the explanation kept in
`explained.toml`.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "evidence" / "mutants.md"
LEFT_OUT = (
    "core/ReplaceBinaryOperator_BitOr_.*",  # `int | None` in annotations
    "core/ReplaceComparisonOperator_.*_Is",  # the same as == for None, small numbers and codes
    "core/ReplaceComparisonOperator_.*_IsNot",
)
SECONDS_EACH = 60
_PLAIN = "--noconftest -p tests.mutants.profile"  # no servers, few examples


class Group(NamedTuple):
    """One rule: its modules and the tests that must notice."""

    name: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


VECTORS = "tests/contract/rules/test_vectors.py"
GROUPS = (
    Group(
        "NEWS2",
        ("telemetry/scores/news2.py", "telemetry/scores/bands.py"),
        (VECTORS, "tests/unit/scores/test_news2.py", "tests/unit/scores/test_bands.py"),
    ),
    Group(
        "destination",
        ("hospital_gateway/destination.py", "hospital_gateway/gate.py",
         "hospital_gateway/weighing.py", "hospital_gateway/ranking.py"),
        ("tests/unit/rules/test_destination.py",
         "tests/unit/hospital_gateway/test_edges.py",
         "tests/unit/hospital_gateway/test_decision.py",
         "tests/unit/hospital_gateway/test_destination.py",
         "tests/unit/hospital_gateway/test_what_if.py"),
    ),
    Group(
        "trauma",
        ("dispatch/triage/trauma.py", "dispatch/triage/trauma_criteria.py"),
        (VECTORS, "tests/unit/triage/test_trauma.py", "tests/unit/rules/test_trauma.py"),
    ),
    Group(
        "stroke",
        ("dispatch/triage/stroke.py", "dispatch/triage/stroke_scales.py"),
        (VECTORS, "tests/unit/triage/test_stroke_scales.py", "tests/unit/triage/test_stroke.py",
         "tests/unit/rules/test_stroke.py"),
    ),
)  # fmt: skip


class Outcome(NamedTuple):
    """What became of one group."""

    name: str
    counts: Counter[str]
    survivors: list[tuple[str, str]]  # module, difference


def main() -> int:
    """Run the groups asked for (all without a name) and write the page."""
    parser = argparse.ArgumentParser(prog="scripts/mutants")
    parser.add_argument("names", nargs="*", help="groups; all when left out")
    names = parser.parse_args().names or [group.name for group in GROUPS]
    groups = [group for group in GROUPS if group.name in names]
    with ThreadPoolExecutor(max_workers=2) as pool:
        outcomes = list(pool.map(run, groups))
    text = page(outcomes)
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0 if all(score(one) >= 90 for one in outcomes) else 1


def run(group: Group) -> Outcome:
    """All mutants of one group, in a copy of the last commit."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "greenlane"
        _call(["git", "clone", "--quiet", str(ROOT), str(copy)], ROOT)
        config, session = copy / "mutants.toml", copy / "mutants.sqlite"
        config.write_text(_config(group), encoding="utf-8")
        ray = str(Path(sys.executable).with_name("cosmic-ray"))
        _call([ray, "init", str(config), str(session)], copy)
        _call([str(Path(sys.executable).with_name("cr-filter-operators")), str(session),
               str(config)], copy)  # fmt: skip
        _call([ray, "exec", str(config), str(session)], copy)
        dumped = _call([ray, "dump", str(session)], copy)
    return _outcome(group, dumped)


def _config(group: Group) -> str:
    tests = " ".join(group.tests)
    command = f"{sys.executable} -B -m pytest -x -q -p no:cacheprovider {_PLAIN} {tests}"
    modules = ", ".join(f'"{module}"' for module in group.modules)
    return (
        f"[cosmic-ray]\nmodule-path = [{modules}]\ntimeout = {SECONDS_EACH}.0\n"
        f'excluded-modules = []\ntest-command = "{command}"\n\n'
        f'[cosmic-ray.distributor]\nname = "local"\n\n'
        f"[cosmic-ray.filters.operators-filter]\nexclude-operators = {json.dumps(LEFT_OUT)}\n"
    )


def _call(command: list[str], where: Path) -> str:
    return subprocess.run(command, cwd=where, check=True, text=True, capture_output=True).stdout


def _outcome(group: Group, dumped: str) -> Outcome:
    counts: Counter[str] = Counter()
    survivors = []
    for line in dumped.splitlines():
        item, result = json.loads(line)
        if result is None or result["worker_outcome"] == "skipped":
            continue
        kind = _kind(result)
        counts[kind] += 1
        if kind == "survived":
            module = item["mutations"][0]["module_path"]
            survivors.append((module, _changed(result["diff"])))
    return Outcome(group.name, counts, survivors)


def _kind(result: dict[str, Any]) -> str:
    return "survived" if result["test_outcome"] == "survived" else "killed"


def _changed(diff: str) -> str:
    lines = [
        line for line in diff.splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    return "\n".join(lines)


def score(one: Outcome) -> float:
    """Killed of all that ran, in per cent."""
    return 100 * one.counts["killed"] / max(1, sum(one.counts.values()))


def page(outcomes: list[Outcome]) -> str:
    """The page, with the explanation of each survivor."""
    explained = tomllib.loads((Path(__file__).parent / "explained.toml").read_text("utf-8"))
    commit = _call(["git", "rev-parse", "--short", "HEAD"], ROOT).strip()
    parts = [
        "# Mutation tests\n\nWritten by `scripts/mutants`; do not edit. Faults in type "
        "annotations, and equality turned into identity, are left out. "
        f"cosmic-ray {version('cosmic-ray')}, commit {commit}, "
        f"{datetime.now(UTC):%Y-%m-%d} UTC.\n\n"
        "| rule | mutants | killed | survived | score |\n|---|---|---|---|---|"
    ]
    for one in outcomes:
        total, killed = sum(one.counts.values()), one.counts["killed"]
        parts.append(f"| {one.name} | {total} | {killed} | {total - killed} | {score(one):.1f} % |")
    for one in outcomes:
        parts.append(f"\n## Survivors of {one.name}")
        for module, changed in one.survivors:
            known = explained.get(one.name, {}) | explained["all"]
            why = next((words for part, words in known.items() if part in changed), "not explained")
            parts.append(f"\n`{module}`: {why}\n```diff\n{changed}\n```")
    return "\n".join(parts) + "\n"


if __name__ == "__main__":
    sys.exit(main())
