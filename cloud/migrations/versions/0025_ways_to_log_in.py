"""Ways to log in: a second step, passkeys, the school's own sign-in; what throttles them"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id"], ["user_account.id"], name=op.f(f"fk_{table}_user_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    with op.batch_alter_table("user_account") as batch:
        batch.alter_column("password_hash", existing_type=sa.String(length=200), nullable=True)
    op.create_table(
        "log_in_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("by_name", sa.String(length=120), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        of_user("log_in_change"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_in_change")),
    )
    op.create_index("ix_log_in_change_user_id_at", "log_in_change", ["user_id", "at"])
    op.create_table(
        "pending_step",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        of_user("pending_step"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pending_step")),
    )
    op.create_index("ix_pending_step_user_id", "pending_step", ["user_id"])
    op.create_index("ix_pending_step_expires_at", "pending_step", ["expires_at"])
    op.create_table(
        "throttled",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("clears_at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttled")),
    )
    op.create_index("ix_throttled_clears_at_ms", "throttled", ["clears_at_ms"])
    op.create_table(
        "second_step",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        of_user("second_step"),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_step")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["second_step.user_id"], name=op.f("fk_recovery_code_user_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", "digest", name=op.f("pk_recovery_code")),
    )
    op.create_table(
        "passkey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=True),
        of_user("passkey"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_user_id", "passkey", ["user_id"])
    op.create_table(
        "linked_identity",
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.String(length=120), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        of_user("linked_identity"),
        sa.PrimaryKeyConstraint("issuer", "subject", name=op.f("pk_linked_identity")),
    )
    op.create_index("ix_linked_identity_user_id", "linked_identity", ["user_id"])
