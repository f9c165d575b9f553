"""Seals secrets that lie in the store with keys that do not; the first key seals, every key opens."""

import hashlib
from collections.abc import Sequence
from typing import Any

from crm_store.errors import BadSetting


class Seal:
    """A ring of keys; what it seals for one owner opens for no other."""

    def __init__(self, keys: Sequence[str]) -> None:
        # Loaded for houses that keep tokens alone: it is a large library.
        from cryptography.fernet import Fernet, MultiFernet  # noqa: PLC0415 -- see the sentence above

        if not keys:
            raise BadSetting("CRM_TOKEN_KEYS is not set; make a key with 'crm rotate-keys --new-key'.")
        try:
            self._ring: Any = MultiFernet([Fernet(one.encode()) for one in keys])
        except ValueError as problem:
            raise BadSetting("CRM_TOKEN_KEYS: make keys with 'crm rotate-keys --new-key' alone.") from problem
        self._ids = tuple(id_of(one) for one in keys)

    @property
    def key_id(self) -> str:
        """The name of the key that seals from now on."""
        return self._ids[0]

    def close(self, secret: str, owner: str) -> bytes:
        """The sealed form of an owner's secret."""
        return bytes(self._ring.encrypt(f"{owner}\n{secret}".encode()))

    def open(self, sealed: bytes, owner: str, key_id: str) -> str:
        """The secret again; raises BadSetting where its key is missing or it was sealed for somebody else."""
        from cryptography.fernet import InvalidToken  # noqa: PLC0415 -- loaded where a seal was made

        try:
            whose, _, secret = self._ring.decrypt(sealed).decode().partition("\n")
        except InvalidToken as problem:
            known = "is" if key_id in self._ids else "is not"
            raise BadSetting(
                f"A token was sealed with the key {key_id}, which {known} among CRM_TOKEN_KEYS, and does not open."
                + ("" if key_id in self._ids else " Add that key behind the first one.")
            ) from problem
        if whose != owner:
            raise BadSetting("A token in the store was sealed for another team and is not used.")
        return str(secret)


def id_of(key: str) -> str:
    """A name for a key that tells nothing of it."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def new_key() -> str:
    """A fresh key for CRM_TOKEN_KEYS."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 -- for this command alone

    return str(Fernet.generate_key().decode())
