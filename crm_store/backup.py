"""Copies of the store: made while it is in use, checked, and brought back."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from crm_store.engine.sqlite import library
from crm_store.engine.work import Work
from crm_store.errors import BadInput, BadSetting, CrmError, StoreUnavailable
from crm_store.settings import Settings, child_environment

_PATIENCE: Final = 10.0
_LONGEST: Final = 6 * 60 * 60
_BESIDE: Final = ("", "-wal", "-shm")
_NOTHING_IN: Final = frozenset({"alembic_version"})


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was checked; `tables` counts the rows of each table and is empty for PostgreSQL."""

    file: Path
    engine: str
    schema: str | None
    tables: dict[str, int]
    size: int

    @property
    def rows(self) -> int:
        """All rows but the schema's own."""
        return sum(count for name, count in self.tables.items() if name not in _NOTHING_IN)


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back, and where the store that stood there lies now."""

    copy: Copy
    kept_as: Path | None


@contextmanager
def spoken() -> Iterator[None]:
    """Turn the database's own complaints into a sentence: for opening and migrating, which no unit of work guards."""
    try:
        yield
    except DBAPIError as problem:
        raise StoreUnavailable(f"The store does not answer: {_first_line(problem.orig)}.") from problem
    except OSError as problem:
        raise BadSetting(f"The store cannot be opened: {problem.strerror or problem}.") from problem


def schema(work: Work) -> str | None:
    """The version the store has; None for an empty one."""
    if not work.connection.dialect.has_table(work.connection, "alembic_version"):
        return None
    row = work.connection.exec_driver_sql("SELECT version_num FROM alembic_version").first()
    return str(row[0]) if row else None


def needed_schema() -> str:
    """The newest version this code has; told by the files' names, since loading alembic costs a command a second."""
    versions = Path(__file__).parent / "migrations" / "versions"
    return max(file.name.partition("_")[0] for file in versions.glob("[0-9]*_*.py"))


def store_file(settings: Settings) -> Path | None:
    """The file of a SQLite store; None for PostgreSQL; raises BadSetting for an address that says neither."""
    url = settings.store_url
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///"))
    try:
        make_url(url)
    except (ArgumentError, ValueError) as problem:
        raise BadSetting("DATABASE_URL is not an address such as postgresql://user@host:5432/name.") from problem
    return None


def back_up(settings: Settings, target: Path) -> Copy:
    """Write a consistent copy to a new file and check it; the store may be in use meanwhile."""
    if os.path.lexists(target):
        raise BadInput(f"{target} exists already; name a new file.")
    if not target.absolute().parent.is_dir():
        raise BadInput(f"There is no folder {target.absolute().parent}.")
    source = store_file(settings)
    if source is not None and not source.is_file():
        raise BadInput(f"There is no store at {source}.")
    partial = target.with_name(target.name + ".partial")
    try:
        partial.unlink(missing_ok=True)
        # The copy holds everything about everybody, so it is its maker's alone from its first byte on.
        os.close(os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copy = _dump(settings, partial) if source is None else _vacuum(source, partial)
        os.link(partial, target)
    except FileExistsError as problem:
        raise BadInput(f"{target} exists already; name a new file.") from problem
    except OSError as problem:
        raise BadInput(f"{target} cannot be written: {problem.strerror or problem}.") from problem
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return Copy(target, copy.engine, copy.schema, copy.tables, copy.size)


def verify(file: Path) -> Copy:
    """Read a copy from end to end; raises BadInput with what is wrong with it."""
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    module = library()
    address = f"{file.absolute().as_uri()}?mode=ro"
    try:
        with closing(module.connect(address, uri=True, timeout=_PATIENCE)) as connection:
            return _verified(connection, file)
    except module.DatabaseError as problem:
        raise BadInput(f"{file} is not a copy of a store, or it is damaged: {_first_line(problem)}.") from problem


def restore(settings: Settings, file: Path) -> Restored:
    """Bring a copy back; the store that stands there is moved aside, never overwritten. Migrate it afterwards."""
    target = store_file(settings)
    if target is None:
        return Restored(_load(settings, file), None)
    copy = verify(file)
    if copy.schema is None:
        raise BadInput(f"{file} holds no store of Rapport.")
    if copy.schema > needed_schema():
        raise BadInput(f"{file} was made by a newer version of Rapport; install that version first.")
    if target.exists() and os.path.samefile(file, target):
        raise BadInput(f"{file} is the store itself.")
    try:
        return _replace(target, file, copy)
    except OSError as problem:
        raise BadInput(f"{target} cannot be written: {problem.strerror or problem}.") from problem


def _replace(target: Path, file: Path, copy: Copy) -> Restored:
    target.parent.mkdir(parents=True, exist_ok=True)
    arriving = target.with_name(target.name + ".arriving")
    arriving.unlink(missing_ok=True)
    try:
        os.close(os.open(arriving, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        shutil.copyfile(file, arriving)
        with arriving.open("rb") as written:
            os.fsync(written.fileno())
        kept_as = _move_aside(target) if any(_beside(target, end).exists() for end in _BESIDE) else None
        arriving.rename(target)
    finally:
        arriving.unlink(missing_ok=True)
    return Restored(copy, kept_as)


def _move_aside(target: Path) -> Path | None:
    """The old store under a name of its own; None where it was empty."""
    _close_journal(target)
    if target.exists() and target.stat().st_size == 0:
        target.unlink()
    number, kept = 1, target.with_name(f"{target.name}.before-restore")
    while any(_beside(kept, end).exists() for end in _BESIDE):
        number += 1
        kept = target.with_name(f"{target.name}.before-restore-{number}")
    moved = False
    for end in _BESIDE:
        if _beside(target, end).exists():
            _beside(target, end).rename(_beside(kept, end))
            moved = True
    return kept if moved else None


def _close_journal(target: Path) -> None:
    """Fold the journal into the file; only the sole user of a file may, so this also tells whether Rapport runs."""
    if not target.exists():
        return
    module = library()
    try:
        with closing(module.connect(str(target), timeout=1.0)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE").fetchall()
    except module.OperationalError as problem:
        if "locked" in str(problem):
            raise CrmError("Rapport is running on this store; stop it first.") from problem
    except module.DatabaseError:
        # What stands there is no database any more: it is moved aside as it is.
        return


def _beside(file: Path, ending: str) -> Path:
    return file.with_name(file.name + ending)


def _vacuum(source: Path, target: Path) -> Copy:
    module = library()
    try:
        with closing(module.connect(str(source), timeout=_PATIENCE, isolation_level=None)) as connection:
            connection.execute("VACUUM INTO ?", (str(target),))
    except module.DatabaseError as problem:
        raise StoreUnavailable(f"The store could not be copied: {_first_line(problem)}.") from problem
    with target.open("rb") as written:
        os.fsync(written.fileno())
    return verify(target)


def _verified(connection: Any, file: Path) -> Copy:
    ((found, *_),) = connection.execute("PRAGMA integrity_check(1)").fetchall()
    if found != "ok":
        raise BadInput(f"{file} is damaged: {found}.")
    dangling = connection.execute("PRAGMA foreign_key_check").fetchone()
    if dangling is not None:
        raise BadInput(f"{file} is not whole: a row of {dangling[0]} points to a row of {dangling[2]} that is missing.")
    names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    # The names come from the file, so they are quoted as names.
    quoted = {name: '"' + name.replace('"', '""') + '"' for (name,) in names.fetchall()}
    counts = {
        name: connection.execute(f"SELECT count(*) FROM {safe}").fetchone()[0]  # noqa: S608 -- quoted above
        for name, safe in sorted(quoted.items())
    }
    version = None
    if counts.get("alembic_version"):
        version = str(connection.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    return Copy(file, "sqlite", version, counts, file.stat().st_size)


def _dump(settings: Settings, target: Path) -> Copy:
    _program("pg_dump", "--format=custom", f"--file={target}", settings=settings)
    _program("pg_restore", "--list", str(target))
    return Copy(target, "postgresql", None, {}, target.stat().st_size)


def _load(settings: Settings, file: Path) -> Copy:
    if not file.is_file():
        raise BadInput(f"There is no file {file}.")
    listed = _program("pg_restore", "--list", str(file))
    if "alembic_version" not in listed:
        raise BadInput(f"{file} holds no store of Rapport.")
    try:
        _program("pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", str(file), settings=settings)
    except StoreUnavailable as problem:
        # Without --clean it changes nothing where the database holds a store already.
        if "already exists" in problem.sentence:
            raise BadInput("The database is not empty; make a new one and set DATABASE_URL to it.") from problem
        raise
    return Copy(file, "postgresql", None, {}, file.stat().st_size)


def _program(name: str, *arguments: str, settings: Settings | None = None) -> str:
    """Run one of PostgreSQL's own programs; the password goes by the environment, never by the list of processes."""
    extra: dict[str, str] = {}
    if settings is not None:
        url = make_url(settings.store_url).set(drivername="postgresql")
        extra = {"PGPASSWORD": str(url.password)} if url.password else {}
        shown = url.set(password=None).render_as_string()
        arguments = (f"--dbname={shown}", *arguments)
    found = shutil.which(name)
    if found is None:
        raise BadSetting(f"{name} is not on the PATH; install PostgreSQL's client programs.")
    # The program is PostgreSQL's own and its arguments are ours; no shell reads them.
    done = subprocess.run(  # noqa: S603 -- see the sentence above
        [found, *arguments],
        env=child_environment(extra),
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        timeout=_LONGEST,
        stdin=subprocess.DEVNULL,
    )
    if done.returncode != 0:
        said = " ".join(done.stderr.replace(f"{name}: ", "").split())
        raise StoreUnavailable(f"{name} failed: {said[:400] or 'it gave no reason'}")
    return done.stdout


def _first_line(problem: object) -> str:
    lines = str(problem).strip().splitlines()
    return lines[0].strip().rstrip(".") if lines else "no reason was given"
