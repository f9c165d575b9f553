"""DKIM signatures of our own letters, over the headers that mailbox providers look at (RFC 6376, RFC 8058)."""

from pathlib import Path
from typing import Final

from crm_store.errors import BadSetting

_HEADERS: Final = (
    b"from", b"to", b"subject", b"date", b"message-id", b"reply-to", b"mime-version", b"content-type",
    b"list-id", b"list-unsubscribe", b"list-unsubscribe-post", b"feedback-id",
)  # fmt: skip


class Signer:
    """Signs letters of one domain with one key."""

    def __init__(self, key: bytes, selector: str) -> None:
        import dkim  # noqa: PLC0415 -- loads a resolver with it, and only those who set a key need it

        self._key, self._selector = key, selector.encode("ascii")
        self._sign = dkim.sign

    @classmethod
    def from_file(cls, path: str, selector: str) -> "Signer":
        """The key lies in a file; raises BadSetting where it cannot be read or the selector is missing."""
        if not selector:
            raise BadSetting("CRM_DKIM_KEY needs CRM_DKIM_SELECTOR, the name of the key in the sending domain.")
        try:
            return cls(Path(path).read_bytes(), selector)
        except OSError as problem:
            raise BadSetting(f"CRM_DKIM_KEY: {path} cannot be read ({problem.strerror}).") from problem

    def signed(self, content: bytes, domain: str) -> bytes:
        """The letter with its signature in front; both unsubscribe headers are covered."""
        signature: bytes = self._sign(
            content, self._selector, domain.encode("idna"), self._key,
            canonicalize=(b"relaxed", b"relaxed"), include_headers=list(_HEADERS),
        )  # fmt: skip
        return signature + content
