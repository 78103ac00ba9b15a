"""The contact list: which customers a query finds, in which order. Blocked ones are never among them (R46).

Three ways lead to a page; each is fast where the others are slow.

- A query that holds for many customers: the index of the order is walked, and the row of each customer is looked at
  until the page is full.
- A query that holds for few: the ids that it finds are read off the indexes that hold its parts, and the index of the
  order is walked for those of them that belong on the page. Customers' rows are not looked at.
- A page far down is read from the end where that is nearer.

The first page comes with the number of all (`count_and_first`): few are looked for once and sorted.
"""

from storage.search.conditions import condition
from storage.search.counting import count
from storage.search.orders import SORT_COLUMNS, Order
from storage.search.pages import count_and_first, page_ids, position
from storage.values import BLOCKED_AT

__all__ = ["BLOCKED_AT", "SORT_COLUMNS", "Order", "condition", "count", "count_and_first", "page_ids", "position"]
