"""What a browser has already is not sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import Request


def is_known(request: Request, etag: str) -> bool:
    """
    Return whether the asker holds the content that a tag names.

    References
    ----------
    .. [1] RFC 9110, section 13.1.2: tags are compared weakly.
    """
    held = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return etag in held or held == ["*"]
