"""The watch of tests/conftest.py is itself watched: a planted leak must fail its test."""

from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

_LEAKS_TASK = """
import asyncio
async def test_leaks():
    asyncio.get_running_loop().create_task(asyncio.Event().wait(), name="forgotten")
"""
_LEAKS_THREAD = """
import threading
def test_leaks():
    threading.Thread(target=threading.Event().wait, daemon=True, name="forgotten").start()
"""
_CLEAN = """
import asyncio
async def test_clean():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.to_thread(print), name="remembered")
"""


@pytest.mark.parametrize(("source", "errors"), [(_LEAKS_TASK, 1), (_LEAKS_THREAD, 1), (_CLEAN, 0)])
def test_a_leftover_fails_the_test(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, errors: int
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).resolve().parents[3]))
    pytester.makepyfile(source)
    result = pytester.runpytest_subprocess(
        "-p", "tests.conftest", "-o", "asyncio_mode=auto", "-p", "no:cacheprovider"
    )
    result.assert_outcomes(passed=1, errors=errors)
    if errors:
        result.stdout.fnmatch_lines(["*left running: *forgotten*"])
