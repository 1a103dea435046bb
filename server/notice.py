"""What is said wherever the zone is shown: its title, and that it is a plan and no survey, for instance."""

from __future__ import annotations

from typing import Any

from server.catalogue import labels


def is_synthetic(manifest: dict[str, Any], role: str | None = None) -> bool:
    """Return whether a source of the release is invented: that of a role, else any."""
    return any(item["synthetic"] for item in manifest["inputs"] if role in {None, item["role"]})


def title_of(manifest: dict[str, Any], language: str = "en") -> str:
    """Return the zone's title in a language, in English where it has none in that."""
    given = manifest["zone"]["title"]
    titles = {"en": given} if isinstance(given, str) else given
    return str(titles.get(language) or titles["en"])


def notice_of(manifest: dict[str, Any], language: str = "en") -> str:
    """
    Return the zone's notice in a language, empty where nothing need be said.

    An English sentence stands in for a missing one, behind a label in the language asked for where the zone is
    synthetic; a synthetic zone without a notice of its own is given one.
    """
    given = manifest["zone"]["notice"]
    sentences = {"en": given} if isinstance(given, str) else given
    words = labels({}, language)
    if sentences.get(language):
        return str(sentences[language])
    if sentences.get("en"):
        return f"{words['app.synthetic']} · {sentences['en']}" if is_synthetic(manifest) else str(sentences["en"])
    return words["app.synthetic.notice"] if is_synthetic(manifest) else ""
