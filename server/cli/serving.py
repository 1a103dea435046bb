"""Serving a store from the command line."""

from __future__ import annotations

import logging
import os
import socket
import sys
import threading
import webbrowser
from typing import TYPE_CHECKING

from rich.console import Console

from twin.errors import StoreError, ZoneError

if TYPE_CHECKING:
    from pathlib import Path

    from fastapi import FastAPI

logger = logging.getLogger(__name__)


def require_free_port(host: str, port: int) -> None:
    """
    Raise an error if the port is taken, before anything is built.

    Raises
    ------
    StoreError
        If the port is in use or not allowed, or the host is not this machine's.
    """
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        message = f"port {port} on {host} cannot be used ({error.strerror}); choose another with --port"
        raise StoreError(message) from error


def serve_store(store: Path, zone: str | None, *, host: str, port: int, browser: bool) -> None:
    """
    Serve until interrupted; print the address, and open a browser where there is one.

    Raises
    ------
    ZoneError
        If a setting of the environment is impossible.
    """
    import uvicorn
    from pydantic import ValidationError

    from server.app import make_app
    from server.settings import Settings

    try:
        settings = Settings(store=store, zone=zone)
    except ValidationError as error:
        (first, *_) = error.errors(include_input=False)
        name = "_".join(["ZONETWIN", *(str(part).upper() for part in first["loc"])])
        message = f"{name} cannot be used ({first['msg'].removeprefix('Value error, ')}); correct or unset it"
        raise ZoneError(message) from error
    app = make_app(settings)
    threading.Thread(target=_warm, args=(app,), daemon=True).start()
    address = f"http://{host}:{port}/"
    Console(stderr=True).print(f"Serving at [bold]{address}[/bold] (stop with Ctrl+C)")
    if browser and _has_screen():
        opener = threading.Timer(1.0, webbrowser.open, args=(address,))
        opener.daemon = True
        opener.start()
    uvicorn.run(app, host=host, port=port, log_level="warning", timeout_keep_alive=15, server_header=False)


def _warm(app: FastAPI) -> None:
    """Make ready what the first question about a draft would otherwise wait for; the server answers meanwhile."""
    try:
        with app.state.switch.use() as served:
            app.state.bureau.warm(served)
    except Exception:
        logger.exception("drafts could not be made ready; the first question about one will take longer")


def _has_screen() -> bool:
    """Return whether a browser would have somewhere to appear."""
    return sys.platform in {"darwin", "win32"} or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
