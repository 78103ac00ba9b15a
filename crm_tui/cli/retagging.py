"""`tags`: the tags with their numbers, and changes of a tag for all who carry it (R16)."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from crm_tui.cli import output
from crm_tui.cli.answers import tell
from crm_tui.cli.diagnostics import Exit, say
from crm_tui.core.problems import Problem
from crm_tui.i18n import t
from crm_tui.services import tagging
from crm_tui.services import tags as tag_service
from crm_tui.services.tagging import Retagged
from crm_tui.services.workspace import Workspace

_NO_LONGER = "-"
"""Before a tag that is no longer offered."""


def show_tags(workspace: Workspace, as_json: bool) -> Exit:
    """List import tags, then customer tags as a tree, with the numbers of their customers."""
    imports = tag_service.import_tags(workspace)
    tree = tag_service.tag_tree(workspace)
    if as_json:
        kept = ({"kind": "import", "name": tag.name, "count": tag.count} for tag in imports)
        output.array([*kept, *(_node_json(node) for node in _flat(tree))])
        return Exit.DONE
    rows = [("import", tag.name, str(tag.count), "", "") for tag in imports]
    for top in tree:
        for node in (top, *top.children):
            label = node.name if node is top else f"  {node.label}"
            total = str(node.total) if node.children else ""
            rows.append(("tag", label, str(node.count), total, "" if node.is_offered else _NO_LONGER))
    if rows:
        output.table(("kind", "name", "count", "total", "offered"), rows)
    else:
        say(t("cli.no_tags"))
    return Exit.DONE


def _flat(nodes: tuple[tag_service.TagNode, ...]) -> Iterator[tag_service.TagNode]:
    for node in nodes:
        yield node
        yield from node.children


def _node_json(node: tag_service.TagNode) -> dict[str, Any]:
    return {"kind": "tag", "name": node.name, "count": node.count, "total": node.total, "offered": node.is_offered}


def rename_tag(workspace: Workspace, name: str, new: str, with_customers: bool, as_json: bool) -> Exit:
    """Give a tag another name."""
    return _tell(tagging.rename_tag(workspace, name, new, with_customers=with_customers), as_json)


def merge_tags(workspace: Workspace, name: str, into: str, with_customers: bool, as_json: bool) -> Exit:
    """Make one tag of two."""
    return _tell(tagging.merge_tags(workspace, name, into, with_customers=with_customers), as_json)


def delete_tag(workspace: Workspace, name: str, with_customers: bool, as_json: bool) -> Exit:
    """Delete a tag."""
    return _tell(tagging.delete_tag(workspace, name, with_customers=with_customers), as_json)


def delete_import_tag(workspace: Workspace, name: str, as_json: bool) -> Exit:
    """Delete an import tag."""
    return _tell(Retagged(1, tagging.delete_import_tag(workspace, name)), as_json)


def _tell(answer: Retagged | Problem, as_json: bool) -> Exit:
    return tell(
        answer,
        lambda done: t("cli.retagged", tags=f"{done.tags:,}", customers=f"{done.customers:,}"),
        asdict,
        as_json,
    )
