"""Tiles in parallel: one process each, tried again where one dies, the same result whatever their number."""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, TypeVar

from twin.errors import ZonetwinError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Task = TypeVar("Task")
Result = TypeVar("Result")

TRIES = 3


def count_processes() -> int:
    """Return the number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(
    work: Callable[[Task], Result], tasks: Sequence[Task], *, processes: int | None = None,
    say: Callable[[int], None] = lambda _: None,
) -> list[Result]:
    """
    Return the results of tasks in their order.

    Parameters
    ----------
    work
        A pure function of a task, importable by name.
    tasks
        What to do.
    processes
        How many work at once; as many as there are cores where not given. With one, no other process is started.
    say
        Told how many tasks are done.

    Raises
    ------
    ZonetwinError
        If a worker keeps dying, for instance for want of memory; errors of the work itself are raised as they are.
    """
    processes = min(processes or count_processes(), len(tasks))
    done: dict[int, Result] = {}
    if processes <= 1:
        for number, task in enumerate(tasks):
            done[number] = work(task)
            say(len(done))
        return [done[number] for number in range(len(tasks))]
    for _ in range(TRIES):
        waiting = [number for number in range(len(tasks)) if number not in done]
        try:
            with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("spawn")) as pool:
                futures = {pool.submit(work, tasks[number]): number for number in waiting}
                for future in as_completed(futures):
                    done[futures[future]] = future.result()
                    say(len(done))
        except BrokenProcessPool:
            continue
        return [done[number] for number in range(len(tasks))]
    message = f"a worker process died {TRIES} times, perhaps for want of memory; use fewer processes"
    raise ZonetwinError(message)
