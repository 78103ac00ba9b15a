"""The numbers of the dashboard: how many customers there are, how they grew, whom one may write to (R5)."""

from dataclasses import dataclass
from datetime import datetime

from crm_tui.core.permissions import Permission
from crm_tui.services.imports import ImportRecord, read_imports
from crm_tui.services.managed import read_managed
from crm_tui.services.workspace import Workspace
from storage import stats as stored

LAST_IMPORTS = 5


@dataclass(frozen=True, slots=True)
class MonthGrowth:
    """Customers of one month of the manager's zone, by when they were created; blocked ones not among them."""

    month: str
    """"YYYY-MM"."""
    members: int
    leads: int


@dataclass(frozen=True, slots=True)
class Stats:
    """Numbers of all customers at one moment; only `blocked` counts blocked ones (R46), only `hidden` hidden ones."""

    managed_users: int
    """MU (R5)."""
    members: int
    leads: int
    blocked: int
    verified_email: int
    """Customers with a verified e-mail (R2)."""
    verified_mobile: int
    accepts_email: int
    """Customers with an e-mail, verified or not, who have not opted out of e-mails: whom marketing may reach."""
    accepts_texting: int
    """The same by mobile number and texts."""
    growth: tuple[MonthGrowth, ...]
    """The last months, the oldest first and this month last; each of them, also without customers."""
    imports: tuple[ImportRecord, ...]
    """The newest few lines of the import log, the newest first."""
    hidden: int = 0
    """Over the limit of managed users."""
    limit: int | None = None
    """How many managed users there may be; None: any number."""


def read_stats(workspace: Workspace, months: int = 12) -> Stats:
    """Return the numbers as they all stand at one moment; the months are those of the manager's zone."""
    starts = _month_starts(workspace.now_ms(), months)
    with workspace.reading(Permission.SEE) as connection:
        managed = read_managed(connection)
        reach = stored.reach(connection)
        growth = stored.growth(connection, [round(start.timestamp() * 1000) for start in starts])
        imports = read_imports(connection, LAST_IMPORTS)
    return Stats(
        managed_users=managed.total,
        members=managed.members,
        leads=managed.leads,
        blocked=managed.blocked,
        **reach,
        growth=tuple(
            MonthGrowth(f"{start:%Y-%m}", created - leads, leads)
            for start, (created, leads) in zip(starts, growth, strict=False)
        ),
        imports=imports,
        hidden=managed.hidden,
        limit=managed.limit,
    )


def _month_starts(now: int, months: int) -> list[datetime]:
    """Return when each of the last months began in the manager's zone, and when the next one will."""
    today = datetime.fromtimestamp(now / 1000).astimezone()
    this_month = today.year * 12 + today.month - 1
    counted = (divmod(this_month + step, 12) for step in range(1 - months, 2))
    return [datetime(year, month + 1, 1).astimezone() for year, month in counted]
