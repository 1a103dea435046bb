import pandas as pd
CARRIERS={"electricity":("electricity_intensity","grid_emission.location",".2"),"gas":("gas_intensity","fuel_emission.natural_gas",".1"),"heat":("heat_intensity","heat_emission.district",".2")}
def claims(tables, industrial=False):
    b=tables["building"]; p=tables["parcel"].set_index("parcel_id")["land_use"]
    b=b[b["status"]=="existing"]
    ind=(b["parcel_id"].map(p)=="industrial")|(b["use"]=="industrial")
    b=b[ind==industrial]
    m=b.rename(columns={"parcel_id":"home"}).merge(tables["building_parcel"],on="building_id")
    out=[]
    for c,(q,e,s) in CARRIERS.items():
        k=m[m.use.notna()|(c=="electricity")]
        sector=k["use"].map({"residential":"I.1","agricultural":"I.5"}).fillna("I.2") if not industrial else pd.Series("I.3",index=k.index)
        out.append(pd.DataFrame({"subject_kind":"building","subject_id":k.building_id,"parcel_id":k.parcel_id,"gpc_ref":sector+s,"book":"gpc","carrier":c,"base":k.floor_area_m2*k.share,"base_low":0.,"base_high":0.,"base_unit":"m2","activity_factors":(q+"."+k.use.astype(object)),"activity_unit":"kWh/a","emission_factor":e,"method":"","evidence":"modelled","notation_key":k.use.isna().map({True:"NE",False:None}),"reason":None}))
    return pd.concat(out)
