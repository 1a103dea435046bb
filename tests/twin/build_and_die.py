"""
Builds that are killed, for test_release_safety: a process that forks builds and kills them with SIGKILL.

A process of its own, because it forks: nothing but imports has happened in it when it does.

Usage: build_and_die.py moments|steps STORE ZONE_FOLDER NUMBER SEED
Prints one line of JSON for each build that was meant to die: what became of it, and what the store held afterwards.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import twin.sources.buildings  # imported before the fork: else every build would import it again
import twin.sources.parcels  # noqa: F401
from layers.release import build_release
from tests.twin.forks import dying, fork
from twin import store as store_module
from twin.errors import ZonetwinError
from twin.store import Store, find_damage
from twin.zone import load_zone

if TYPE_CHECKING:
    from collections.abc import Callable

PUBLISH_SHARE = 0.25  # of the kills are aimed at the last tenth of a build, where it is published


def main() -> None:
    mode, store, folder, number, seed = sys.argv[1:]
    killer = {"moments": kill_at_moments, "steps": kill_at_steps}[mode]
    killer(Store(Path(store)), Path(folder), int(number), random.Random(int(seed)))


def kill_at_moments(store: Store, folder: Path, number: int, chance: random.Random) -> None:
    """Kill builds at random moments, spread over the time a build takes."""
    durations = [run(build, store, folder, population)[1] for population in (1, 2)]
    tell({"kind": "whole", **state(store)})
    for attempt in range(number):
        late = attempt < PUBLISH_SHARE * number
        share = chance.uniform(0.9, 1.02) if late else (attempt + chance.random()) / number
        before = state(store)["current"]
        killed, _ = run(build, store, folder, 100 + attempt, kill_after_s=share * min(durations))
        tell({"kind": "killed" if killed else "finished", "before": before, **state(store)})
    run(build, store, folder, 1)
    tell({"kind": "whole", **state(store)})


def kill_at_steps(store: Store, folder: Path, number: int, _: random.Random) -> None:
    """Kill the publishing of small releases right before each of its steps: flush, rename, move CURRENT."""
    run(publish, store, folder, 1)
    for step in range(number):
        before = state(store)["current"]
        killed, _ = run(lambda *args, step=step: doomed(publish, step, *args), store, folder, 100 + step)
        tell({"kind": "killed" if killed else "finished", "before": before, **state(store)})
    run(publish, store, folder, 1)
    tell({"kind": "whole", **state(store)})


def publish(store: Store, _: Path, content: int) -> None:
    """Publish a release of one file."""
    with store.stage("toy") as staging:
        path = staging.folder / "tables" / "parcel.parquet"
        path.write_text(str(content))
        manifest: dict[str, Any] = {
            "zone": {"name": "toy"}, "inputs": [], "settings": {}, "factors_sha256": "", "version": "0", "counts": {},
            "files": {"tables/parcel.parquet": store_module.hash_file(path)}, "report": {}, "layers": {},
        }
        staging.publish(manifest | {"release_id": store_module.release_hash(manifest)})


def tell(row: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(row) + "\n")
    sys.stdout.flush()


def build(store: Store, folder: Path, population: int) -> None:
    zone = load_zone(folder)
    build_release(zone.model_copy(update={"population": {2025: population}}), store)


def run(
    task: Callable[..., None], store: Store, folder: Path, content: int, *, kill_after_s: float | None = None
) -> tuple[bool, float]:
    """Run a build in a fork, kill it after a while if told to; return whether it was killed, and its seconds."""
    return fork(lambda: task(store, folder, content), kill_after_s=kill_after_s)


def doomed(task: Callable[..., None], step: int, *args: object) -> None:
    """Run a build that kills itself right before a step of its publishing: a flush, rename or replacement."""
    watched = dying(step)
    store_module.sync = watched(store_module.sync)
    Path.rename = watched(Path.rename)
    Path.replace = watched(Path.replace)
    task(*args)


def state(store: Store) -> dict[str, object]:
    """Return which release is current, what is wrong with it and its fellows, and what else lies about."""
    releases = store.zone_folder("toy") / "releases"
    damage = []
    try:
        current = store.open_release("toy").release_id
        for path in releases.glob("[!.]*"):
            damage += find_damage(store.open_release("toy", path.name))
    except ZonetwinError as error:
        current, damage = None, [str(error)]
    staged = [path.name for path in releases.glob(".*")]
    return {"current": current, "damage": damage, "staged": staged,
            "drafts": [path.name for path in store.zone_folder("toy").glob(".*")]}


if __name__ == "__main__":
    main()
