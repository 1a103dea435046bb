"""A typical year of PVGIS, downloaded by pvlib and written as the file that PVGIS itself would give."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pandas as pd

from twin.checks import Checks
from twin.errors import NetworkError, SourceError, StoreError, ZoneError
from twin.weather.file import read_weather

if TYPE_CHECKING:
    from pathlib import Path

    from twin.weather.year import WeatherYear

PVGIS_URL = "https://re.jrc.ec.europa.eu/api/v5_3/"
TIMEOUT_S = 120.0
LATER = "try again later, or give a file of your own with --weather"
STRANGE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)


def fetch_weather(
    latitude_deg: float, longitude_deg: float, out: Path, *, url: str = PVGIS_URL, timeout_s: float = TIMEOUT_S
) -> WeatherYear:
    """
    Download the typical year of a place and write it as a JSON file, which is then read like any other.

    Parameters
    ----------
    latitude_deg, longitude_deg
        Of the place, north and east positive. [degrees]
    out
        The file to write; an existing one is replaced when all is well.
    url
        Address of the service, without `tmy`.
    timeout_s
        How long to wait for an answer. [s]

    Returns
    -------
    year
        What the file says.

    Raises
    ------
    ZoneError
        If the place or the address cannot be.
    NetworkError
        If PVGIS cannot be reached, refuses, or answers with something else than a typical year.
    StoreError
        If the file cannot be written.
    """
    _check_request(latitude_deg, longitude_deg, url)
    frame, meta = _ask(latitude_deg, longitude_deg, url.rstrip("/") + "/", timeout_s)
    part = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(_document(frame, meta), encoding="utf-8")
        read_weather(part, Checks())
        part.replace(out)
    except SourceError as error:
        message = f"{url} answers with a year that cannot be ({str(error).partition(': ')[2]}); {LATER}"
        raise NetworkError(message) from error
    except OSError as error:
        message = f"{out} cannot be written ({error.strerror}); check the folder and the space on the disk"
        raise StoreError(message) from error
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)
    return read_weather(out, Checks())


def _check_request(latitude_deg: float, longitude_deg: float, url: str) -> None:
    if not (-90 <= latitude_deg <= 90 and -180 <= longitude_deg <= 180):
        message = f"--at {latitude_deg:g},{longitude_deg:g} is no place on the earth; write latitude,longitude"
        raise ZoneError(message)
    try:
        parts = urlsplit(url)
        plain = parts.scheme in {"http", "https"} and bool(parts.hostname) and not parts.query
        plain = plain and "@" not in parts.netloc
    except ValueError:
        plain = False
    if not plain:
        message = f"{url[:80].rpartition('@')[2]!r} is no address of a service; give one such as {PVGIS_URL}"
        raise ZoneError(message)


def _ask(latitude_deg: float, longitude_deg: float, url: str, timeout_s: float) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the answer of PVGIS as pvlib reads it, under the names and years of PVGIS."""
    import requests
    from pvlib import iotools

    try:
        frame, meta = iotools.get_pvgis_tmy(latitude_deg, longitude_deg, outputformat="json", map_variables=False,
                                            coerce_year=None, url=url, timeout=timeout_s)
    except requests.HTTPError as error:
        message = f"{url} refuses the request ({' '.join(str(error).split())[:160]}); choose another place, or {LATER}"
        raise NetworkError(message) from error
    except requests.exceptions.JSONDecodeError as error:
        raise _strange(url) from error
    except requests.RequestException as error:
        message = f"{url} {_failure(error, timeout_s)}; {LATER}"
        raise NetworkError(message) from error
    except STRANGE as error:
        raise _strange(url) from error
    return frame, meta


def _strange(url: str) -> NetworkError:
    return NetworkError(f"{url} answers with something else than a typical year; check its address, or {LATER}")


def _failure(error: Exception, timeout_s: float) -> str:
    """Return in a few words why no answer came."""
    import requests

    text = str(error)
    reasons = {
        "cannot be found, there may be no internet here": "Failed to resolve" in text,
        "refuses the connection": "refused" in text,
        f"did not answer within {timeout_s:g} s": isinstance(error, requests.Timeout),
        "cannot be reached through the proxy": isinstance(error, requests.exceptions.ProxyError),
    }
    return next((reason for reason, holds in reasons.items() if holds), "cannot be reached")


def _document(frame: pd.DataFrame, meta: dict[str, Any]) -> str:
    """Return the answer in the form in which PVGIS sent it."""
    times = pd.DatetimeIndex(frame.index).strftime("%Y%m%d:%H%M")
    hours = [{"time(UTC)": time} | row for time, row in zip(times, frame.to_dict("records"), strict=True)]
    inputs = {key: value for key, value in meta["inputs"].items() if key != "descriptions"}
    rest = {key: value for key, value in meta.items() if key not in {"inputs", "months_selected"}}
    rest["inputs"] = meta["inputs"].get("descriptions", {})
    outputs = {"months_selected": meta["months_selected"], "tmy_hourly": hours}
    return json.dumps({"inputs": inputs, "outputs": outputs, "meta": rest}, ensure_ascii=False)
