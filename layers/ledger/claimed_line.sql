-- one row per code of the GPC, carrier, unit and missing factor of what is claimed with an amount
select distinct
    based.gpc_ref,
    based.carrier,
    based.activity_unit,
    formula.missing
from ledger_based as based
inner join ledger_formula as formula
    on
        based.base_unit = formula.base_unit
        and based.activity_unit = formula.activity_unit
        and based.activity_factors is not distinct from formula.activity_factors
        and based.priced_by is not distinct from formula.emission_factor
where based.book = 'gpc' and based.notation_key is null and based.base is not null
order by all
