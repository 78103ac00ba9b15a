"""SQLAlchemy as the storage and the services use it, loaded by the first database that is opened.

It takes longer to load than all else that a command needs, and the program's first frame needs none of it: whoever
speaks of a connection imports its name from here. Only `dialects`, `tables` and the migrations import it themselves.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Connection as Connection
    from sqlalchemy import Engine as Engine
    from sqlalchemy import Row as Row
    from sqlalchemy import RowMapping as RowMapping
    from sqlalchemy import TextClause as TextClause
else:

    class Connection:
        """SQLAlchemy's, named in a signature."""

    class Engine:
        """SQLAlchemy's, named in a signature."""

    class Row:
        """SQLAlchemy's, named in a signature."""

        __class_getitem__ = classmethod(lambda cls, of: cls)

    class RowMapping:
        """SQLAlchemy's, named in a signature."""


def text(statement: str) -> "TextClause":
    """Return a statement whose parameters are written `:name`."""
    import sqlalchemy

    return sqlalchemy.text(statement)


def text_with_list(statement: str, name: str) -> "TextClause":
    """Return a statement whose parameter `name` takes a list, for `IN :name`."""
    import sqlalchemy

    return sqlalchemy.text(statement).bindparams(sqlalchemy.bindparam(name, expanding=True))


def database_errors() -> tuple[type[Exception], ...]:
    """Return what a statement raises that the database refuses: SQLAlchemy's error, and the driver's own."""
    from sqlalchemy.exc import DBAPIError

    from storage.dialects.sqlite import driver_error

    return DBAPIError, driver_error()


def said(error: Exception) -> str:
    """Return what the database says in an error of `database_errors`."""
    original: Any = getattr(error, "orig", None)
    return str(error if original is None else original)


def driver_connection(connection: Any) -> Any:
    """Return the driver's own connection below SQLAlchemy's, or itself where it is one already."""
    pooled = getattr(connection, "connection", None)
    return connection if pooled is None else pooled.driver_connection
