"""The front end's generated types are those of the Python structs of today."""

import importlib.util
from pathlib import Path
from types import ModuleType

import msgspec
import msgspec.inspect as mi
import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "generate_types.py"


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate_types", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_written_files_are_current(generator: ModuleType) -> None:
    for path, text in generator.files().items():
        assert path.read_text(encoding="utf-8") == text, f"{path.name}: run {SCRIPT.name} again"


def test_a_changed_struct_changes_the_text(generator: ModuleType) -> None:
    class Before(msgspec.Struct, tag_field="kind", tag="x"):
        """A document."""

        depth_m: int | None

    class After(Before, tag_field="kind", tag="x"):
        """A document."""

        note: str = ""

    before = generator._module("here", "Any", [Before], is_sent_by_us=False)
    after = generator._module("here", "Any", [After], is_sent_by_us=True)
    assert "depth_m: number | null;" in before
    assert "note?: string;" in after
    assert "kind: 'x';" in before


def test_a_type_without_a_picture_is_refused(generator: ModuleType) -> None:
    with pytest.raises(TypeError, match="no TypeScript"):
        generator.render(mi.type_info(bytes))
