"""Made-up customers to try the program with."""

from crm_tui.core.fields import EMAIL, MOBILE_NUMBER, NAME, TAGS
from crm_tui.services.customers import Added, add_lead
from crm_tui.services.workspace import Workspace

_SAMPLES = (
    ("김민준", '["단골"]'),
    ("이서연", '["단골","등급/골드"]'),
    ("박도윤", '["등급/실버"]'),
    ("최하은", '["여름행사"]'),
    ("정지호", '["여름행사","등급/골드"]'),
    ("강수아", '["신규"]'),
    ("조은우", '["신규"]'),
    ("윤지유", '["단골","여름행사"]'),
    ("Alex Kim", '["등급/실버"]'),
    ("Maria Lopez", '["신규"]'),
    ("佐藤花子", '["단골"]'),
    ("남궁 세라", '["등급/골드"]'),
)


def load_samples(workspace: Workspace) -> int:
    """Add a handful of made-up leads to try the program with; return how many were new."""
    added = 0
    for number, (name, tags) in enumerate(_SAMPLES):
        lead = {
            NAME: name,
            EMAIL: f"sample{number + 1}@example.com",
            MOBILE_NUMBER: f"+82 010-5550-{number:04}",
            TAGS: tags,
        }
        added += isinstance(add_lead(workspace, lead), Added)
    return added
