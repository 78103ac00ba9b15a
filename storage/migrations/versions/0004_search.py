"""A text index of the search in parts, filled later, and the tables that say what of it can be believed"""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

_VISIBLE = 'blocked_at IS NULL AND NOT is_hidden'
_IS_HELD = 'EXISTS (SELECT 1 FROM search_part WHERE part = OLD.id >> 18 AND last_id >= OLD.id)'
_IS_OTHER = '(NEW.name IS NOT OLD.name OR NEW.search_text IS NOT OLD.search_text)'
_NOTED = 'BEGIN INSERT OR IGNORE INTO search_stale (customer_id) VALUES (OLD.id); END'


def upgrade() -> None:
    op.create_table('search_part',
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('part', name=op.f('pk_search_part'))
    )
    op.create_table('search_stale',
    sa.Column('customer_id', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('customer_id', name=op.f('pk_search_stale'))
    )
    # By ids now: new customers come to the end of it, and it is made in the order of the table.
    op.drop_index('ix_customer_search', 'customer')
    op.drop_index('ix_customer_hidden_search', 'customer')
    op.create_index('ix_customer_search', 'customer', ['id', 'search_text', 'blocked_at', 'is_hidden'], sqlite_where=sa.text(_VISIBLE))
    op.create_index('ix_customer_hidden_search', 'customer', ['id', 'search_text', 'is_hidden'], sqlite_where=sa.text('is_hidden'))
    op.execute(f'CREATE TRIGGER search_changed AFTER UPDATE OF name, search_text ON customer WHEN {_IS_OTHER} AND {_IS_HELD} {_NOTED}')
    op.execute(f'CREATE TRIGGER search_gone AFTER DELETE ON customer WHEN {_IS_HELD} {_NOTED}')
