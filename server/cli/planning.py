"""Drawing reference plans from the command line, and for zones whose sources are a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError
from rich.console import Console

from server.cli.progress import progress
from twin.errors import PlanError
from twin.settings import PlanSettings
from twin.zone import Zone, load_zone

if TYPE_CHECKING:
    from pathlib import Path

STEPS = 7  # things that drawing and writing say they do
RANGES = {"seed": "give a whole number from 0 to 4294967295", "residents": "give a number from 10000 to 1000000",
          "sun_hours": "give 2 or 3"}


def write_plan_folder(out: Path, settings: PlanSettings, *, quiet: bool = False) -> None:
    """Draw a plan with a progress bar, write it as a zone folder, and say what it holds."""
    from twin.plan.files import open_folder, write_plan
    from twin.plan.plan import draw_plan

    open_folder(out)
    with progress(f"drawing a plan for {settings.residents:,} residents", STEPS) as say:
        plan = draw_plan(settings.residents, settings.seed, sun_h=settings.sun_hours, say=say)
        write_plan(plan, out, say)
    if not quiet:
        area_km2 = plan.zone.area / 1e6
        Console().print(
            f"a reference plan, not a survey: {len(plan.houses):,} buildings, {len(plan.lots):,} parcels and "
            f"{len(plan.quarters)} neighbourhoods on {area_km2:.1f} km2\nbuild it with: zonetwin build --zone {out}",
            markup=False, highlight=False, soft_wrap=True,
        )


def settings_from_flags(**flags: int) -> PlanSettings:
    """
    Return the settings that flags give.

    Raises
    ------
    PlanError
        If one is out of range.
    """
    try:
        return PlanSettings.model_validate(flags)
    except ValidationError as error:
        names = [str(item["loc"][0]) for item in error.errors()]
        told = "; ".join(f"--{name.replace('_', '-')} {flags[name]} cannot be: {RANGES[name]}" for name in names)
        raise PlanError(told) from error


def draw_sources(zone: Zone, store: Path) -> Zone:
    """Return a zone with files as sources: where they are a plan, it is drawn beside the releases."""
    if zone.plan is None:
        return zone
    folder = (store / "plans" / zone.name).resolve()
    write_plan_folder(folder, zone.plan, quiet=True)
    return load_zone(folder).model_copy(update={"name": zone.name, "inventory": zone.inventory})
