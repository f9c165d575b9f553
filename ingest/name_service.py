"""Text records of the name service: asked without blocking, answered within seconds, kept as long as they may be."""

from typing import TYPE_CHECKING, Final

from ingest.dkim_check import NameServiceDown

if TYPE_CHECKING:
    import dns.asyncresolver
    import dns.exception
    import dns.name
    import dns.rdatatype
    import dns.resolver

_SECONDS: Final = 4.0
_MOST_KEPT: Final = 2_000
_MOST_RECORDS: Final = 10
_MOST_CHARACTERS: Final = 8_192


class NameService:
    """The machine's own resolvers behind a cache that keeps each answer for its time to live."""

    def __init__(self, resolver: "dns.asyncresolver.Resolver | None" = None, seconds: float = _SECONDS) -> None:
        self._resolver = resolver
        self._seconds = seconds
        self._cache: dns.resolver.LRUCache | None = None

    async def texts(self, name: str) -> tuple[str, ...]:
        """The text records of a name; raises NameServiceDown where nobody answered in time."""
        import dns.asyncresolver  # noqa: PLC0415 -- a start must not wait for it; the first signed mail may

        try:
            answer = await self._ready().resolve(
                dns.name.from_text(name), dns.rdatatype.TXT, lifetime=self._seconds, search=False
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return ()
        except (dns.exception.DNSException, OSError, UnicodeError) as problem:
            raise NameServiceDown(type(problem).__name__) from problem
        records = (b"".join(record.strings)[:_MOST_CHARACTERS] for record in list(answer)[:_MOST_RECORDS])
        return tuple(record.decode("utf-8", "replace") for record in records)

    def _ready(self) -> "dns.asyncresolver.Resolver":
        """The resolver, made at its first use, since a machine without a name service must start all the same."""
        import dns.asyncresolver  # noqa: PLC0415 -- as in `texts`

        if self._resolver is None:
            self._resolver = dns.asyncresolver.Resolver()
        if self._cache is None:
            self._cache = dns.resolver.LRUCache(_MOST_KEPT)
        self._resolver.cache = self._cache
        return self._resolver
