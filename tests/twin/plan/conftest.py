"""A small plan, drawn once for all tests of a run, and the whole one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from server.cli.building import find_zone
from twin.plan.osm import draw_sheet
from twin.plan.plan import draw_plan

if TYPE_CHECKING:
    from twin.plan.records import Plan


@pytest.fixture(scope="session")
def small_plan() -> Plan:
    """Return a plan of 20,000 residents, its features numbered."""
    plan = draw_plan(20_000, 7)
    draw_sheet(plan)
    return plan


@pytest.fixture(scope="session")
def whole_plan() -> Plan:
    """Return the plan of the embedded zone, its features numbered."""
    settings = find_zone("taicang").plan
    assert settings is not None
    plan = draw_plan(settings.residents, settings.seed, sun_h=settings.sun_hours)
    draw_sheet(plan)
    return plan
