"""The ledger of a zone: the claims of all rooms, multiplied out, checked, and summed with intervals."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.contract import CLAIM
from layers.ledger.bounds import bound_rows
from layers.ledger.draws import draw_formulas
from layers.ledger.formula import KEY, resolve_formulas
from layers.ledger.homes import measure_homes
from layers.ledger.intensity import measure_intensity
from layers.ledger.known import load_known_totals, require_totals
from layers.ledger.lines import sum_lines
from twin.database import load_frame, run_select
from twin.errors import LayerError
from twin.spread import DRAWS

if TYPE_CHECKING:
    from collections.abc import Mapping

    import duckdb

    from layers.contract import Site

FOLDER = Path(__file__).parent
SEED = 20_280_101
WORDS = ("place_kind", "place_id", "book", "basis", "line", "item")
NOBODY = dict.fromkeys(CLAIM)
NUMBERS = ("base", "base_low", "base_high", "activity", "factor_value", "emissions_kgco2e_per_a")
FINITE = {"has an infinite or undefined amount": " or ".join(f"not isfinite({name})" for name in NUMBERS)}
TEXT = [name for name in CLAIM if name not in {"base", "base_low", "base_high"}]


def compute_ledger(connection: duckdb.DuckDBPyConnection, site: Site) -> None:
    """
    Make the tables `ledger`, `ledger_total`, `ledger_intensity`, `ledger_home` and `ledger_factor`.

    Parameters
    ----------
    connection
        Database with the model and the claims of all rooms.
    site
        The zone.

    Raises
    ------
    LayerError
        If a claim is of an unknown code, of a negative amount, of no place, or made twice.
    """
    gpc = pd.read_csv(FOLDER / "gpc.csv")
    load_frame(connection, "gpc", gpc)
    _gather_claims(connection, gpc)
    run_select(connection, "ledger_based", _sql("ledger_based"))
    keys = ["base_unit", "activity_factors", "activity_unit", "priced_by"]
    asked = connection.execute(
        f"select distinct {', '.join(keys)} from ledger_based where notation_key is null order by all").df()
    asked.columns = pd.Index(KEY)
    factors = connection.execute("select * from factor_in_force order by quantity").df()
    load_frame(connection, "ledger_formula", _typed(resolve_formulas(asked, factors)))
    load_known_totals(connection, site.zone.sources.totals, site.zone.inventory.base_year)
    run_select(connection, "ledger", _sql("ledger"))
    _require(connection, FINITE)
    require_totals(connection)
    _require_sound(connection)
    site.say("drawing the intervals of the ledger")
    _add_intervals(connection, factors)
    _forget(connection)


def _gather_claims(connection: duckdb.DuckDBPyConnection, gpc: pd.DataFrame) -> None:
    """Make one table of the claims of all rooms, and of the codes that no room says anything of."""
    connection.execute("create table if not exists ledger_room (name varchar, domain varchar)")
    rooms = connection.execute("select name, domain from ledger_room order by name").fetchall()
    columns = ", ".join(f'"{name}"' for name in CLAIM)
    selects = [f"select '{domain}' as domain, {columns} from \"{name}\"" for name, domain in rooms]
    claimed = {row[0] for name, _ in rooms
               for row in connection.execute(f'select distinct gpc_ref from "{name}"').fetchall()}
    silent = [NOBODY | {"domain": row["domain"], "subject_kind": "zone", "subject_id": "zone",
                        "gpc_ref": row["gpc_ref"], "book": "gpc", "carrier": "all", "base_unit": "1",
                        "activity_unit": "1", "method": "none", "notation_key": row["default_key"],
                        "reason": row["default_reason"]}
              for row in gpc.to_dict("records") if row["gpc_ref"] not in claimed]
    frame = pd.DataFrame(silent, columns=["domain", *CLAIM]).astype(dict.fromkeys(["domain", *TEXT], "string"))
    numbers = ["base", "base_low", "base_high"]
    load_frame(connection, "ledger_silent", frame.astype(dict.fromkeys(numbers, "Float64")))
    silent_columns = ", ".join(f'"{name}"::double as "{name}"' if name in numbers else f'"{name}"' for name in CLAIM)
    selects.append(f"select domain, {silent_columns} from ledger_silent")
    connection.execute(f"create or replace table ledger_claim as {' union all '.join(selects)}")


def _require_sound(connection: duckdb.DuckDBPyConnection) -> None:
    """
    Raise an error where the ledger cannot be true.

    Raises
    ------
    LayerError
        If a code is unknown, an amount negative, a place missing, or something claimed twice.
    """
    checks = {
        "is of no code that the inventory knows": "book = 'gpc' and gpc_level is null",
        "has a negative amount": "activity < 0",
        "is of a code that another domain owns": "book = 'gpc' and domain != (select gpc.domain from gpc "
                                                 "where gpc.gpc_ref = ledger.gpc_ref)",
        "has an amount and no parcel": "emissions_kgco2e_per_a is not null and parcel_id is null",
        "has neither an amount nor a notation key with its reason":
            "emissions_kgco2e_per_a is null and (notation_key is null or reason is null)",
    }
    _require(connection, checks)
    twice = connection.execute(
        "select any_value(domain), subject_kind || ' ' || subject_id, carrier from ledger where book = 'gpc' and "
        "emissions_kgco2e_per_a is not null group by subject_kind, subject_id, parcel_id, carrier, factor_quantity, "
        "year, basis having count(*) > 1 order by all limit 1").fetchone()
    if twice:
        message = f"ledger: {twice[2]} of {twice[1]} is claimed twice, by {twice[0]} among others; give it one owner"
        raise LayerError(message)


def _require(connection: duckdb.DuckDBPyConnection, faults: Mapping[str, str]) -> None:
    """Raise an error where a row of the ledger meets the condition of a fault."""
    for fault, condition in faults.items():
        found = connection.execute(
            f"select domain, subject_kind || ' ' || subject_id, gpc_ref, carrier from ledger where {condition} "
            "order by all limit 1").fetchone()
        if found:
            message = f"ledger: {found[3]} of {found[1]} under {found[2]} {fault}; mend the claims of {found[0]}"
            raise LayerError(message)


def _add_intervals(connection: duckdb.DuckDBPyConnection, factors: pd.DataFrame) -> None:
    """Give each row its interval, and make the table of sums with theirs."""
    ledger = connection.execute(
        "select ledger.*, parcel.neighbourhood_id from ledger left join parcel using (parcel_id) "
        "where emissions_kgco2e_per_a is not null order by entry_id").df()
    known = factors.set_index("quantity").to_dict("index")
    low, high = bound_rows(ledger, known) if len(ledger) else (np.zeros(0), np.zeros(0))
    load_frame(connection, "ledger_bound", pd.DataFrame({"entry_id": ledger["entry_id"].astype("string"),
                                                         "low": low, "high": high}))
    connection.execute(
        "create or replace table ledger as select ledger.* exclude (total_id), ledger_bound.low::double as low, "
        "ledger_bound.high::double as high, total_id from ledger left join ledger_bound using (entry_id) "
        "order by entry_id")
    lines = sum_lines(ledger, draw_formulas(ledger, factors, seed=SEED, draws=DRAWS))
    load_frame(connection, "ledger_line", lines.astype(dict.fromkeys(WORDS, "string")))
    run_select(connection, "ledger_total", _sql("ledger_total"))
    run_select(connection, "ledger_factor", _sql("ledger_factor"))
    load_frame(connection, "ledger_intensity", measure_intensity(ledger, factors, seed=SEED, draws=DRAWS))
    buildings = connection.execute(
        "select building_id, neighbourhood_id, building_year.year, building_year.residents from building_year "
        "inner join building using (building_id) where building_year.status = 'existing' order by all").df()
    load_frame(connection, "ledger_home", measure_homes(ledger, buildings, factors, seed=SEED, draws=DRAWS))


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    numbers = ("activity_per_base", "factor_value")
    return frame.astype({name: "Float64" if name in numbers else "string" for name in frame.columns})


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def _forget(connection: duckdb.DuckDBPyConnection) -> None:
    """Drop what served the making."""
    for table in ("ledger_silent", "ledger_bound", "ledger_line", "ledger_based"):
        connection.execute(f'drop table if exists "{table}"')


