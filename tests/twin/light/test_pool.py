"""Workers: their order, their deaths, and their errors."""

from __future__ import annotations

import importlib.util
import multiprocessing
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from twin.errors import LightError
from twin.light.pool import TRIES, count_processes, run_tasks

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the tasks, under a name that workers find too."""
    monkeypatch.syspath_prepend(Path(__file__).parent)
    spec = importlib.util.find_spec("work")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "work", module)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("processes", [1, 2])
def test_results_keep_the_order_of_their_tasks(work: ModuleType, processes: int) -> None:
    said: list[int] = []
    assert run_tasks(work.square, [3, 1, 2], processes=processes, say=said.append) == [9, 1, 4]
    assert said == [1, 2, 3]


def test_order_is_kept_where_the_first_ends_last(work: ModuleType, tmp_path: Path) -> None:
    tasks = [(number, str(tmp_path)) for number in range(4)]
    assert run_tasks(work.square_late, tasks, processes=2) == [0, 1, 4, 9]


def test_worker_that_dies_is_tried_again(work: ModuleType, tmp_path: Path) -> None:
    said: list[int] = []
    tasks = [(number, str(tmp_path)) for number in range(5)]
    assert run_tasks(work.die_once, tasks, processes=2, say=said.append) == [0, 1, 4, 9, 16]
    assert (tmp_path / "tried").exists()
    assert said == [1, 2, 3, 4, 5]


def test_task_that_always_dies_is_told(work: ModuleType) -> None:
    with pytest.raises(LightError, match=rf"died {TRIES} times.*use fewer processes"):
        run_tasks(work.die, [0, 1], processes=2)


def test_error_of_the_work_comes_as_it_is_and_ends_the_workers(work: ModuleType) -> None:
    before = set(multiprocessing.active_children())
    with pytest.raises(ValueError, match="cannot be squared"):
        run_tasks(work.fail, list(range(20)), processes=2)
    assert set(multiprocessing.active_children()) <= before


def test_interruption_ends_the_workers(work: ModuleType, tmp_path: Path) -> None:
    """The first task would wait for ever, for the last one is not there."""
    before = set(multiprocessing.active_children())

    def interrupt(_: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_tasks(work.square_late, [(0, str(tmp_path)), (1, str(tmp_path))], processes=2, say=interrupt)
    assert set(multiprocessing.active_children()) <= before


def test_workers_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    here = Path(__file__)
    program = (f"import sys; sys.path[:0] = [{str(here.parent)!r}, {str(here.parents[3])!r}]; import work; "
               f"from twin.light.pool import run_tasks; "
               f"run_tasks(work.wait, [(0, {str(tmp_path)!r}), (1, {str(tmp_path)!r})], processes=2)")
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as parent:
        wait_for(lambda: len(list(tmp_path.glob("*.pid"))) == 2)
        parent.kill()
    workers = [int(path.stem) for path in tmp_path.glob("*.pid")]
    wait_for(lambda: not any(runs(worker) for worker in workers))


def runs(process: int) -> bool:
    """Return whether a process lives and is more than an entry that nobody has asked for yet."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_for(happened: Callable[[], bool], *, most_s: float = 60) -> None:
    end = time.monotonic() + most_s
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_nothing_to_do_gives_nothing(work: ModuleType) -> None:
    assert run_tasks(work.square, []) == []
    assert count_processes() >= 1
