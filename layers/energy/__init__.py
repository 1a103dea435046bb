"""Energy: what stands where of the supply of electricity and heat, what the grid loses, what the sun gives."""

from layers.contract import Column, Layer, View, bounded

KIND_COLOURS = {
    "substation": (173, 53, 56), "transformer": (187, 115, 65), "line": (164, 124, 101), "generator": (251, 207, 94),
    "plant": (251, 161, 101), "storage": (132, 106, 196), "charging_station": (106, 189, 165), "heat": (196, 78, 125),
}

LAYER = Layer(
    name="energy",
    domain="energy",
    tables={
        "parcel_energy": (
            Column("energy_assets", "1", "Energy assets that stand on the parcel in the base year", total=True),
            Column("substations", "1", "Substations on the parcel", total=True),
            Column("transformers", "1", "Transformers on the parcel", total=True),
            Column("generators", "1", "Generators and plants on the parcel", total=True),
            Column("storages", "1", "Storages on the parcel", total=True),
            Column("charging_stations", "1", "Charging stations on the parcel", total=True),
            Column("generation_capacity_kw", "kW", "Rated power of generators and plants, where it is known",
                   total=True),
            Column("assets_of_unknown_capacity", "1", "Energy assets whose rated power is not known", total=True),
            Column("pv_capacity_kw", "kW", "Rated power of photovoltaic systems, where it is known", total=True),
            *bounded("pv_generation_kwh_per_a", "kWh/a", "Electricity that they make in a year, by the region's yield",
                     evidence="pv_evidence", total=True),
            Column("pv_evidence", "", "How the generation came about", words="evidence"),
            *bounded("own_generation_share", "1", "Photovoltaic generation divided by the electricity that the "
                     "parcel's buildings use in the year", evidence="pv_evidence"),
        ),
    },
    needs=("parcel", "building", "building_parcel", "energy_asset", "factor_in_force", "factor_by_age",
           "parcel_construction"),
    quantities=("electricity_intensity.*", "grid_emission.location", "grid_loss.per_delivered", "pv_yield.specific",
                "generation_emission.solar"),
    views=(View("energy_assets", "energy_asset", "kind", ramp=None, colours=KIND_COLOURS),),
)
