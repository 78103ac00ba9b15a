"""What a page or a count is asked of: a query, on a connection, with the indexes that are there."""

import json
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from crm_tui.core.query import Query
from crm_tui.core.query.nodes import And, Node
from storage.search.conditions import VISIBLE_IN_TABLE, Writer
from storage.search.distinct import with_values
from storage.search.indexes import read_indexes
from storage.sql import Connection, text

FEW = 1_000
"""Customers whose rows are looked up and sorted in some hundredths of a second."""
_TIMES = 5
"""As many are still few where several conditions are to be true: the others leave fewer of them."""
_FEW_ENOUGH = 250
"""Fewer are not looked for."""


class Asked:
    """One query on one connection, among customers who are in the contact list."""

    def __init__(self, connection: Connection, query: Query) -> None:
        self.connection = connection
        self.query = query
        self.indexes = read_indexes(connection)
        self.root = with_values(connection, query.root, self.indexes)

    def writer(self) -> Writer:
        """Return a writer of conditions without parameters so far."""
        return Writer(self.indexes)

    def parts(self, writer: Writer) -> list[Node]:
        """Return the conditions all of which are to be true."""
        assert self.root is not None
        return writer.grouped(self.root.parts, And) if isinstance(self.root, And) else [self.root]

    @cached_property
    def few(self) -> str | None:
        """A list (JSON) of a few ids among which are all that are found; None where they may be many.

        It is all that one of the conditions finds.
        """
        fewest: list[int] | None = None
        parts = self.parts(self.writer()) if self.root is not None else []
        most = FEW if len(parts) == 1 else FEW * _TIMES
        for part in parts:
            writer = self.writer()
            source = writer.source(part)
            if source is None:
                continue
            ids = self.ids(f"SELECT id FROM ({source}) LIMIT {most + 1}", writer.params)
            if len(ids) <= most and (fewest is None or len(ids) < len(fewest)):
                fewest = ids
                if len(ids) <= _FEW_ENOUGH:
                    break
        return None if fewest is None else json.dumps(fewest)

    def among(self, few: str) -> tuple[str, dict[str, Any]]:
        """Return what stands behind FROM for those who are found among a few."""
        writer = self.writer()
        ids = f"SELECT value AS id FROM json_each({writer.bind(few)})"
        parts = [] if self.root is None else self.parts(writer)
        if links := [writer.test(part) for part in parts if self.indexes.is_link(part)]:
            # Their tags are looked at first: a customer's row costs as much again.
            ids = f"SELECT id FROM ({ids} LIMIT -1) AS customer WHERE {' AND '.join(links)}"
        test = "" if self.root is None else f" AND {writer.test(self.root)}"
        return f"customer NOT INDEXED WHERE id IN ({ids}) AND {VISIBLE_IN_TABLE}{test}", writer.params

    def number(self, statement: str, params: Mapping[str, Any]) -> int:
        """Return the one number that a statement gives."""
        number: int = self.connection.execute(text(statement), dict(params)).scalar_one()
        return number

    def ids(self, statement: str, params: Mapping[str, Any]) -> list[int]:
        """Return the ids that a statement gives."""
        return list(self.connection.execute(text(statement), dict(params)).scalars())
