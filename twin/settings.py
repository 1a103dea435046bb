"""What a zone's owner may choose beside its sources: the inventory's years, the sun, limits, and a plan's size."""

from __future__ import annotations

import math
import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

BASE_YEAR = 2025


class Strict(BaseModel):
    """A table of a description: what it does not know is a mistake, and what was read stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def spelled(pattern: str, fault: str) -> AfterValidator:
    """Return the check that a text is spelled as a pattern says; `fault` tells what else it is, and what to do."""

    def check(text: str) -> str:
        if not re.fullmatch(pattern, text):
            message = f"{text!r} is {fault}"
            raise ValueError(message)
        return text

    return AfterValidator(check)


class Neutrality(Strict):
    """
    What neutral means in the target year: that what is counted, less the offsets, is nothing.

    Attributes
    ----------
    level
        Level of the GPC whose total is to be met by the offsets.
    offsets_kgco2e_per_a
        What may be emitted then because it is offset. [kgCO2e/a]
    """

    level: Literal["BASIC", "BASIC+"] = "BASIC"
    offsets_kgco2e_per_a: float = 0.0

    @field_validator("offsets_kgco2e_per_a")
    @classmethod
    def _can_be_offset(cls, offsets: float) -> float:
        if not 0 <= offsets < math.inf:
            message = f"{offsets:g} kgCO2e/a cannot be offset; give 0 or more"
            raise ValueError(message)
        return offsets


class Inventory(Strict):
    """
    The years that the inventory is drawn up for, and the neutrality it is held against.

    Attributes
    ----------
    base_year
        The year of the map and of all figures that name no other.
    years
        Further years of the ledger: what stands in each; later ones are projections.
    neutrality
        What neutral means.
    """

    base_year: int = Field(default=BASE_YEAR, ge=1990, le=2100)
    years: tuple[Annotated[int, Field(ge=1990, le=2100)], ...] = Field(default=(), max_length=20)
    neutrality: Neutrality = Field(default_factory=Neutrality)

    @field_validator("years")
    @classmethod
    def _are_distinct(cls, years: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(years)) < len(years):
            message = "a year stands there twice; name each once"
            raise ValueError(message)
        return years

    def all_years(self) -> tuple[int, ...]:
        """Return the years that the ledger holds, in their order."""
        return tuple(sorted({self.base_year, *self.years}))


class SolarSettings(Strict):
    """
    How the sun on a zone is computed, and which sunlight its dwellings must have.

    Attributes
    ----------
    cell_m
        Side of a cell of the roofs' raster. [m]
    albedo
        Share of light that ground and walls reflect. [-]
    sunlight_day
        Day of the sunlight rule: Great Cold day (20 January) or the winter solstice, GB 50180-2018.
    sunlight_from_h, sunlight_until_h
        Hours of that day in which sunlight counts; 8 to 16 on Great Cold day, 9 to 15 on the winter solstice where
        not given. [h], true solar time
    sunlight_run_min
        Shortest unbroken stretch of sun that counts. [min]
    """

    cell_m: float = Field(default=1.0, ge=0.25, le=5.0)
    albedo: float = Field(default=0.2, ge=0.0, le=1.0)
    sunlight_day: Literal["great_cold", "winter_solstice"] = "great_cold"
    sunlight_from_h: float | None = Field(default=None, ge=0.0, le=24.0)
    sunlight_until_h: float | None = Field(default=None, ge=0.0, le=24.0)
    sunlight_run_min: float = Field(default=5.0, ge=0.0, le=120.0)

    @model_validator(mode="after")
    def _is_a_stretch(self) -> SolarSettings:
        if (self.sunlight_from_h is None) != (self.sunlight_until_h is None):
            message = "give both sunlight_from_h and sunlight_until_h, or neither"
            raise ValueError(message)
        if self.sunlight_from_h is not None and self.sunlight_until_h is not None and (
                self.sunlight_from_h >= self.sunlight_until_h):
            message = "sunlight_from_h must come before sunlight_until_h"
            raise ValueError(message)
        return self


class PlanningSettings(Strict):
    """
    How land is held against its plan's limits: counting rules differ from place to place.

    Attributes
    ----------
    count_utility
        Whether buildings for technical use, sheds and roofs count towards floor area ratio, coverage and height.
    tall_storey_m
        Height above which a storey counts `tall_storey_counts` times in the floor area ratio; many Chinese rules for
        industrial land say 8 m and 2. [m]
    tall_storey_counts
        How often such a storey counts. [-]
    limit_tolerance
        Share of a limit by which it may be exceeded and still counts as kept, for areas are never exact. [-]
    green_is_complete
        Whether the land cover shows all green there is; only then can a parcel lack green.
    sunlight_hours
        Hours of sun on `solar.sunlight_day` that a dwelling must have. Where not given, in China 2 on Great Cold day
        and 1 on the winter solstice after GB 50180-2018, table 4.0.9, and elsewhere no rule. That table asks for 3 on
        Great Cold day in cities below half a million of climate zones I, II, III and VII, and in larger ones of IV. [h]
    """

    count_utility: bool = True
    tall_storey_m: float = Field(default=8.0, gt=0.0, le=50.0)
    tall_storey_counts: float = Field(default=1.0, ge=1.0, le=5.0)
    limit_tolerance: float = Field(default=0.001, ge=0.0, le=0.1)
    green_is_complete: bool = False
    sunlight_hours: float | None = Field(default=None, gt=0.0, le=8.0)


class PlanSettings(Strict):
    """
    What a reference plan is drawn from, for a zone whose sources are a plan.

    Attributes
    ----------
    seed
        What all random choices follow from.
    residents
        Residents at build-out. [persons]
    sun_hours
        Hours of sun that every dwelling has on Great Cold day. [h]
    """

    seed: int = Field(ge=0, le=2**32 - 1)
    residents: int = Field(ge=10_000, le=1_000_000)
    sun_hours: Literal[2, 3] = 2
