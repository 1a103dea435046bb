"""Tasks for workers, which must be importable by name."""

from __future__ import annotations

import os
import signal
from pathlib import Path


def square(number: int) -> int:
    return number * number


def square_late(task: tuple[int, str]) -> int:
    """Return the square; the first task waits until the last has been done."""
    number, folder = task
    done = Path(folder) / "last"
    if number == 0:
        while not done.exists():
            os.sched_yield()
    if number == 3:
        done.touch()
    return number * number


def die_once(task: tuple[int, str]) -> int:
    """Return the square; the third task kills its worker when it is tried for the first time."""
    number, folder = task
    tried = Path(folder) / "tried"
    if number == 2 and not tried.exists():
        tried.touch()
        os._exit(9)
    return number * number


def die(number: int) -> int:
    """Kill the worker."""
    os._exit(9 + number)


def fail(number: int) -> int:
    message = f"{number} cannot be squared"
    raise ValueError(message)


def wait(task: tuple[int, str]) -> None:
    """Tell the worker's number in a file and wait for ever."""
    _, folder = task
    (Path(folder) / f"{os.getpid()}.pid").touch()
    while True:
        signal.pause()
