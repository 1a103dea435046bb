"""Work in a fork that may be killed: what the drivers of killed builds and ingests share."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def fork(task: Callable[[], object], *, kill_after_s: float | None = None) -> tuple[bool, float]:
    """Run a task in a fork, kill it after a while if told to; return whether it was killed, and its seconds."""
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            task()
            code = 0
        finally:
            os._exit(code)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) and os.WEXITSTATUS(status) != 0:
        message = "a fork failed by itself"
        raise RuntimeError(message)
    return os.WIFSIGNALED(status), time.perf_counter() - start


def dying(step: int) -> Callable[[Callable[..., object]], Callable[..., object]]:
    """Return what wraps functions so that the process kills itself right before their call of that number."""
    left = [step]

    def watched(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object) -> object:
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            left[0] -= 1
            return original(*args)

        return call

    return watched
