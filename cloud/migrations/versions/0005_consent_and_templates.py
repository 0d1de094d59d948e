"""Consent and templates"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consent_scan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_consent_scan_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_scan")),
    )
    with op.batch_alter_table("consent_scan", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_scan_student_id"), ["student_id"], unique=False)

    op.create_table(
        "face_template",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_face_template_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_face_template_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_face_template")),
    )
    with op.batch_alter_table("face_template", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_face_template_key_id"), ["key_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_face_template_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_face_template_student_id"), ["student_id"], unique=False)

    op.create_table(
        "privacy_request",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("received_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("received_by", sa.Uuid(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('withdrawal', 'access', 'correction', 'deletion')", name=op.f("ck_privacy_request_kind")
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_privacy_request_school_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_privacy_request_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_request")),
    )
    with op.batch_alter_table("privacy_request", schema=None) as batch_op:
        batch_op.create_index("ix_privacy_request_done_at_received_at", ["done_at", "received_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_privacy_request_school_id"), ["school_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_privacy_request_student_id"), ["student_id"], unique=False)

    op.create_table(
        "template_access",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("device_id", sa.String(length=64), nullable=True),
        sa.Column("templates", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_template_access_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_access")),
    )
    with op.batch_alter_table("template_access", schema=None) as batch_op:
        batch_op.create_index("ix_template_access_student_id_at", ["student_id", "at"], unique=False)

    op.create_table(
        "consent_decision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("party", sa.String(length=8), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("guardian_name", sa.String(length=120), nullable=True),
        sa.Column("answer", sa.String(length=10), nullable=False),
        sa.Column("how", sa.String(length=14), nullable=False),
        sa.Column("wording_version", sa.Integer(), nullable=False),
        sa.Column("wording_language", sa.String(length=2), nullable=False),
        sa.Column("wording_sha256", sa.String(length=64), nullable=False),
        sa.Column("scan_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(how = 'paper') = (scan_id IS NOT NULL)", name=op.f("ck_consent_decision_paper_is_scanned")
        ),
        sa.CheckConstraint(
            "(party = 'guardian') = (guardian_id IS NOT NULL)", name=op.f("ck_consent_decision_a_guardian_has_a_name")
        ),
        sa.CheckConstraint("answer IN ('granted', 'refused', 'withdrawn')", name=op.f("ck_consent_decision_answer")),
        sa.CheckConstraint("how IN ('paper', 'guardian_page', 'in_person')", name=op.f("ck_consent_decision_how")),
        sa.CheckConstraint("party IN ('guardian', 'child')", name=op.f("ck_consent_decision_party")),
        sa.ForeignKeyConstraint(["scan_id"], ["consent_scan.id"], name=op.f("fk_consent_decision_scan_id")),
        sa.ForeignKeyConstraint(["student_id"], ["student.id"], name=op.f("fk_consent_decision_student_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_decision")),
        sa.UniqueConstraint("student_id", "number", name=op.f("uq_consent_decision_student_id_number")),
    )
