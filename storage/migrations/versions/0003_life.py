"""Unification, timeline, roles and managers, settings, hidden customers, and a chained activity log"""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None

_VISIBLE = 'blocked_at IS NULL AND NOT is_hidden'
_INDEXES = {
    'ix_customer_seen': ['last_seen_at', 'id'],
    'ix_customer_created': ['created_at', 'id'],
    'ix_customer_name': ['name', 'id'],
    'ix_customer_search': ['search_text', 'blocked_at', 'is_hidden'],
}


def upgrade() -> None:
    # No batch: SQLite adds a column in place, and a rebuilt table would drop what refers to its rows.
    op.add_column('customer', sa.Column('is_hidden', sa.Boolean(), server_default=sa.text('0'), nullable=False))
    for name, columns in _INDEXES.items():
        op.drop_index(name, 'customer')
        op.create_index(name, 'customer', columns, sqlite_where=sa.text(_VISIBLE))
    op.create_index('ix_customer_hidden', 'customer', ['last_seen_at', 'id', 'member_id', 'is_hidden'], sqlite_where=sa.text('is_hidden'))
    op.create_index('ix_customer_hidden_search', 'customer', ['search_text', 'is_hidden'], sqlite_where=sa.text('is_hidden'))
    op.create_table('role',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('key', sa.Text(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('code', sa.String(), nullable=True),
    sa.Column('permissions', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_role')),
    sa.UniqueConstraint('key', name=op.f('uq_role_key'))
    )
    op.create_table('manager',
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('role_id', sa.Integer(), nullable=False),
    sa.Column('added_at', sa.BigInteger(), nullable=False),
    sa.Column('added_by', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['role_id'], ['role.id'], name=op.f('fk_manager_role_id')),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_manager')),
    sqlite_with_rowid=False
    )
    op.create_table('setting',
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('value', sa.Text(), nullable=False),
    sa.PrimaryKeyConstraint('name', name=op.f('pk_setting')),
    sqlite_with_rowid=False
    )
    op.create_table('pending_unification',
    sa.Column('lead_id', sa.Integer(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('candidates', sa.Text(), nullable=False),
    sa.Column('since', sa.BigInteger(), nullable=False),
    sa.Column('manager', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['lead_id'], ['customer.id'], name=op.f('fk_pending_unification_lead_id'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['customer.id'], name=op.f('fk_pending_unification_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('lead_id', name=op.f('pk_pending_unification'))
    )
    op.create_index(op.f('ix_pending_unification_member_id'), 'pending_unification', ['member_id'])
    op.create_index(op.f('ix_pending_unification_since'), 'pending_unification', ['since'])
    op.create_table('unification',
    sa.Column('lead_id', sa.BigInteger(), nullable=False),
    sa.Column('member_id', sa.Integer(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('manager', sa.Text(), nullable=False),
    sa.Column('occasion', sa.String(), nullable=False),
    sa.Column('import_id', sa.Integer(), nullable=True),
    sa.Column('contact', sa.String(), nullable=False),
    sa.Column('candidates', sa.Text(), nullable=False),
    sa.Column('choices', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['customer.id'], name=op.f('fk_unification_member_id'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('lead_id', name=op.f('pk_unification'))
    )
    op.create_index(op.f('ix_unification_member_id'), 'unification', ['member_id'])
    op.create_table('timeline_entry',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('customer_id', sa.Integer(), nullable=True),
    sa.Column('thread', sa.BigInteger(), nullable=False),
    sa.Column('at', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('direction', sa.String(), nullable=True),
    sa.Column('author', sa.Text(), nullable=True),
    sa.Column('text', sa.Text(), nullable=True),
    sa.Column('seconds', sa.Integer(), nullable=True),
    sa.Column('manager', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['customer_id'], ['customer.id'], name=op.f('fk_timeline_entry_customer_id'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_timeline_entry')),
    sqlite_autoincrement=True
    )
    op.create_index('ix_timeline_entry_customer', 'timeline_entry', ['customer_id', 'at', 'id'])
    op.create_index('ix_timeline_entry_ownerless', 'timeline_entry', ['thread', 'at', 'id', 'customer_id'], sqlite_where=sa.text('customer_id IS NULL'))
    op.execute("INSERT INTO role (key, name, code, permissions) VALUES ('owner', 'owner', 'owner', '[]'), "
               "('basic', 'basic', 'basic', '[]')")
    _chain()


def _chain() -> None:
    """Seal the lines of the activity log that are there, as `storage.activity` sealed lines at this revision."""
    op.add_column('activity', sa.Column('hash', sa.String(), server_default='', nullable=False))
    op.add_column('activity', sa.Column('customers', sa.Integer(), server_default='0', nullable=False))
    for name in ('at', 'manager', 'kind'):
        op.create_index(op.f(f'ix_activity_{name}'), 'activity', [name])
    op.create_table('activity_head',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('last_id', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_activity_head'))
    )
    op.create_index(op.f('ix_activity_customer_activity_id'), 'activity_customer', ['activity_id'])
    connection = op.get_bind()
    whom = {}
    for line, customer in connection.exec_driver_sql('SELECT activity_id, customer_id FROM activity_customer ORDER BY 1, 2'):
        whom.setdefault(line, hashlib.sha256()).update(b'%d,' % customer)
    op.execute('UPDATE activity SET customers = (SELECT count(*) FROM activity_customer WHERE activity_id = activity.id)')
    nobody = hashlib.sha256().hexdigest()
    last_id, last = 0, ''
    lines = connection.exec_driver_sql('SELECT id, at, manager, kind, details FROM activity ORDER BY id').all()
    for line in lines:
        customers = whom[line[0]].hexdigest() if line[0] in whom else nobody
        sealed = json.dumps([last, *line, customers], ensure_ascii=False, separators=(',', ':'))
        last_id, last = line[0], hashlib.sha256(sealed.encode('utf-8', 'surrogatepass')).hexdigest()
        connection.exec_driver_sql('UPDATE activity SET hash = ? WHERE id = ?', (last, last_id))
    connection.exec_driver_sql('INSERT INTO activity_head (id, last_id, hash) VALUES (1, ?, ?)', (last_id, last))
