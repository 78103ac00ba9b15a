"""The search line: what it may say, what it means, and help in writing it.

    김 010-2020  tag:vip  import:"5월 고객"  member:yes
    points>=100 AND (city:서울 OR has:birthday) NOT lastSeenAt>30d  email:(a@x.kr, b@y.kr)  email:@list.txt

`parse_query` turns a line into nodes, `matches` says what they mean for one customer, and `storage.search` asks the
database the same.
"""

from crm_tui.core.query.completing import Completion, complete
from crm_tui.core.query.lines import LinePart, TermSpan, build_line, quoted, top_terms
from crm_tui.core.query.matching import matches
from crm_tui.core.query.nodes import (
    Alike,
    And,
    Contains,
    HasValue,
    InAnyYear,
    Initials,
    InRange,
    InSpans,
    IsMember,
    Node,
    Not,
    OneOf,
    Or,
    Query,
    QueryMistake,
    Word,
)
from crm_tui.core.query.parsing import parse_query
from crm_tui.core.query.texts import search_text, search_texts
from crm_tui.core.query.vocabulary import ListProblem, Vocabulary

__all__ = [
    "Alike",
    "And",
    "Completion",
    "Contains",
    "HasValue",
    "InAnyYear",
    "InRange",
    "InSpans",
    "Initials",
    "IsMember",
    "LinePart",
    "ListProblem",
    "Node",
    "Not",
    "OneOf",
    "Or",
    "Query",
    "QueryMistake",
    "TermSpan",
    "Vocabulary",
    "Word",
    "build_line",
    "complete",
    "matches",
    "parse_query",
    "quoted",
    "search_text",
    "search_texts",
    "top_terms",
]
