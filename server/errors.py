"""One form for every error over HTTP, and the one table that gives exceptions their status."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import duckdb
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from server.security import SECURITY
from twin import errors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fastapi import FastAPI, Request

logger = logging.getLogger(__name__)

STATUS: Mapping[type[Exception], int] = {
    errors.NotFoundError: 404,
    errors.AccessError: 401,
    errors.ZoneError: 400,
    errors.DraftError: 400,
    errors.BusyError: 503,
    errors.ReleaseError: 503,
    errors.StoreError: 503,
    errors.ZonetwinError: 500,
    duckdb.InterruptException: 503,
    duckdb.OutOfMemoryException: 503,
}
PLAIN: Mapping[type, str] = {
    duckdb.InterruptException: "the question took too long; ask for less at once",
    duckdb.OutOfMemoryException: "the question needs more memory than the server has; ask for less at once",
}


def error_response(
    status: int, kind: str, message: str, key: str | None = None, values: Mapping[str, float | str] | None = None
) -> JSONResponse:
    """Return the one JSON form of an error: in English, and for some the key of words in every language."""
    words = {"key": key, "values": values or {}} if key else {}
    return JSONResponse({"error": {"status": status, "kind": kind, "message": message} | words}, status_code=status)


def add_error_handlers(app: FastAPI) -> None:
    """Give every exception of the table its status, and every other a plain 500 without inner details."""
    for exception in STATUS:
        app.add_exception_handler(exception, _answer)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Exception, _unexpected)


async def _answer(_request: Request, error: Exception) -> JSONResponse:
    kind = next(kind for kind in type(error).__mro__ if kind in STATUS)
    words = (error.key, error.values) if isinstance(error, errors.ZonetwinError) else ()
    response = error_response(STATUS[kind], type(error).__name__, PLAIN.get(kind, str(error)), *words)
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110, section 11.6.1
        response.headers["Cache-Control"] = "no-store"  # who comes back with a key must be asked again
    return response


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    told = "; ".join(f"{'.'.join(str(part) for part in item['loc'][1:])}: {item['msg']}" for item in faults[:5])
    return error_response(422, "ValidationError", told or "the request is not valid")


async def _http(_request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    message = str(error.detail) if isinstance(error, HTTPException) else "error"
    response = error_response(status, "HTTPError", message)
    response.headers.update(getattr(error, "headers", None) or {})
    return response


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    logger.error("unexpected error at %s", request.url.path, exc_info=error)
    response = error_response(500, "InternalError", "the server made a mistake; it is in its log")
    response.headers.update(SECURITY)  # this answer is made outside of the middleware
    return response
