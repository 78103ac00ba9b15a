"""One way through everything that reaches the database; what it finds is the same on every driver."""

import json
from pathlib import Path
from typing import Any

from crm_tui.core.fields import FieldType
from crm_tui.core.vocabulary import EmptyPolicy, LeadKey
from crm_tui.services import contact_list, customers, fields, health, imports, inbox, managed, samples, tags
from crm_tui.services.workspace import Workspace, open_workspace
from storage import search
from storage.dialects import sqlite
from tests.services.kit import leads, members

_QUERIES = (
    "",
    "김",
    "KIM@",
    "010-2020",
    "tag:vip",
    "import:5월",
    "member:no lee",
    'tag:vip import:"5월" member:yes',
    "nobody",
)


def tour(database: Path, folder: Path) -> dict[str, Any]:
    """Import, search, add, edit and count; return all that was found, the moments apart."""
    workspace = open_workspace(str(database), manager="kim")
    found = _written(workspace, folder)
    found["lists"] = [
        (
            contact_list.count(workspace, query).total,
            sort,
            [one.id for one in contact_list.page(workspace, query, sort=sort, descending=descending, limit=5)],
            contact_list.position(workspace, query, sort=sort, descending=descending, customer_id=2),
        )
        for query in _QUERIES
        for sort in search.SORT_COLUMNS
        for descending in (False, True)
    ]
    found["customers"] = [
        (one.id, one.member_id, sorted(one.profile.items()), one.tags, one.import_tags, one.unsubscribe_email)
        for one in contact_list.every(workspace, sort="memberId", descending=False)
    ]
    found["tags"] = [(one.name, one.count) for one in (*tags.import_tags(workspace), *tags.customer_tags(workspace))]
    found["mu"] = repr(managed.managed(workspace))
    found["log"] = [(one.id, one.state, repr(one.numbers), one.mapping) for one in imports.list_imports(workspace)]
    found["failed"] = [repr(one) for one in imports.failures(workspace, 1)]
    found["inbox"] = [one.import_id for one in inbox.inbox(workspace)]
    sqlite.copy_whole(workspace._engine, database.with_name("copy.db"))
    copy = open_workspace(str(database.with_name("copy.db")))
    found["copied"] = contact_list.count(copy).total
    copy.close()
    found["integrity"] = health.examine(workspace).integrity
    workspace.close()
    return json.loads(json.dumps(found))


def _written(workspace: Workspace, folder: Path) -> dict[str, Any]:
    made = fields.add_field(workspace, "sizes", FieldType.LIST_OF_NUMBER, "치수")
    columns = ("memberId", "profile.name", "profile.email", "tags", "profile.sizes")
    rows = [(f"M{number}", f"김{number}", f"kim{number}@example.com", '["VIP"]', f"[{number}]") for number in range(20)]
    numbers = [
        members(workspace, folder, columns, *rows, ("", "x", "bad", "", "")).numbers,
        members(workspace, folder, columns, *rows[5:], ("M5", "", "", '["gold","vip"]', "[7]"), tag="5월").numbers,
        members(workspace, folder, columns, ("M1", "", "", "", ""), policy=EmptyPolicy.CLEAR, tag="5월").numbers,
    ]
    columns = ("profile.mobileNumber", "profile.name", "tags")
    rows = [(f"+82 10-2020-{number:04}", f"Lee{number}", '["Gold"]') for number in range(10)]
    for _ in range(2):
        numbers.append(leads(workspace, folder, LeadKey.MOBILE_NUMBER, columns, *rows, tag="6월").numbers)
    columns = ("profile.email", "profile.name")
    rows = [("KIM3@example.com", "김삼"), ("new@example.com", "New"), ("new@example.com", "Newer")]
    numbers.append(leads(workspace, folder, LeadKey.EMAIL, columns, *rows, tag="6월").numbers)
    added = customers.add_lead(workspace, {"email": "add@example.com", "tags": '["Vip"]'})
    again = customers.add_lead(workspace, {"email": "ADD@example.com"})
    edited = customers.edit(workspace, 2, {"name": "이름", "sizes": "[1,2]"}, ["tags"])
    fields.archive_field(workspace, "sizes")
    fields.restore_field(workspace, "sizes")
    imports.save_failed_rows(workspace, 1, folder / "failed.xlsx", lambda problem: problem.code.value)
    imports.tidy(workspace)
    return {
        "field": repr(made),
        "numbers": [repr(one) for one in numbers],
        "answers": [type(one).__name__ for one in (added, again, edited)],
        "samples": [samples.load_samples(workspace), samples.load_samples(workspace)],
    }


def tour_and_doctor(database: str, folder: str) -> int:
    """Print what the tour finds, then let `doctor` have its say; return its exit code."""
    from crm_tui.__main__ import read_keys
    from crm_tui.cli.main import run

    print(json.dumps(tour(Path(database), Path(folder))))
    return run(["--lang", "en", "--db", database, "doctor", "--json"], lambda _: 1, read_keys)
