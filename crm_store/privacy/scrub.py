"""After an erasure the freed pages of the data file are overwritten, so that nothing can be read from them."""

from contextlib import closing
from pathlib import Path
from typing import Final

from crm_store.engine.sqlite import library
from crm_store.errors import StoreUnavailable
from crm_store.lookup.keeper import remove_files

_PATIENCE: Final = 30.0


def scrub(file: Path) -> None:
    """Write a SQLite file anew, empty its journal, and remove the look-up's copies beside it.

    Raises StoreUnavailable while others hold the file. PostgreSQL needs no such step: it vacuums by itself, and its
    pages are written over in time.
    """
    remove_files(file.parent)
    module = library()
    try:
        with closing(module.connect(str(file), timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("VACUUM")
            busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except module.OperationalError as problem:
        raise StoreUnavailable("The data file is in use; stop Rapport and say this again.") from problem
    if busy:
        raise StoreUnavailable("The journal of the data file is in use; stop Rapport and say this again.")
