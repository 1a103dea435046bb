"""OSMnx as it is set up to ask the services of OpenStreetMap, and what they may answer, in one sentence each."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from twin.errors import NetworkError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import requests
    from pydantic import ValidationError

SLOTTED_HOSTS = ("overpass-api.de",)  # shared services whose status page tells when a request may be sent
PIECE_KM2 = 50.0  # larger areas are asked for in pieces
SERVER_S = 180  # that the service may take for one piece
LESS = "ask for a smaller area, or give a PBF extract with --osm"
LATER = "try again later, or give a PBF extract with --osm"


@dataclass(frozen=True, slots=True)
class Services:
    """Whom to ask, how long to wait [s], where answers are kept, and who is told."""

    overpass_url: str
    nominatim_url: str
    cache: Path
    timeout_s: float
    say: Callable[[str], None]

    @property
    def has_slots(self) -> bool:
        """Whether Overpass has a status page; other servers have none, and nothing to wait for."""
        return urlsplit(self.overpass_url).hostname in SLOTTED_HOSTS


@contextmanager
def asking(services: Services, url: str, folder: Path, check: Callable[[requests.Response], None]) -> Iterator[None]:
    """
    Set OSMnx up for a service, and leave it, and the resolver of names that it replaces, as they were.

    Parameters
    ----------
    services
        The settings.
    url
        The service that is asked, for the messages.
    folder
        Where its answers are kept.
    check
        Raises what speaks against keeping an answer.

    Raises
    ------
    NetworkError
        If the service does not answer, or refuses.
    StoreError
        If the folder cannot be written, or holds a damaged answer.
    """
    import osmnx

    settings = _settings(services, folder) | {
        # Hooks, since OSMnx itself would wait for a minute after a refusal and ask again, for ever.
        "requests_kwargs": osmnx.settings.requests_kwargs | {"hooks": {"response": _hook(check)}},
    }
    before = {name: getattr(osmnx.settings, name) for name in settings}
    resolve = socket.getaddrinfo
    try:
        for name, value in settings.items():
            setattr(osmnx.settings, name, value)
        with _explained(services, url, folder):
            yield
    finally:
        for name, value in before.items():
            setattr(osmnx.settings, name, value)
        socket.getaddrinfo = resolve


def knock(services: Services) -> None:
    """Ask for the status page once, since OSMnx would sleep for a minute where there is no network at all."""
    import requests

    requests.get(f"{services.overpass_url}/status", timeout=services.timeout_s, headers={"User-Agent": _program()})


def strange(url: str, error: ValidationError, what: str) -> NetworkError:
    """Return the error for an answer that is not what was asked for."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    reason = (f"{where}: {first['msg']}" if where else first["msg"])[:160]
    return NetworkError(f"{url} answers with something else than {what} ({reason}); check its address, or {LATER}")


def damaged(folder: Path) -> StoreError:
    """Return the error for an answer that was kept, but not to its end."""
    return StoreError(f"{folder} holds a damaged answer; delete that folder and fetch again")


def _settings(services: Services, folder: Path) -> dict[str, object]:
    """Return OSMnx's settings. Its DNS over HTTPS, which asks a third party, is off."""
    return {
        "overpass_url": services.overpass_url,
        "nominatim_url": services.nominatim_url,
        "overpass_rate_limit": services.has_slots,
        "overpass_settings": f"[out:json][timeout:{SERVER_S}]{{maxsize}}",
        "max_query_area_size": PIECE_KM2 * 1e6,
        "requests_timeout": services.timeout_s,
        "http_user_agent": _program(),
        "http_referer": _program(),
        "doh_url_template": None,
        "use_cache": True,
        "cache_folder": folder,
        "cache_only_mode": True,
    }


def _hook(check: Callable[[requests.Response], None]) -> Callable[..., None]:
    """Return what looks at each response before OSMnx does."""

    def look(response: requests.Response, **_: object) -> None:
        if response.status_code >= 400:
            response.close()
            raise _refused(response)
        if not response.is_redirect and not response.url.endswith("/status"):
            check(response)

    return look


def _refused(response: requests.Response) -> NetworkError:
    """Return the error for an answer that is a refusal."""
    url, status = response.url.partition("?")[0], response.status_code
    if status in {429, 504}:
        busy = "its rate limit is reached, or it is too busy for this area"
        return NetworkError(f"{url} answers {status}: {busy}; wait some minutes, {LESS}")
    return NetworkError(f"{url} answers {status} and refuses the request; {LATER}")


@contextmanager
def _explained(services: Services, url: str, folder: Path) -> Iterator[None]:
    """Turn what fails while a service is asked into one sentence."""
    from requests import exceptions as http

    try:
        yield
    except http.RequestException as error:
        message = f"{url} {_failure(error, services.timeout_s)}; {LATER}"
        raise NetworkError(message) from error
    except json.JSONDecodeError as error:
        raise damaged(folder) from error
    except OSError as error:
        message = f"{folder} cannot be used as cache ({error.strerror}); choose another folder"
        raise StoreError(message) from error


def _failure(error: Exception, timeout_s: float) -> str:
    """Return in a few words why no answer came."""
    from requests import exceptions as http

    text = str(error)
    reasons = {
        "cannot be found, there may be no internet here": "Failed to resolve" in text,
        "refuses the connection": "refused" in text,
        f"did not answer within {timeout_s:g} s": isinstance(error, http.Timeout),
        "shows a certificate that is not trusted": isinstance(error, http.SSLError),
        "cannot be reached through the proxy": isinstance(error, http.ProxyError),
        "broke off its answer": isinstance(error, http.ChunkedEncodingError | http.ContentDecodingError),
    }
    return next((reason for reason, holds in reasons.items() if holds), "cannot be reached")


def _program() -> str:
    """Return the name under which the services see this program."""
    return f"zonetwin/{metadata.version('zonetwin')}"
