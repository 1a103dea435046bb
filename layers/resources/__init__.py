"""Resources: what residents throw away, let flow and draw, and what that emits where it is treated."""

from layers.contract import Column, Layer, View, bounded

EVIDENCE = "resources_evidence"
FIGURES = (
    ("waste_t_per_a", "t/a", "Municipal waste of those who live on the parcel"),
    ("biogenic_tco2_per_a", "tCO2/a",
     "Carbon dioxide from the food, paper and wood in the waste that is burnt: in no total"),
    ("wastewater_bod_kg_per_a", "kg/a", "Organic matter in the wastewater, as biochemical oxygen demand"),
    ("wastewater_nitrogen_kg_per_a", "kg/a", "Nitrogen in the wastewater"),
    ("tap_water_m3_per_a", "m3/a", "Tap water that those who live on the parcel draw at home"),
)


LAYER = Layer(
    name="resources",
    domain="resources",
    tables={
        "parcel_resources": (
            *(column for name, unit, meaning in FIGURES
              for column in bounded(name, unit, meaning, evidence=EVIDENCE, total=True)),
            *bounded("waste_t_per_m2_a", "t/m2/a", "Municipal waste per area of the parcel", evidence=EVIDENCE),
            Column(EVIDENCE, "", "How the figures came about; empty where nobody lives", words="evidence"),
            Column("buildings_of_unknown_residents", "1",
                   "Standing buildings on the parcel of which nobody knows whether people live there", total=True),
        ),
    },
    needs=("building", "building_parcel", "energy_asset", "factor_in_force", "land_cover", "parcel", "zone"),
    quantities=("waste_generation.*", "waste_share.*", "waste_emission.*", "waste_n2o.*", "landfill.*",
                "landfill_methane.*", "wastewater.*", "wastewater_load.*", "wastewater_methane.*", "effluent.*",
                "protein.*", "protein_supply.*", "conversion.n2o_per_nitrogen", "gwp.*", "water_use.*",
                "water_supply.*", "grid_emission.location", "floor_area_per_resident"),
    views=(View("waste", "parcel", "waste_t_per_a", ramp="ember"),),
)
