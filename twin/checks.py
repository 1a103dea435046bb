"""Faults and counts: everything wrong with a source is said at once, everything done to it is counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from twin.errors import SourceError

READ = ("buildings", "building_m2", "roads", "road_km", "parcels", "parcel_m2", "energy_assets")
SHOWN = 12  # faults spelled out in one message; the rest are counted


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with a source: where, why, and what to do about it."""

    file: str
    reason: str
    remedy: str
    feature: str = ""

    def __str__(self) -> str:
        where = f"{self.file}, feature {self.feature}" if self.feature else self.file
        return f"{where}: {self.reason}; {self.remedy}"


@dataclass(slots=True)
class Checks:
    """
    What was found while reading: faults that stop a build, and counts of what was read and mended.

    Examples
    --------
    >>> checks = Checks()
    >>> checks.count("read", "buildings", 226)
    >>> checks.count("repaired", "buildings: self-crossing ring")
    >>> checks.raise_faults()  # nothing wrong, nothing raised
    """

    faults: list[Fault] = field(default_factory=list)
    read: Counter[str] = field(default_factory=Counter)
    repaired: Counter[str] = field(default_factory=Counter)
    clipped: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def fault(self, file: str, reason: str, remedy: str, *, feature: str = "") -> None:
        """Note a fault; the build stops at the next :meth:`raise_faults`."""
        self.faults.append(Fault(file=file, reason=reason, remedy=remedy, feature=feature))

    def count(self, what: str, subject: str, number: float = 1) -> None:
        """Add `number` to the count of `subject` among what was read, repaired, clipped or dropped."""
        if number:
            getattr(self, what)[subject] += number

    def note(self, text: str) -> None:
        """Say something that a reader of the release report should know."""
        if text not in self.notes:
            self.notes.append(text)

    def raise_faults(self) -> None:
        """
        Raise one error that lists every fault found so far.

        Raises
        ------
        SourceError
            If there is any fault.
        """
        if not self.faults:
            return
        lines = [str(fault) for fault in self.faults[:SHOWN]]
        if len(self.faults) > SHOWN:
            lines.append(f"and {len(self.faults) - SHOWN} more faults")
        raise SourceError("\n".join(lines))

    def report(self) -> dict[str, object]:
        """Return the counts as the release report holds them, keys sorted."""
        tables = ("read", "repaired", "clipped", "dropped")
        counts: dict[str, object] = {name: _plain(getattr(self, name)) for name in tables}
        counts["read"] = dict.fromkeys(READ, 0) | _plain(self.read)
        return counts | {"notes": list(self.notes)}


def _plain(counts: Counter[str]) -> dict[str, float]:
    """Return a counter as a sorted dict, fractions rounded to the millimetre."""
    return {key: round(value, 3) if isinstance(value, float) else value for key, value in sorted(counts.items())}
