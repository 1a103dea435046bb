"""What a drawn or changed building would bring."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from server.dependencies import Drafts, Release
from server.whatif.draft import Request

router = APIRouter(prefix="/api", tags=["whatif"])


@router.post("/whatif")
def post_whatif(drawn: Request, release: Release, bureau: Drafts) -> dict[str, Any]:
    """Return limits, energy, carbon and sun of drawn buildings, and what neighbours lose; nothing of it is kept."""
    return bureau.answer(release, drawn)
