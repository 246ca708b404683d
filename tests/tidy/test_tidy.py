"""Reads every source of the project and holds it to the house rules; each rule is itself tested.

A rule that finds nothing may be a rule that looks at nothing: every rule has a planted offence.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tidy import rules
from tests.tidy.rules import Offence, Rule

ROOT = Path(__file__).resolve().parents[2]
SKIPPED_FOLDERS = {"node_modules", "dist", "data", "test-output", "test-results", "__pycache__"}
CODE = {".py", ".ts", ".svelte", ".css", ".sql"}
TEXT = CODE | {".md", ".toml", ".json", ".geojson", ".yml", ".yaml", ".html", ".js", ".sh", ".txt"}
SCRIPTS = {"Makefile", "run", "check", "find-python", "setup-python", "setup-frontend"}

# A test may wait for time only where time itself is what it measures; each with its reason.
MAY_SLEEP: dict[str, str] = {
    "tests/soak/__main__.py": "a soak is a measurement once every period",
    "tests/screenshots/__main__.py": "a picture of a moving county wants it to have moved",
}


def every_file() -> Iterator[tuple[str, Path]]:
    for folder, folders, files in os.walk(ROOT):
        hidden = {name for name in folders if name.startswith(".") and name != ".ci"}
        eggs = {name for name in folders if name.endswith(".egg-info")}
        folders[:] = sorted(set(folders) - SKIPPED_FOLDERS - hidden - eggs)
        for name in sorted(files):
            path = Path(folder) / name
            yield path.relative_to(ROOT).as_posix(), path


def files_of(rule: Rule) -> Iterator[tuple[str, str]]:
    for name, path in every_file():
        if _concerns(rule, name, path):
            text = path.read_text(encoding="utf-8")
            if not rules.is_generated(text) or rule is rules.machine_path:
                yield name, text


def _concerns(rule: Rule, name: str, path: Path) -> bool:
    is_lock = path.suffix == ".lock" or path.name == "package-lock.json"
    is_test = name.startswith("tests/")
    if rule is rules.lock_address:
        return is_lock
    if rule is rules.machine_path:
        return path.suffix in TEXT or path.name in SCRIPTS
    if rule is rules.file_length:
        return path.suffix in CODE
    if rule is rules.waiting_by_the_clock:
        return path.suffix == ".py" and is_test and name not in MAY_SLEEP
    return path.suffix == ".py"


ALL_RULES: list[Rule] = [
    rules.file_length,
    rules.line_length,
    rules.function_length,
    rules.nesting,
    rules.module_docstring,
    rules.waiting_by_the_clock,
    rules.loose_task,
    rules.machine_path,
    rules.lock_address,
]


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.__name__)
def test_every_source_keeps_the_rule(rule: Rule) -> None:
    offences: list[Offence] = []
    looked_at = 0
    for name, text in files_of(rule):
        looked_at += 1
        offences += rule(name, text)
    assert looked_at > 0, "the rule looked at no file"
    assert not offences, "\n" + "\n".join(map(str, offences))


def test_an_exemption_names_a_file_that_is_there() -> None:
    missing = [name for name in MAY_SLEEP if not (ROOT / name).exists()]
    assert not missing


_FOUR_DEEP = """
def f(a):
    if a:
        for b in a:
            with b:
                while b:
                    pass
"""
_THREE_DEEP = """
def f(a):
    if a:
        for b in a:
            with b:
                pass
    elif b:
        for c in b:
            with c:
                pass
"""
_LONG_FUNCTION = "def f():\n" + "    pass\n" * 50

PLANTED: list[tuple[Rule, str, str]] = [
    (rules.file_length, "x.py", "a = 1\n" * 401),
    (rules.line_length, "x.py", "a = '" + "b" * 100 + "'\n"),
    (rules.function_length, "x.py", _LONG_FUNCTION),
    (rules.nesting, "x.py", _FOUR_DEEP),
    (rules.module_docstring, "x.py", "import os\n"),
    (rules.waiting_by_the_clock, "tests/x.py", "import time\ntime.sleep(1)\n"),
    (rules.waiting_by_the_clock, "tests/x.py", "async def f():\n    await asyncio.sleep(0.1)\n"),
    (rules.waiting_by_the_clock, "tests/x.py", "page.wait_for_timeout(100)\n"),
    (rules.loose_task, "x.py", "asyncio.create_task(f(), name='f')\n"),
    (rules.loose_task, "x.py", "asyncio.get_running_loop().create_task(f(), name='f')\n"),
    (rules.loose_task, "x.py", "asyncio.ensure_future(f())\n"),
    (rules.loose_task, "x.py", "group.create_task(f())\n"),
    (rules.machine_path, "x.md", "see /" + "root/notes\n"),
    (rules.machine_path, "x.py", 'PATH = "/' + 'tmp/x"\n'),
    (rules.lock_address, "requirements.lock", "--index-url https://example.org/simple\n"),
    (rules.lock_address, "package-lock.json", '{"a": {"resolved": "https://example.org/a"}}'),
]


@pytest.mark.parametrize(("rule", "name", "text"), PLANTED)
def test_the_rule_finds_a_planted_offence(rule: Rule, name: str, text: str) -> None:
    assert list(rule(name, text))


CLEAN: list[tuple[Rule, str, str]] = [
    (rules.file_length, "x.py", "a = 1\n" * 400),
    (rules.line_length, "x.py", "a" * 100),
    (rules.function_length, "x.py", _LONG_FUNCTION.removesuffix("    pass\n")),
    (rules.nesting, "x.py", _THREE_DEEP),
    (rules.module_docstring, "x.py", ""),
    (rules.loose_task, "x.py", "group.create_task(f(), name='f')\n"),
    (rules.machine_path, "x.md", "frontend/work/x and https://example.org/home/x\n"),
    (rules.lock_address, "package-lock.json", '{"funding": {"url": "https://example.org"}}'),
]


@pytest.mark.parametrize(("rule", "name", "text"), CLEAN)
def test_the_rule_lets_clean_code_pass(rule: Rule, name: str, text: str) -> None:
    assert not list(rule(name, text))


def test_generated_files_are_known_by_their_header() -> None:
    assert rules.is_generated("// @generated from the Python documents\nexport {}\n")
    assert not rules.is_generated("\n" * 10 + "// @generated\n")
