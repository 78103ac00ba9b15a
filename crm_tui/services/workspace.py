"""The composition root: one database, one manager, one clock; the only place that commits."""

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from copy import copy
from pathlib import Path
from threading import Event
from typing import Any

from crm_tui import config
from crm_tui.core.permissions import Permission, RoleCode, lacking, working
from crm_tui.services.activity import ActivityKind, record
from crm_tui.services.errors import Cancelled, CrmError, DatabaseError, Forbidden, NotFound, unwritable
from storage import engine as storage_engine
from storage import managers, revision, search_parts
from storage.circumstances import code_of
from storage.dialects import sqlite
from storage.sql import Connection, Engine, database_errors, driver_connection, said

_REFUSAL_LASTS_MS = 60_000
_ENTER = "enter"
"""What somebody wanted who is no manager of the database at all, as a refusal is logged."""


class Workspace:
    """An open database and who works on it. Safe to share between threads: each call has its own connection."""

    def __init__(self, engine: Engine, path: Path, manager: str) -> None:
        self._engine = engine
        self.path = path
        self.manager = manager
        self._has_deleted = False
        self._stop: Event | None = None
        self._refused_at: dict[str, int] = {}

    @property
    def database(self) -> str:
        """The database as a person writes it."""
        return str(self.path)

    @property
    def is_only_readable(self) -> bool:
        """Whether nothing can be written: the folder of the database is not this user's, or on a fixed disk."""
        return sqlite.is_only_readable(self.path)

    def now_ms(self) -> int:
        """Return the moment, as UTC epoch milliseconds."""
        return time.time_ns() // 1_000_000

    def until(self, stop: Event) -> "Workspace":
        """Return the same database, on which reading ends with `Cancelled` when `stop` is set."""
        stoppable = copy(self)
        stoppable._stop = stop
        return stoppable

    def granted(self) -> frozenset[Permission]:
        """Return what the manager may do now; an owner may change that at any moment (R51)."""
        with self.reading(None) as connection:
            return working(managers.granted(connection, self.manager) or ())

    @contextmanager
    def reading(self, permission: Permission | None) -> Iterator[Connection]:
        """Give a connection that sees one unchanging state of the database.

        Args:
            permission: What the manager must be allowed to do (R51); None: everybody may.

        Raises:
            Forbidden: They are not; the activity log has a line about it.
        """
        with self._refusals_logged():
            try:
                with translated_errors(self.path), self._engine.connect() as connection, connection.begin():
                    if self._stop is not None:
                        sqlite.stop_when(driver_connection(connection), self._stop.is_set)
                    self._check(connection, permission)
                    yield connection
            except database_errors() as error:
                if self._stop is None or not self._stop.is_set() or not sqlite.is_interrupt(error):
                    raise
                raise Cancelled("cancelled") from error

    def _check(self, connection: Connection, permission: Permission | None) -> None:
        if permission is None:
            return
        granted = managers.granted(connection, self.manager)
        if granted is None:
            raise self._unknown(connection)
        missing = lacking(permission, granted)
        if missing is not None:
            owners = ", ".join(managers.owners(connection))
            raise Forbidden("permission_refused", permission=missing.value, owners=owners)

    def _unknown(self, connection: Connection) -> Forbidden:
        return Forbidden("manager_unknown", manager=self.manager, owners=", ".join(managers.owners(connection)))

    @contextmanager
    def _refusals_logged(self) -> Iterator[None]:
        try:
            yield
        except Forbidden as error:
            self._log_refusal(str(error.params.get("permission", _ENTER)))
            raise

    def _log_refusal(self, permission: str) -> None:
        """Add a line about a refusal, one a minute: a screen that looks again and again is one attempt."""
        now = self.now_ms()
        if now - self._refused_at.get(permission, now - _REFUSAL_LASTS_MS) < _REFUSAL_LASTS_MS:
            return
        self._refused_at[permission] = now
        # Where it cannot be written, what was refused stays refused.
        with suppress(CrmError), self.transaction(None) as connection:
            record(connection, self, ActivityKind.REFUSED, permission=permission)

    def enter(self) -> None:
        """Let the manager in; who opens a new database is its owner (R50).

        So is the first to open one from before there were managers: all others whom it names go on with the basic role.

        Raises:
            Forbidden: They are no manager of this database.
        """
        with self.reading(None) as connection:
            if managers.granted(connection, self.manager) is not None:
                return
            if managers.has_any(connection):
                raise self._unknown(connection)
        with self.transaction(None) as connection:
            if managers.has_any(connection):  # somebody was faster
                raise self._unknown(connection)
            managers.add_first(connection, self.manager, self.now_ms())
            record(connection, self, ActivityKind.MANAGER_ADDED, name=self.manager, role=RoleCode.OWNER)
            for name in managers.add_known(connection, self.now_ms(), self.manager):
                record(connection, self, ActivityKind.MANAGER_ADDED, name=name, role=RoleCode.BASIC)

    @contextmanager
    def transaction(self, permission: Permission | None, *, changes_customers: bool = False) -> Iterator[Connection]:
        """Give a connection whose writes are all kept or, on any error, all dropped.

        Args:
            permission: What the manager must be allowed to do (R51); None: everybody may.
            changes_customers: Tells open screens and prepared imports that customers moved, if anything is written.

        Raises:
            Forbidden: They are not; the activity log has a line about it.
        """
        with (
            self._refusals_logged(),
            translated_errors(self.path),
            self._engine.execution_options(crm_write=True).begin() as connection,
        ):
            self._check(connection, permission)
            raw = driver_connection(connection)
            before = sqlite.rows_written(raw)
            yield connection
            if changes_customers and sqlite.rows_written(raw) > before:
                revision.customers_changed(raw)

    @contextmanager
    def bulk(self, scratch: Path, *, create: bool = False) -> Iterator[Any]:
        """Give a DBAPI connection with the database at `scratch` attached; `immediate` begins its transactions.

        Raises:
            NotFound: There is no scratch database, and none is to be made.
            OutputError: It cannot be made.
        """
        if create:
            try:
                sqlite.secure_new_file(scratch)
            except OSError as error:
                raise unwritable(error, scratch) from error
        with translated_errors(self.path):
            pooled = self._engine.raw_connection()
            try:
                connection: Any = pooled.driver_connection
                try:
                    sqlite.attach_scratch(connection, scratch)
                except sqlite.driver_error():
                    if scratch.exists():
                        raise
                    raise NotFound("prepared_gone") from None
                yield connection
            finally:
                pooled.close()

    def renew_scratch(self, connection: Any, scratch: Path) -> None:
        """Put an empty scratch database in place of the one that is attached to a connection of `bulk`."""
        with translated_errors(scratch):
            connection.execute("DETACH DATABASE scratch")
            try:
                scratch.unlink(missing_ok=True)
                sqlite.secure_new_file(scratch)
            except OSError as error:
                raise unwritable(error, scratch) from error
            sqlite.attach_scratch(connection, scratch)

    @contextmanager
    def immediate(self, connection: Any, permission: Permission | None = None) -> Iterator[None]:
        """Keep all that is written on a connection of `bulk`, or, on any error, nothing.

        Args:
            connection: The one.
            permission: What the manager must be allowed to do (R51); None: everybody may.

        Raises:
            Forbidden: They are not; the activity log has a line about it.
        """
        with self._refusals_logged(), _transaction(connection, "BEGIN IMMEDIATE", self.path):
            # On another connection, which sees the same: nobody else can write now.
            with translated_errors(self.path), self._engine.connect() as beside, beside.begin():
                self._check(beside, permission)
            yield

    def deferred(self, connection: Any, scratch: Path) -> AbstractContextManager[None]:
        """Keep what is written to the scratch database; the live one is only read, and others may write to it."""
        return _transaction(connection, "BEGIN", scratch)

    def note_deleted(self, connection: Connection, *, elsewhere: bool = False) -> None:
        """Note that what this transaction has deleted is to be overwritten once it is kept (R38, R49).

        What the text index holds of customers who are gone goes here.

        Args:
            connection: Its.
            elsewhere: Other files hold it too; whoever removes them calls `overwrite_deleted` afterwards.
        """
        raw = driver_connection(connection)
        search_parts.forget_deleted(raw)
        sqlite.note_deleted(raw, elsewhere=elsewhere)

    def has_deleted_elsewhere(self) -> bool:
        """Say whether other files may hold what was deleted: who deleted it died before they were removed."""
        with self.reading(None) as connection:
            return sqlite.has_deleted(driver_connection(connection), elsewhere=True)

    def overwrite_deleted(self) -> bool:
        """Overwrite what was deleted for good and may still be found in the file; return whether that is done.

        Where a reader or a writer is in the way it is done when the database is closed, or opened the next time.
        """
        try:
            with self.reading(None) as connection:
                has_deleted = sqlite.has_deleted(driver_connection(connection))
            self._has_deleted = has_deleted and not sqlite.overwrite_deleted(self._engine, self.path)
        except (OSError, DatabaseError, sqlite.driver_error()):
            self._has_deleted = True
        return not self._has_deleted

    def close(self) -> None:
        """Let go of the database."""
        if self._has_deleted:
            self.overwrite_deleted()
        self._engine.dispose()


@contextmanager
def _transaction(connection: Any, begin: str, written: Path) -> Iterator[None]:
    with translated_errors(written):
        try:
            connection.execute(begin)
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


@contextmanager
def translated_errors(path: Path) -> Iterator[None]:
    """Turn what the database at `path` says about its circumstances into one `DatabaseError`."""
    try:
        yield
    except database_errors() as error:
        code = code_of(said(error))
        if code is None:
            raise
        has_gone = code == "database_readonly" and not path.exists()
        raise DatabaseError("database_gone" if has_gone else code, path=str(path)) from error


def open_workspace(db: str | None = None, *, manager: str | None = None) -> Workspace:
    """Open the database `db` (a path or sqlite:/// URL; by default the user's own), making it where it is missing.

    Raises:
        DatabaseError: It cannot be opened; its code says why.
        Forbidden: The manager is none of this database's.
    """
    path = config.database_path(db)
    if not config.is_own_place(db) and not path.parent.exists():
        # A slip of the pen in a path must not make an empty database somewhere.
        raise DatabaseError("database_no_folder", path=str(path))
    try:
        engine = storage_engine.open_engine(path)
    except storage_engine.OpenRefused as refused:
        raise DatabaseError(refused.problem.value, path=str(path)) from refused
    workspace = Workspace(engine, path, manager or config.login_name())
    try:
        workspace.enter()
    except CrmError:
        workspace.close()
        raise
    return workspace
