"""Which customers are marked: some, or all that a search finds but some."""

from dataclasses import dataclass

from crm_tui.services.selection import Selection


@dataclass(frozen=True, slots=True)
class Marks:
    """Marks belong to the search line they were made under."""

    query: str = ""
    ids: frozenset[int] = frozenset()
    """Who is marked, or, where all are, who is not."""
    is_all: bool = False

    def has(self, customer_id: int) -> bool:
        """Say whether a customer is marked."""
        return (customer_id in self.ids) is not self.is_all

    def toggled(self, customer_id: int) -> "Marks":
        """Return the marks with that of one customer turned round."""
        return Marks(self.query, self.ids ^ {customer_id}, self.is_all)

    def count(self, total: int) -> int:
        """Return how many are marked, where the search finds `total`."""
        return max(0, total - len(self.ids)) if self.is_all else len(self.ids)

    @property
    def selection(self) -> Selection:
        """The marked customers, for what is done with them."""
        return Selection(query=self.query, without=self.ids) if self.is_all else Selection(ids=self.ids)
