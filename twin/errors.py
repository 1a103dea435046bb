"""What can go wrong, by name. Every message says what is wrong, where, and what to do."""


class ZonetwinError(Exception):
    """
    Base of every error that is meant for people: one clear sentence, never a traceback.

    Attributes
    ----------
    key
        Of the words that say it in every language, where there are such.
    values
        What stands in them.
    """

    def __init__(self, message: str = "", key: str | None = None, **values: float | str) -> None:
        super().__init__(message)
        self.key = key
        self.values = values


class ZoneError(ZonetwinError):
    """A zone's description (zone.toml or flags) is wrong."""


class SourceError(ZonetwinError):
    """A source cannot be read, or holds what cannot be true."""


class WeatherError(ZonetwinError):
    """Weather is missing, or cannot be what it says."""


class FactorError(ZonetwinError):
    """A table of factors is wrong."""


class LayerError(ZonetwinError):
    """A layer breaks its contract."""


class StoreError(ZonetwinError):
    """The store cannot be read or written."""


class ReleaseError(ZonetwinError):
    """A release is missing, incomplete or altered."""


class NetworkError(ZonetwinError):
    """A service on the network did not answer."""


class AccessError(ZonetwinError):
    """What is asked for is not public."""


class NotFoundError(ZonetwinError):
    """Nothing goes by that name."""


class PlanError(ZonetwinError):
    """A reference plan cannot be drawn or written as asked."""


class LightError(ZonetwinError):
    """Sun and shade cannot be computed as asked."""


class DraftError(ZonetwinError):
    """A drawn building cannot be."""


class BusyError(ZonetwinError):
    """Too many wait already."""
