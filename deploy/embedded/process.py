"""One child process of ours: started through the guard, logged to a file, stopped within bounds.

Children get a session of their own, so that Ctrl-C in a terminal reaches only the parent, which
then stops them in the right order; the parent's death reaches them as a signal (guard.py).
Linux only: pidfd, parent-death signals and user namespaces have no equal elsewhere.

Not here: what the services are and when they are ready (postgres.py, broker.py).
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.embedded import limits
from deploy.embedded.identity import Identity
from dispatch.errors import Unavailable

_GUARD = Path(__file__).with_name("guard.py")


class Child:
    """A running child process; ``name`` is for people."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log_file: Path) -> None:
        self.name = name
        self.log_file = log_file
        self._process = process

    @property
    def pid(self) -> int:
        """The child's process id; the guard becomes the program, so it is the program's own."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative for the signal that ended it."""
        return self._process.poll()

    async def wait(self) -> int:
        """Wait, without bound, for the end; returns the return code."""
        if (code := self._process.poll()) is not None:
            return code
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[None] = loop.create_future()
        handle = os.pidfd_open(self._process.pid)
        loop.add_reader(handle, _settle, ended)
        try:
            await ended
        finally:
            loop.remove_reader(handle)
            os.close(handle)
        return self._process.wait()

    def send(self, number: signal.Signals) -> None:
        """Send a signal; nothing happens when the child has ended."""
        self._process.send_signal(number)

    async def stop(self, *steps: tuple[signal.Signals, float]) -> int:
        """Send each signal and wait its seconds, then SIGKILL; returns the return code.

        A stop that is itself cancelled kills: no process stays behind.
        """
        try:
            for number, bound_s in steps:
                self.send(number)
                if (code := await self._wait_at_most(bound_s)) is not None:
                    return code
        finally:
            if self._process.poll() is None:
                self._process.kill()
        return await self.wait()

    async def _wait_at_most(self, bound_s: float) -> int | None:
        try:
            async with asyncio.timeout(bound_s):
                return await self.wait()
        except TimeoutError:
            return None

    def log_tail(self) -> str:
        """The end of the log, for an error message."""
        try:
            text = self.log_file.read_bytes()[-limits.LOG_TAIL_BYTES :]
        except OSError:
            return ""
        return text.decode("utf-8", "replace").strip()


def spawn(
    name: str,
    argv: Sequence[str | Path],
    *,
    identity: Identity,
    log_file: Path,
    death_signal: signal.Signals,
    environment: Mapping[str, str] | None = None,
) -> Child:
    """Start ``argv`` (an absolute program first) in "/" with ``identity``; its output is logged.

    Must be called on the main thread: the kernel sends the parent-death signal when the *thread*
    that started the child ends.
    """
    if threading.current_thread() is not threading.main_thread():
        raise RuntimeError(f"{name} must be started from the main thread")
    ids = (str(identity.user_id), str(identity.group_id))
    guard = [sys.executable, "-I", "-S", str(_GUARD), str(os.getpid()), str(int(death_signal))]
    command = [*guard, identity.mode, *ids, "--", *(str(part) for part in argv)]
    _rotate(log_file)
    handle = os.open(log_file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=handle,
            stderr=handle,
            cwd="/",
            env=dict(environment) if environment is not None else None,
            start_new_session=True,
        )
    finally:
        os.close(handle)
    return Child(name, process, log_file)


async def run_to_end(child: Child, bound_s: float) -> None:
    """Wait for a tool to succeed; raises Unavailable with its last words otherwise."""
    try:
        async with asyncio.timeout(bound_s):
            code = await child.wait()
    except TimeoutError as error:
        raise Unavailable(child.name, f"not finished after {bound_s:.0f} s") from error
    finally:
        if child.returncode is None:
            await child.stop()
    if code != 0:
        raise Unavailable(child.name, f"ended with {code}: {child.log_tail()}")


def free_port() -> int:
    """A TCP port of the loopback interface that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def require_free(service: str, port: int) -> None:
    """Raise Unavailable when something already listens on a configured loopback port."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            raise Unavailable(service, f"port {port} is taken; choose another one") from error


def _settle(ended: "asyncio.Future[None]") -> None:
    if not ended.done():
        ended.set_result(None)


def _rotate(log_file: Path) -> None:
    if log_file.exists() and log_file.stat().st_size > limits.LOG_FILE_BYTES_MAX:
        log_file.replace(log_file.with_name(log_file.name + ".1"))
