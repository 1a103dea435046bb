"""The progress bar of long work, on standard error."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress(title: str, steps: int) -> Iterator[Callable[[str], None]]:
    """Show a progress bar on standard error, where that is a screen, and lend the function that moves it."""
    with _bar() as bar:
        task = bar.add_task(title, total=steps)

        def say(what: str) -> None:
            bar.update(task, advance=1, description=f"{title}: {what}")

        yield say


@contextmanager
def progress_of(title: str, noun: str) -> Iterator[Callable[[int, int], None]]:
    """Show a progress bar of things whose number is known later, and lend the function that says how many are done."""
    with _bar() as bar:
        task = bar.add_task(title, total=None)

        def say(done: int, number: int) -> None:
            bar.update(task, completed=done, total=number, description=f"{title}: {done:,} of {number:,} {noun}")

        yield say


def _bar() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(bar_width=24), TimeElapsedColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
