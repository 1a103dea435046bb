"""A file that is written for one answer and forgotten after it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

if TYPE_CHECKING:
    from collections.abc import Callable


def send_file(
    name: str, media: str, write: Callable[[Path], object], headers: dict[str, str] | None = None
) -> FileResponse:
    """
    Return a file as an answer.

    Parameters
    ----------
    name
        Of the file, as a browser saves it.
    media
        Its media type.
    write
        Writes it to a path.
    headers
        Further headers of the answer.
    """
    folder = Path(tempfile.mkdtemp(prefix="zonetwin-"))
    try:
        write(folder / name)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    told = {"Content-Disposition": f'attachment; filename="{name}"'} | (headers or {})
    return FileResponse(folder / name, media_type=media, headers=told,
                        background=BackgroundTask(shutil.rmtree, folder, ignore_errors=True))
