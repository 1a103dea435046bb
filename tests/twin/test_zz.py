import pandas as pd
def test_x(toy_release):
    pd.set_option("display.width",250); pd.set_option("display.max_columns",60)
    for t in ["parcel","building","building_parcel","road","road_parcel","energy_asset","land_cover","building_construction"]:
        print(pd.read_parquet(toy_release.table(t)).drop(columns="geometry",errors="ignore").T.to_string())
    import json; print(json.dumps(toy_release.manifest["report"],ensure_ascii=False,indent=1)); print(sum(p.stat().st_size for p in toy_release.folder.rglob("*") if p.is_file()), [(p.name,p.stat().st_size) for p in toy_release.folder.rglob("*") if p.is_file()])
