"""Databases with tags, fields and blocked customers, for the tests of the settings and of the blocked panel."""

from collections.abc import Iterable
from pathlib import Path

from crm_tui.core.fields import FieldType
from crm_tui.services import blocking, contact_list, customers, fields
from crm_tui.services.customers import Edited
from crm_tui.services.selection import Selection
from crm_tui.services.workspace import open_workspace
from tests.tui.places import ANN, MINSU, database, imported, write_file

TAGS = ('["의류/상의","의류/하의","VIP"]', '["의류/상의"]', '["의류"]')
"""Of three leads, in the order they were added."""


def with_tags(folder: Path, tags: Iterable[str] = TAGS) -> str:
    """Return the path of a database with customers who carry these tags, and one with an import tag."""
    tags = tuple(tags)
    path = database(
        folder, [MINSU, ANN, *({"email": f"lead{number}@example.com"} for number in range(3, len(tags) + 1))]
    )
    workspace = open_workspace(path)
    for customer_id, carried in enumerate(tags, 1):
        assert isinstance(customers.edit(workspace, customer_id, {"tags": carried}), Edited)
    workspace.close()
    imported(path, write_file(folder, ["kim@example.com,Kim,n,n,x"]), "5월 고객")
    return path


def with_fields(folder: Path) -> str:
    """Return the path of a database with three fields of the managers', the last one archived."""
    path = database(folder, [MINSU, ANN])
    workspace = open_workspace(path)
    for key, kind, label in (
        ("grade", FieldType.STRING, "회원 등급"),
        ("points", FieldType.NUMBER, "포인트"),
        ("old", FieldType.DATE, "옛날"),
    ):
        fields.add_field(workspace, key, kind, label)
    customers.edit(workspace, 1, {"profile.grade": "골드"})
    fields.archive_field(workspace, "old")
    workspace.close()
    return path


def with_blocked(folder: Path, reason: str = "환불 요구 반복") -> str:
    """Return the path of a database with two customers and three blocked ones, the first of those with a reason."""
    path = database(folder, [MINSU, ANN, *({"email": f"lead{number}@example.com"} for number in (3, 4, 5))])
    workspace = open_workspace(path)
    blocking.block(workspace, Selection(frozenset((1,))), reason)
    blocking.block(workspace, Selection(frozenset((3, 4))))
    workspace.close()
    return path


def tags_of(path: str) -> list[tuple[str, ...]]:
    """Return the tags of every customer, in the order they were added."""
    workspace = open_workspace(path)
    found = sorted(contact_list.every(workspace), key=lambda customer: customer.id)
    workspace.close()
    return [customer.tags for customer in found]
