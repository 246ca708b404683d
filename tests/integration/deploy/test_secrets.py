"""Generated secrets: private, made once, refused when somebody opened them."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deploy.embedded import limits, secrets
from dispatch.errors import Unavailable


def test_every_file_is_private_and_stays_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    first = secrets.load(folder)
    devices = secrets.load_devices(folder, ["N01", "N02"])
    assert secrets.load(folder) == first
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    files = sorted(folder.iterdir())
    assert len(files) == 5, "a temporary file was left"
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert len(base64.b64decode(first.identity_key)) == secrets.IDENTITY_KEY_BYTES
    values = [first.postgres_admin, first.postgres, first.mqtt_core, *devices.values()]
    assert len(set(values)) == len(values)


def test_a_new_device_gets_a_password_and_the_known_keep_theirs(tmp_path: Path) -> None:
    before = secrets.load_devices(tmp_path, ["N01", "N02"])
    after = secrets.load_devices(tmp_path, ["N01", "N03"])
    assert after["N01"] == before["N01"]
    assert secrets.load_devices(tmp_path, ["N02"]) == {"N02": before["N02"]}


def test_two_starters_at_once_read_the_same_secrets(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        loaded = list(pool.map(secrets.load, [tmp_path / "s"] * 16))
    assert all(one == loaded[0] for one in loaded)


@pytest.mark.parametrize("mode", [0o640, 0o604])
def test_a_file_open_to_others_is_refused(tmp_path: Path, mode: int) -> None:
    secrets.load(tmp_path)
    (tmp_path / "postgres").chmod(mode)
    with pytest.raises(Unavailable, match="0600"):
        secrets.load(tmp_path)


def test_a_link_or_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to("/etc/hostname")
    with pytest.raises(Unavailable, match="not a secret file"):
        secrets.load(tmp_path)
    (tmp_path / "postgres").unlink()
    (tmp_path / "postgres").touch(mode=0o600)
    with pytest.raises(Unavailable, match="empty"):
        secrets.load(tmp_path)


def test_too_many_devices_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "DEVICES_MAX", 1)
    with pytest.raises(Unavailable, match="at most 1"):
        secrets.load_devices(tmp_path, ["N01", "N02"])


def test_secrets_do_not_print(tmp_path: Path) -> None:
    ours = secrets.load(tmp_path)
    assert ours.postgres not in f"{ours} {ours!r}"
