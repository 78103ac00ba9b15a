"""Segments, preferences, the activity log, and tags that are no longer offered"""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    # No batch: SQLite adds a column in place, and a rebuilt table would drop what refers to its rows.
    op.add_column('tag', sa.Column('is_offered', sa.Boolean(), server_default=sa.text('1'), nullable=False))
    op.create_table('segment',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('line', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_segment')),
    sa.UniqueConstraint('key', name=op.f('uq_segment_key'))
    )
    op.create_table('preference',
    sa.Column('manager', sa.Text(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('manager', 'name', name=op.f('pk_preference')),
    sqlite_with_rowid=False
    )
    op.create_table('activity',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('manager', sa.Text(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('details', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity')),
    sqlite_autoincrement=True
    )
    op.create_table('activity_customer',
    sa.Column('customer_id', sa.BigInteger(), nullable=False),
    sa.Column('activity_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['activity_id'], ['activity.id'], name=op.f('fk_activity_customer_activity_id')),
    sa.PrimaryKeyConstraint('customer_id', 'activity_id', name=op.f('pk_activity_customer')),
    sqlite_with_rowid=False
    )
