"""The tables. Rules live in `crm_tui.core`: a table model never validates.

Instants are UTC epoch milliseconds in BIGINT columns: exact, sortable, and the same on every database.
"""

from sqlalchemy import DDL, BigInteger, Column, Index, Text, event, text
from sqlmodel import Field, SQLModel

from storage.search_parts import PART_BITS

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

VISIBLE = "blocked_at IS NULL AND NOT is_hidden"
_VISIBLE = text(VISIBLE)


class CustomerRow(SQLModel, table=True):
    """A member or a lead (R1). Lists of tags are in `customer_tag` and `customer_import_tag`."""

    __tablename__ = "customer"
    __table_args__ = (
        Index("ix_customer_member_id", "member_id", unique=True),
        Index("ix_customer_email_key", "email_key"),
        Index("ix_customer_mobile_number", "mobile_number"),
        # The contact list shows neither blocked customers (R46) nor those over the limit of managed users: its indexes
        # leave them out.
        Index("ix_customer_seen", "last_seen_at", "id", sqlite_where=_VISIBLE),
        Index("ix_customer_created", "created_at", "id", sqlite_where=_VISIBLE),
        Index("ix_customer_name", "name", "id", sqlite_where=_VISIBLE),
        # With all columns in it a search of words reads the index alone, a tenth of the table. In the order of the ids
        # new customers come to its end, and those that the text index does not hold yet are a range of it.
        Index("ix_customer_search", "id", "search_text", "blocked_at", "is_hidden", sqlite_where=_VISIBLE),
        Index("ix_customer_blocked", "blocked_at", sqlite_where=text("blocked_at IS NOT NULL")),
        # With the other columns in it hidden customers, and members of them, are counted without a look at each row.
        Index("ix_customer_hidden", "last_seen_at", "id", "member_id", "is_hidden", sqlite_where=text("is_hidden")),
        # Words that nobody in the contact list has are looked for among the hidden ones, who may be the most.
        Index("ix_customer_hidden_search", "id", "search_text", "is_hidden", sqlite_where=text("is_hidden")),
        # Ids of deleted customers are never used again: a log line must not seem to mean somebody else.
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    member_id: str | None = Field(default=None, sa_type=Text)
    name: str | None = Field(default=None, sa_type=Text)
    email: str | None = Field(default=None, sa_type=Text)
    email_key: str | None = Field(default=None, sa_type=Text)
    """`email` as it is compared (R11): case-folded."""
    email_verified: bool = False
    mobile_number: str | None = Field(default=None, sa_type=Text)
    mobile_number_verified: bool = False
    landline_number: str | None = Field(default=None, sa_type=Text)
    description: str | None = Field(default=None, sa_type=Text)
    last_checkout_completed_at: int | None = Field(default=None, sa_type=BigInteger)
    custom: str = Field(default="{}", sa_type=Text)
    """The managers' own fields by bare key, as compact JSON."""
    unsubscribe_email: bool = False
    unsubscribe_texting: bool = False
    created_at: int = Field(sa_type=BigInteger)
    updated_at: int | None = Field(default=None, sa_type=BigInteger)
    last_seen_at: int = Field(sa_type=BigInteger)
    sessions_count: int = 0
    search_text: str = Field(default="", sa_type=Text)
    """What words of the search line are looked for in, case-folded."""
    blocked_at: int | None = Field(default=None, sa_type=BigInteger)
    blocked_by: str | None = Field(default=None, sa_type=Text)
    block_reason: str | None = Field(default=None, sa_type=Text)
    is_hidden: bool = Field(default=False, sa_column_kwargs={"server_default": text("0")})
    """Over the limit of managed users; never true of a blocked customer."""


class TagRow(SQLModel, table=True):
    """A customer tag; `name` is the first spelling the database saw (R16)."""

    __tablename__ = "tag"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    name: str = Field(sa_type=Text)
    is_offered: bool = Field(default=True, sa_column_kwargs={"server_default": text("1")})
    """False for a tag that managers took off the list while customers kept it."""


class CustomerTagRow(SQLModel, table=True):
    """Which customers carry which tag, in the order given."""

    __tablename__ = "customer_tag"
    __table_args__ = (Index("ix_customer_tag_tag", "tag_id", "customer_id"), {"sqlite_with_rowid": False})

    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    tag_id: int = Field(primary_key=True, foreign_key="tag.id", ondelete="CASCADE")
    position: int


class ImportTagRow(SQLModel, table=True):
    """An import tag (R30), compared without regard to case."""

    __tablename__ = "import_tag"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    name: str = Field(sa_type=Text)
    given_at: int = Field(sa_type=BigInteger)


class CustomerImportTagRow(SQLModel, table=True):
    """Which customers carry which import tag; the oldest given goes first (R30)."""

    __tablename__ = "customer_import_tag"
    __table_args__ = (
        Index("ix_customer_import_tag_tag", "import_tag_id", "customer_id"),
        {"sqlite_with_rowid": False},
    )

    customer_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    import_tag_id: int = Field(primary_key=True, foreign_key="import_tag.id", ondelete="CASCADE")
    given_at: int = Field(sa_type=BigInteger)


class FieldRow(SQLModel, table=True):
    """A field that a manager made (R6): archived and restored, never deleted."""

    __tablename__ = "field"

    key: str = Field(primary_key=True)
    type: str
    label: str = Field(sa_type=Text)
    archived_at: int | None = Field(default=None, sa_type=BigInteger)
    position: int


class ImportRow(SQLModel, table=True):
    """One line of the import log (R37)."""

    __tablename__ = "import"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    file_path: str = Field(sa_type=Text)
    target: str
    key: str | None = None
    policy: str
    tag: str | None = Field(default=None, sa_type=Text)
    headers_key: str
    """The same for files with the same set of headers: the last mapping is proposed again (R22)."""
    mapping: str = Field(sa_type=Text)
    """JSON: a list of [header, field key or null]."""
    manager: str = Field(sa_type=Text)
    started_at: int = Field(sa_type=BigInteger)
    running_since: int | None = Field(default=None, sa_type=BigInteger)
    """Since when it is being prepared or applied; NULL while it waits for a yes and when it has ended (R35)."""
    duration_ms: int = Field(default=0, sa_type=BigInteger)
    """How long it was prepared and applied; the time it waited for a yes is not counted."""
    state: str
    numbers: str | None = Field(default=None, sa_type=Text)
    failures_expire_at: int | None = Field(default=None, sa_type=BigInteger)


class ImportFailureRow(SQLModel, table=True):
    """A failed row, kept for 30 days (R38). `cells` and `problems` are JSON."""

    __tablename__ = "import_failure"
    __table_args__ = {"sqlite_with_rowid": False}

    import_id: int = Field(primary_key=True, foreign_key="import.id", ondelete="CASCADE")
    row_number: int = Field(primary_key=True)
    cells: str = Field(sa_type=Text)
    problems: str = Field(sa_type=Text)


class InboxRow(SQLModel, table=True):
    """A message about an ended import to one manager (R37)."""

    __tablename__ = "inbox_message"

    id: int | None = Field(default=None, primary_key=True)
    manager: str = Field(sa_type=Text, index=True)
    import_id: int = Field(foreign_key="import.id", ondelete="CASCADE")
    created_at: int = Field(sa_type=BigInteger)
    read_at: int | None = Field(default=None, sa_type=BigInteger)


class SegmentRow(SQLModel, table=True):
    """A line of the search with a name: conditions, not people."""

    __tablename__ = "segment"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    """`name` as it is compared."""
    name: str = Field(sa_type=Text)
    line: str = Field(sa_type=Text)


class PreferenceRow(SQLModel, table=True):
    """How one manager likes to see things. `value` is JSON."""

    __tablename__ = "preference"
    __table_args__ = {"sqlite_with_rowid": False}

    manager: str = Field(primary_key=True, sa_type=Text)
    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class ActivityRow(SQLModel, table=True):
    """What a manager did, when (R52): never a personal value. `details` is JSON."""

    __tablename__ = "activity"
    __table_args__ = {"sqlite_autoincrement": True}

    id: int | None = Field(default=None, primary_key=True)
    at: int = Field(sa_type=BigInteger, index=True)
    manager: str = Field(sa_type=Text, index=True)
    kind: str = Field(index=True)
    details: str = Field(default="{}", sa_type=Text)
    hash: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """Of this line, its customers and the hash of the line before."""
    customers: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """How many `activity_customer` has of it: they are not counted for every look at the line."""


class ActivityHeadRow(SQLModel, table=True):
    """One row: the last line of the activity log, so that a line cut off at the end is missed as well."""

    __tablename__ = "activity_head"

    id: int | None = Field(default=None, primary_key=True)
    last_id: int
    hash: str


class ActivityCustomerRow(SQLModel, table=True):
    """On whom it was done; the ids stay when the customers are gone."""

    __tablename__ = "activity_customer"
    __table_args__ = {"sqlite_with_rowid": False}

    customer_id: int = Field(primary_key=True, sa_type=BigInteger)
    activity_id: int = Field(primary_key=True, foreign_key="activity.id", index=True)


class RoleRow(SQLModel, table=True):
    """What managers may do (R50, R51). `permissions` is a JSON list."""

    __tablename__ = "role"

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_column=Column(Text, unique=True, nullable=False))
    """`name` as it is compared."""
    name: str = Field(sa_type=Text)
    code: str | None = None
    """"owner" and "basic" for those that exist from the start, and cannot be changed."""
    permissions: str = Field(default="[]", sa_type=Text)


class ManagerRow(SQLModel, table=True):
    """A person who may use the database, by their login name (R50)."""

    __tablename__ = "manager"
    __table_args__ = {"sqlite_with_rowid": False}

    name: str = Field(primary_key=True, sa_type=Text)
    role_id: int = Field(foreign_key="role.id")
    added_at: int = Field(sa_type=BigInteger)
    added_by: str | None = Field(default=None, sa_type=Text)
    """None for the first, who opened the database."""


class SettingRow(SQLModel, table=True):
    """A setting of the whole database. `value` is JSON."""

    __tablename__ = "setting"
    __table_args__ = {"sqlite_with_rowid": False}

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class PendingUnificationRow(SQLModel, table=True):
    """A lead that goes into a member when that member next logs in (R42)."""

    __tablename__ = "pending_unification"

    lead_id: int = Field(primary_key=True, foreign_key="customer.id", ondelete="CASCADE")
    member_id: int = Field(foreign_key="customer.id", ondelete="CASCADE", index=True)
    contact: str
    """The key of the field by which they are linked."""
    candidates: str = Field(default="[]", sa_type=Text)
    """JSON list: the ids of the other members it could have been."""
    since: int = Field(sa_type=BigInteger, index=True)
    manager: str = Field(sa_type=Text)


class UnificationRow(SQLModel, table=True):
    """A lead that went into a member, and why (R41-R44): ids, field keys and rules, never a value."""

    __tablename__ = "unification"

    lead_id: int = Field(primary_key=True, sa_type=BigInteger)
    """The customer is gone."""
    member_id: int = Field(foreign_key="customer.id", ondelete="CASCADE", index=True)
    at: int = Field(sa_type=BigInteger)
    manager: str = Field(sa_type=Text)
    occasion: str
    import_id: int | None = None
    contact: str
    candidates: str = Field(default="[]", sa_type=Text)
    choices: str = Field(default="{}", sa_type=Text)
    """JSON: by field key, the rule by which a value of the lead was taken or left (R43)."""


class TimelineEntryRow(SQLModel, table=True):
    """A chat message, a call, a visit or an answer to a form (R44, R47, R49)."""

    __tablename__ = "timeline_entry"
    __table_args__ = (
        Index("ix_timeline_entry_customer", "customer_id", "at", "id"),
        Index(
            "ix_timeline_entry_ownerless", "thread", "at", "id", "customer_id", sqlite_where=text("customer_id IS NULL")
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = Field(default=None, primary_key=True)
    customer_id: int | None = Field(default=None, foreign_key="customer.id", ondelete="SET NULL")
    """Whose it is; NULL for the messages of somebody who was deleted."""
    thread: int = Field(sa_type=BigInteger)
    """The id of the customer whom it happened with; it stays when they are unified or deleted."""
    at: int = Field(sa_type=BigInteger)
    kind: str
    direction: str | None = None
    author: str | None = Field(default=None, sa_type=Text)
    """The name that who wrote or spoke had then; of a deleted customer it is gone."""
    text: str | None = Field(default=None, sa_type=Text)
    seconds: int | None = None
    manager: str | None = Field(default=None, sa_type=Text)
    """Who wrote it down; NULL for what the customer did."""


class RevisionRow(SQLModel, table=True):
    """One row whose number grows with every change of customers: plans and screens see that data moved."""

    __tablename__ = "revision"

    id: int | None = Field(default=None, primary_key=True)
    number: int = Field(sa_type=BigInteger)


class SearchPartRow(SQLModel, table=True):
    """Which parts of the text index there are: FTS5 tables `search_text_<part>`, filled behind the program's back."""

    __tablename__ = "search_part"

    part: int | None = Field(default=None, primary_key=True)
    """It holds customers whose id without its last `PART_BITS` bits is this."""
    last_id: int = Field(sa_type=BigInteger)
    """Up to which id it holds everybody, blocked and hidden customers too."""


class SearchStaleRow(SQLModel, table=True):
    """Customers whom a part of the text index holds as they were: they changed since, or are gone."""

    __tablename__ = "search_stale"

    customer_id: int | None = Field(default=None, primary_key=True)


_IS_HELD = f"EXISTS (SELECT 1 FROM search_part WHERE part = OLD.id >> {PART_BITS} AND last_id >= OLD.id)"
_IS_OTHER = "(NEW.name IS NOT OLD.name OR NEW.search_text IS NOT OLD.search_text)"
_NOTED = "BEGIN INSERT OR IGNORE INTO search_stale (customer_id) VALUES (OLD.id); END"
# Triggers, so that whatever writes customers cannot forget it. A migration that rebuilds the table makes them again.
_TRIGGERS = (
    f"search_changed AFTER UPDATE OF name, search_text ON customer WHEN {_IS_OTHER} AND {_IS_HELD} {_NOTED}",
    f"search_gone AFTER DELETE ON customer WHEN {_IS_HELD} {_NOTED}",
)
for _trigger in _TRIGGERS:
    _made = DDL(f"CREATE TRIGGER {_trigger}")  # type: ignore[no-untyped-call]
    event.listen(SQLModel.metadata.tables["customer"], "after_create", _made)
