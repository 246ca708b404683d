"""Real data made by others, outside the project: a test that needs it skips where it is absent."""

import os
from pathlib import Path

import pytest

_BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


def shared(name: str) -> Path:
    """A file or folder of the shared data, e.g. ``roads/monaco.osm.pbf``; skips without it."""
    folder = Path(os.environ.get("GREENLANE_SHARED_DATA") or _BESIDE)
    path = folder / name
    if not path.exists():
        pytest.skip(f"no {name} in {folder}; set GREENLANE_SHARED_DATA to the shared data")
    return path
