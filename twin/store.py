"""The store: releases by zone, immutable and named by their content, and which of them is current."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from twin.durable import held, hold, sync
from twin.errors import ReleaseError, StoreError

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

BLOCK = 1 << 20
MANIFEST = "manifest.json"
CACHE = "twin.duckdb"
STAGING = ".staging-"
SEAL = "manifest_sha256"
KEYS = {"release_id", "zone", "inputs", "settings", "factors_sha256", "version", "files", "counts", "report", "layers"}
DRAFT = ".CURRENT"  # what CURRENT will be, until it is on disk


@dataclass(frozen=True, slots=True)
class Release:
    """A published release: its folder and its manifest."""

    folder: Path
    manifest: dict[str, Any]

    @property
    def release_id(self) -> str:
        """The hash that names the release."""
        return str(self.manifest["release_id"])

    @property
    def zone_name(self) -> str:
        """The name of the zone."""
        return str(self.manifest["zone"]["name"])

    @property
    def cache(self) -> Path:
        """The DuckDB file made from the tables."""
        return self.folder / CACHE

    def table(self, name: str) -> Path:
        """Return the Parquet file of a table."""
        return self.folder / "tables" / f"{name}.parquet"


@dataclass(frozen=True, slots=True)
class Store:
    """
    A folder of zones, each with its releases.

    Examples
    --------
    >>> store = Store(Path("store"))
    >>> store.open_release("helsinki")  # doctest: +SKIP
    """

    folder: Path

    def zone_folder(self, zone: str) -> Path:
        """Return the folder of one zone."""
        return self.folder / zone

    def zones(self) -> list[str]:
        """Return the zones that have a current release, the last built first."""
        if not self.folder.is_dir():
            return []
        current = [path for path in self.folder.glob("*/CURRENT") if path.is_file()]
        return [path.parent.name for path in sorted(current, key=lambda path: -path.stat().st_mtime_ns)]

    def current_id(self, zone: str) -> str:
        """
        Return the id of the release that is current.

        Raises
        ------
        StoreError
            If the zone was never built.
        """
        path = self.zone_folder(zone) / "CURRENT"
        try:
            return path.read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            built = ", ".join(self.zones()) or "none"
            message = f"zone {zone!r} has no release in {self.folder} (built are: {built}); run `zonetwin build` first"
            raise StoreError(message) from error

    def open_release(self, zone: str | None = None, release_id: str | None = None) -> Release:
        """
        Return a release: the one named, else the zone's current one, else that of the zone built last.

        Raises
        ------
        StoreError
            If nothing was built.
        ReleaseError
            If the release is missing or its manifest cannot be read.
        """
        if zone is None:
            zones = self.zones()
            if not zones:
                message = f"{self.folder} holds no release; run `zonetwin build` or `zonetwin demo` first"
                raise StoreError(message)
            zone = zones[0]
        release_id = release_id or self.current_id(zone)
        if not release_id.isalnum():
            message = f"{release_id!r} is no release id"
            raise ReleaseError(message)
        folder = self.zone_folder(zone) / "releases" / release_id
        try:
            manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
            _require_keys(manifest)
        except (OSError, ValueError) as error:
            message = f"release {release_id} of zone {zone!r} is missing or its manifest broken; build the zone again"
            raise ReleaseError(message) from error
        return Release(folder=folder, manifest=manifest)

    def stage(self, zone: str) -> Staging:
        """
        Return a staging folder for a release of a zone; use it in a `with` statement.

        Raises
        ------
        StoreError
            If the store cannot be written.
        """
        releases = self.zone_folder(zone) / "releases"
        try:
            releases.mkdir(parents=True, exist_ok=True)
            with held(releases):
                _sweep(releases)
                folder = releases / f"{STAGING}{uuid.uuid4().hex[:12]}"
                folder.mkdir()
                lock = hold(folder)
            for part in ("tables", "rasters", "formulas"):
                (folder / part).mkdir()
        except OSError as error:
            message = f"{self.folder} cannot be written ({error.strerror}); choose another folder with --store"
            raise StoreError(message) from error
        return Staging(store=self, zone=zone, folder=folder, lock=lock)


@dataclass(frozen=True, slots=True)
class Staging:
    """
    A release while it is built; leaves nothing behind unless it is published.

    Attributes
    ----------
    lock
        Open handle that marks the folder as in use; it goes with the process, however that ends.
    """

    store: Store
    zone: str
    folder: Path
    lock: int

    def __enter__(self) -> Self:
        """Enter the `with` statement that guards the folder."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove what was not published; say a full disk in plain words."""
        shutil.rmtree(self.folder, ignore_errors=True)
        os.close(self.lock)
        if isinstance(error, OSError) and error.filename is None and error.strerror:
            message = f"{self.store.folder} cannot be written ({error.strerror}); free space or choose another --store"
            raise StoreError(message) from error

    def publish(self, manifest: dict[str, Any]) -> Release:
        """
        Make the staged files a release and the zone's current one; returns it.

        Every file is on disk before the folder gets its name, and the folder before CURRENT points at it, so that a
        build killed at any moment leaves the release before it in force.
        """
        target = self.folder.parent / manifest["release_id"]
        manifest = manifest | {SEAL: seal(manifest)}
        text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False)
        (self.folder / MANIFEST).write_text(text + "\n", encoding="utf-8")
        for path in sorted(self.folder.rglob("*")):
            sync(path)
        with held(target.parent):
            if not target.exists():
                self.folder.rename(target)
            elif find_damage(Release(folder=target, manifest=_load(target))):
                _replace(self.folder, target)
            sync(target.parent)
            self._point_at(manifest["release_id"])
        return Release(folder=target, manifest=_load(target))

    def _point_at(self, release_id: str) -> None:
        folder = self.store.zone_folder(self.zone)
        draft = folder / DRAFT
        draft.write_text(release_id + "\n", encoding="ascii")
        sync(draft)
        draft.replace(folder / "CURRENT")
        sync(folder)


def hash_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()


def hash_json(content: object) -> str:
    """Return the SHA-256 of the canonical JSON of plain data."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def release_hash(manifest: dict[str, Any]) -> str:
    """
    Return the id that a manifest's content gives.

    It covers inputs, settings, factors, versions, formulas and tables, but no path and no date.
    """
    inputs = sorted((entry["role"], entry["sha256"]) for entry in manifest["inputs"])
    files = {name: digest for name, digest in manifest["files"].items() if name != CACHE}
    content = [inputs, manifest["settings"], manifest["factors_sha256"], manifest["version"], files]
    return hash_json(content)[:16]


def seal(manifest: dict[str, Any]) -> str:
    """Return the SHA-256 of all that a manifest says, its id and what the id does not cover."""
    return hash_json({key: value for key, value in manifest.items() if key != SEAL})


def find_damage(release: Release) -> list[str]:
    """Return what is wrong with a release's files: missing, altered, added, or a manifest that does not fit its id."""
    files: dict[str, str] = release.manifest.get("files", {})
    damage = []
    for name, digest in sorted(files.items()):
        path = release.folder / name
        if not path.is_file():
            damage.append(f"{name} is missing")
        elif hash_file(path) != digest:
            damage.append(f"{name} was altered")
    present = {path.relative_to(release.folder).as_posix() for path in release.folder.rglob("*") if path.is_file()}
    damage += [f"{name} does not belong to the release" for name in sorted(present - set(files) - {MANIFEST})]
    if not _is_named_by_content(release.manifest):
        damage.append(f"{MANIFEST} does not fit the release's id")
    elif release.manifest.get(SEAL) != seal(release.manifest):
        damage.append(f"{MANIFEST} was altered")
    if release.folder.name != release.manifest.get("release_id"):
        damage.append("the folder does not bear the release's id")
    return damage


def _is_named_by_content(manifest: dict[str, Any]) -> bool:
    try:
        return bool(release_hash(manifest) == manifest["release_id"])
    except (KeyError, TypeError):  # its lists and tables are no longer what they were
        return False


def _require_keys(manifest: object) -> None:
    """Refuse what is no manifest, so that nobody stumbles over a missing key later."""
    missing = KEYS - set(manifest) if isinstance(manifest, dict) else KEYS
    if missing:
        message = f"{MANIFEST} lacks {', '.join(sorted(missing))}"
        raise ValueError(message)


def _load(folder: Path) -> dict[str, Any]:
    with contextlib.suppress(OSError, ValueError):
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _require_keys(manifest)
        return manifest
    return {"files": {MANIFEST: ""}, "inputs": [], "settings": {}, "factors_sha256": "", "version": ""}


def _replace(source: Path, target: Path) -> None:
    """Put a good folder in the place of a damaged one."""
    aside = target.with_name(f"{STAGING}{uuid.uuid4().hex[:12]}")
    target.rename(aside)
    source.rename(target)
    shutil.rmtree(aside, ignore_errors=True)


def _sweep(releases: Path) -> None:
    """Remove staging folders of builds that no longer run."""
    for path in releases.glob(f"{STAGING}*"):
        with contextlib.suppress(OSError):
            lock = hold(path)
            shutil.rmtree(path, ignore_errors=True)
            os.close(lock)
