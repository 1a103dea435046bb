"""Tiles in parallel: one process each, tried again where one dies, the same result whatever their number."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing
from typing import TYPE_CHECKING, TypeVar

from twin.errors import LightError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

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
    LightError
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
        waiting = {number: tasks[number] for number in range(len(tasks)) if number not in done}
        try:
            with closing(_run(work, waiting, processes)) as results:
                for number, result in results:
                    done[number] = result
                    say(len(done))
        except BrokenProcessPool:
            continue
        return [done[number] for number in range(len(tasks))]
    message = f"a worker process died {TRIES} times, perhaps for want of memory; use fewer processes"
    raise LightError(message)


def _run(
    work: Callable[[Task], Result], tasks: dict[int, Task], processes: int
) -> Generator[tuple[int, Result], None, None]:
    """Return the results of numbered tasks as they come; an error or an interruption ends what is under way."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(processes, len(tasks)), mp_context=context, initializer=_begin)
    try:
        futures = {pool.submit(work, task): number for number, task in tasks.items()}
        for future in as_completed(futures):
            yield futures[future], future.result()
    except BaseException:
        for worker in set(multiprocessing.active_children()) - others:
            worker.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Let a worker end quietly when it is interrupted, and end with its parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
