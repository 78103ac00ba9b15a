"""Signs that say a state without colour; plain ones where the terminal is asked for ASCII."""

from textual.dom import DOMNode

_SIGNS = {
    "done": ("✓", "+"),
    "bad": ("✗", "x"),
    "to": ("→", ">"),
    "chosen": ("(•)", "(*)"),
    "free": ("( )", "( )"),
    "full": ("█", "#"),
    "rest": ("░", "."),
    "gap": ("│", "|"),
    "ascending": ("↑", "^"),
    "descending": ("↓", "v"),
    "before": ("‹", "<"),
    "more": ("›", ">"),
    "folded": ("▸", "+"),
    "unfolded": ("▾", "-"),
    "branch": ("├", "|"),
    "last_branch": ("└", "`"),
}


def sign(node: DOMNode, name: str) -> str:
    """Return a sign as the terminal of `node` can draw it."""
    drawn, plain = _SIGNS[name]
    return plain if node.app.has_class("-ascii") else drawn
