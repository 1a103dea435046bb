"""QR codes of addresses, drawn here: no address goes to a service elsewhere."""

from __future__ import annotations

from io import BytesIO

import segno
from segno.encoder import DataOverflowError

from twin.errors import ZoneError


def draw_code(address: str) -> str:
    """
    Return the QR code of an address as an SVG drawing; it holds nothing but paths.

    Raises
    ------
    ZoneError
        If the address is too long for a code.
    """
    buffer = BytesIO()
    try:
        code = segno.make(address, error="m", micro=False)
    except DataOverflowError as error:
        message = "the address is too long for a code; share it as a link"
        raise ZoneError(message) from error
    code.save(buffer, kind="svg", xmldecl=False, border=0, omitsize=True, dark="#111111")
    return buffer.getvalue().decode()
