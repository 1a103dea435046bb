"""Commands of the ledger: where a figure comes from, whether it can be computed again, the inventory as a table."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.tree import Tree

from server.database import ServedRelease
from server.settings import Settings
from twin.errors import ReleaseError, ZoneError
from twin.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from server.gpc_table import TableFormat

SHOWN_ROWS = 12


@contextmanager
def opened(store: Path, zone: str | None) -> Iterator[ServedRelease]:
    """Open the current release of a zone for reading."""
    from layers.discovery import discover_layers

    served = ServedRelease(Store(store).open_release(zone), discover_layers(), Settings(verify=False))
    try:
        yield served
    finally:
        served.close()


def explain_figure(store: Path, zone: str | None, parcel: str, metric: str, *, as_json: bool) -> None:
    """
    Print how a parcel's figure came about.

    Raises
    ------
    NotFoundError
        If there is no such parcel or metric.
    """
    from server.explain import explain

    with opened(store, zone) as served:
        answer = explain(served, parcel, metric)
    if as_json:
        sys.stdout.write(json.dumps(answer, indent=1, ensure_ascii=False, default=str) + "\n")
    else:
        Console().print(_tree(answer))


def _tree(answer: dict[str, Any]) -> Tree:
    """Return the chain as a tree, from the figure down to the files."""
    interval = f" ({_number(answer['low'])} to {_number(answer['high'])})" if answer["low"] is not None else ""
    told = f"[bold]{escape(answer['title'])}[/bold] of {escape(answer['parcel_id'])} in {answer['year']}: "
    tree = Tree(f"{told}{_number(answer['value'])} {answer['unit']}{interval}  {answer['evidence'] or ''}")
    tree.add(escape(answer["meaning"]))
    if answer["notice"]:
        tree.add(escape(answer["notice"]))
    rows = tree.add(f"{escape(answer['equation'])}")
    for row in answer["rows"][:SHOWN_ROWS]:
        where = f"{row['gpc_ref']} {row['carrier']} of {row['subject_id']}"
        rows.add(escape(f"{where}: {row['formula']}"))
    if len(answer["rows"]) > SHOWN_ROWS:
        rows.add(f"and {len(answer['rows']) + answer['rows_left_out'] - SHOWN_ROWS} more rows; see --json")
    _branch(tree, "known totals", (
        f"{row['gpc_ref']} {row['carrier']} in {row['year']}: {_number(row['amount'])} {row['unit']}, {row['source']}"
        for row in answer.get("totals", ())))
    _branch(tree, "factors", (
        f"{row['quantity']} = {_number(row['value'])} {row['unit']} ({_number(row['low'])} to {_number(row['high'])}), "
        f"{row['region']} {row['year']}, {row['seen']}: {row['source']} [{row['factor_id']}]"
        for row in answer["factors"]))
    _branch(tree, "subjects", (
        f"{row['subject_kind']} {row['subject_id']}: "
        + ", ".join(f"{name} {value}" for name, value in row.items()
                    if value is not None and not name.startswith(("subject", "source_sha")))
        for row in answer["subjects"]))
    _branch(tree, "formulas", (f"{row['name']} sha256 {row['sha256']}" for row in answer["formulas"]))
    _branch(tree, "inputs", (f"{row['role']}: {row['file']} sha256 {row['sha256']}" for row in answer["inputs"]))
    tree.add(f"release {answer['release_id']}")
    return tree


def _branch(tree: Tree, title: str, lines: Iterator[str]) -> None:
    lines = iter(list(lines))
    shown = [line for line, _ in zip(lines, range(SHOWN_ROWS), strict=False)]
    if shown:
        branch = tree.add(title)
        for line in shown:
            branch.add(escape(line))
        left = sum(1 for _ in lines)
        if left:
            branch.add(f"and {left} more; see --json")


def _number(value: object) -> str:
    return "none" if value is None else f"{value:,.6g}" if isinstance(value, int | float) else str(value)


def tell_changes(store: Path, zone: str | None, before: str, after: str, *, as_json: bool) -> None:
    """
    Print what changed between two releases, by domain and cause.

    Raises
    ------
    ReleaseError
        If a release is missing or has no ledger.
    """
    from layers.ledger.changes import CAUSES, find_changes

    kept = Store(store)
    changes = find_changes(kept.open_release(zone, before), kept.open_release(zone, after))
    domains, codes = changes.by("domain"), changes.by("gpc_ref")
    if as_json:
        told = {"before": before, "after": after, "unit": "kgCO2e/a", "before_kgco2e_per_a": changes.before,
                "after_kgco2e_per_a": changes.after,
                "causes": {cause: float(changes.rows[cause].sum()) for cause in CAUSES},
                "domains": domains.to_dict("records"), "codes": codes.to_dict("records"),
                "rows": changes.rows.to_dict("records")}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return
    table = Table("t CO2e/a", *CAUSES, "together", box=None)
    for row in domains.to_dict("records"):
        table.add_row(row["domain"], *(f"{row[cause] / 1e3:+,.1f}" for cause in CAUSES),
                      f"{sum(row[cause] for cause in CAUSES) / 1e3:+,.1f}")
    sums = [float(changes.rows[cause].sum()) / 1e3 for cause in CAUSES]
    table.add_row("all", *(f"{value:+,.1f}" for value in sums), f"{sum(sums):+,.1f}")
    console = Console()
    console.print(f"{before}: {changes.before / 1e3:,.1f} t CO2e/a; {after}: {changes.after / 1e3:,.1f} t CO2e/a "
                  "(GPC, all levels, electricity by location)")
    console.print(table)


def export_inventory(
    store: Path, zone: str | None, *, form: str, out: Path | None, book: str, basis: str, year: int | None,
    language: str,
) -> None:
    """
    Write the inventory of a book as CSV or workbook.

    Raises
    ------
    ZoneError
        If it is not said where, or in a format that it has not.
    """
    from server.gpc_table import write_inventory

    if out is None or form not in {"csv", "xlsx"}:
        message = "say where, as csv or xlsx: `zonetwin export inventory --format xlsx --out inventory.xlsx`"
        raise ZoneError(message)
    with opened(store, zone) as served:
        kind: TableFormat = "xlsx" if form == "xlsx" else "csv"
        write_inventory(served, out, form=kind, language=language, book=book, basis=basis, year=year)
        Console(stderr=True).print(f"{out}: inventory {book} of release {served.release.release_id}")


def recompute_release(store: Path, zone: str | None, release_id: str | None, *, as_json: bool) -> None:
    """
    Compute every emission of a release anew, apart from the code that built it, and say how the two compare.

    Raises
    ------
    ReleaseError
        If a row differs, is missing or is too many.
    """
    from layers.discovery import discover_layers
    from layers.ledger.recompute import recompute

    release = Store(store).open_release(zone, release_id)
    layers = {name: layer for name, layer in discover_layers().items() if name in release.manifest["layers"]}
    outcome = recompute(release, layers)
    if as_json:
        told = {"release_id": release.release_id, "rows": outcome.rows, "largest_difference": outcome.largest,
                "faults": outcome.faults}
        sys.stdout.write(json.dumps(told) + "\n")
    if outcome.faults:
        message = f"release {release.release_id} cannot be computed again: {'; '.join(outcome.faults)}"
        raise ReleaseError(message)
    if not as_json:
        Console().print(f"release {release.release_id}: {outcome.rows:,} emissions computed anew, largest relative "
                        f"difference {outcome.largest:.1e}")
