"""Kitchen, pick-up, health desk and the nightly check"""

import sqlalchemy as sa
from alembic import op

from cloud.kit.db import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meal_menu",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("dishes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_meal_menu_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("school_id", "day", name=op.f("pk_meal_menu")),
    )
    op.create_table(
        "meal_sheet",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("locked_at", UtcDateTime(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("failure", sa.String(length=300), server_default="", nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=True),
        sa.Column("received_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["received_by"], ["user_account.id"], name=op.f("fk_meal_sheet_received_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_meal_sheet_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("school_id", "day", name=op.f("pk_meal_sheet")),
    )
    with op.batch_alter_table("meal_sheet", schema=None) as batch_op:
        batch_op.create_index("ix_meal_sheet_due_at", ["due_at"], unique=False)

    op.create_table(
        "register_check",
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("checked_at", UtcDateTime(), nullable=False),
        sa.Column("half_days", sa.Integer(), nullable=False),
        sa.Column("found", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_register_check_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", "day", name=op.f("pk_register_check")),
    )
    op.create_table(
        "absence_warning",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("year_from", sa.Date(), nullable=False),
        sa.Column("warn_at", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("reached_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_absence_warning_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_absence_warning_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "year_from", "warn_at", name=op.f("pk_absence_warning")),
    )
    with op.batch_alter_table("absence_warning", schema=None) as batch_op:
        batch_op.create_index("ix_absence_warning_school_id_reached_at", ["school_id", "reached_at"], unique=False)

    op.create_table(
        "alone_permission",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["given_by"], ["user_account.id"], name=op.f("fk_alone_permission_given_by")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_alone_permission_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", name=op.f("pk_alone_permission")),
    )
    op.create_table(
        "collect_permit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("given_by", sa.Uuid(), nullable=False),
        sa.Column("given_at", UtcDateTime(), nullable=False),
        sa.Column("wrong_tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["given_by"], ["user_account.id"], name=op.f("fk_collect_permit_given_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_collect_permit_school_id")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_collect_permit_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collect_permit")),
    )
    with op.batch_alter_table("collect_permit", schema=None) as batch_op:
        batch_op.create_index("ix_collect_permit_student_id_day", ["student_id", "day"], unique=False)

    op.create_table(
        "departure_told",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("left_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_departure_told_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "day", name=op.f("pk_departure_told")),
    )
    op.create_table(
        "health_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("temperature_c", sa.Double(), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("tells_family", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("struck_at", UtcDateTime(), nullable=True),
        sa.Column("struck_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_health_entry_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_health_entry_school_id")),
        sa.ForeignKeyConstraint(["struck_by"], ["user_account.id"], name=op.f("fk_health_entry_struck_by")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_health_entry_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_entry")),
    )
    with op.batch_alter_table("health_entry", schema=None) as batch_op:
        batch_op.create_index("ix_health_entry_school_id_day", ["school_id", "day"], unique=False)
        batch_op.create_index("ix_health_entry_student_id_at", ["student_id", "at"], unique=False)

    op.create_table(
        "meal_feedback",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("dish", sa.String(length=120), nullable=False),
        sa.Column("comment", sa.String(length=500), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_meal_feedback_by")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_meal_feedback_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_meal_feedback_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "day", name=op.f("pk_meal_feedback")),
    )
    with op.batch_alter_table("meal_feedback", schema=None) as batch_op:
        batch_op.create_index("ix_meal_feedback_school_id_day", ["school_id", "day"], unique=False)

    op.create_table(
        "meal_portion",
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("class_id", sa.Uuid(), nullable=False),
        sa.Column("diet", sa.String(length=60), nullable=False),
        sa.Column("in_doubt", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["school_class.id"], name=op.f("fk_meal_portion_class_id")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_meal_portion_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("student_id", "day", name=op.f("pk_meal_portion")),
    )
    op.create_table(
        "meal_wish",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("weekdays", sa.Integer(), nullable=False),
        sa.Column("diet", sa.String(length=60), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_by", sa.Uuid(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_meal_wish_asked_by")),
        sa.ForeignKeyConstraint(["decided_by"], ["user_account.id"], name=op.f("fk_meal_wish_decided_by")),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_meal_wish_school_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_meal_wish_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meal_wish")),
    )
    with op.batch_alter_table("meal_wish", schema=None) as batch_op:
        batch_op.create_index("ix_meal_wish_school_id_state", ["school_id", "state"], unique=False)
        batch_op.create_index(batch_op.f("ix_meal_wish_student_id"), ["student_id"], unique=False)

    op.create_table(
        "register_finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("half", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("kept", sa.String(length=60), nullable=False),
        sa.Column("follows", sa.String(length=60), nullable=False),
        sa.Column("found_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["school_id"], ["school.id"], name=op.f("fk_register_finding_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["user_account.id"], name=op.f("fk_register_finding_settled_by")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_register_finding_student_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_register_finding")),
        sa.UniqueConstraint(
            "student_id", "day", "half", "kind", name=op.f("uq_register_finding_student_id_day_half_kind")
        ),
    )
    with op.batch_alter_table("register_finding", schema=None) as batch_op:
        batch_op.create_index("ix_register_finding_school_id_settled_at", ["school_id", "settled_at"], unique=False)

    op.create_table(
        "pupil_release",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Uuid(), nullable=False),
        sa.Column("student_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("to_name", sa.String(length=120), nullable=False),
        sa.Column("guardian_id", sa.Uuid(), nullable=True),
        sa.Column("permit_id", sa.Uuid(), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.Column("undone_by", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["by"], ["user_account.id"], name=op.f("fk_pupil_release_by")),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_pupil_release_guardian_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["permit_id"], ["collect_permit.id"], name=op.f("fk_pupil_release_permit_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["school_id"], ["school.id"], name=op.f("fk_pupil_release_school_id")),
        sa.ForeignKeyConstraint(
            ["student_id"], ["student.id"], name=op.f("fk_pupil_release_student_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["undone_by"], ["user_account.id"], name=op.f("fk_pupil_release_undone_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupil_release")),
    )
    with op.batch_alter_table("pupil_release", schema=None) as batch_op:
        batch_op.create_index("ix_pupil_release_school_id_day", ["school_id", "day"], unique=False)
        batch_op.create_index("ix_pupil_release_student_id_day", ["student_id", "day"], unique=False)

    with op.batch_alter_table("attendance_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warn_at", sa.String(length=40), server_default="35,40,45", nullable=False))

    with op.batch_alter_table("meal_policy", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kitchen_email", sa.String(length=254), server_default="", nullable=False))
        batch_op.add_column(sa.Column("families_may_ask", sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column("families_may_end", sa.Boolean(), server_default=sa.true(), nullable=False))

    with op.batch_alter_table("meal_registration", schema=None) as batch_op:
        batch_op.add_column(sa.Column("weekdays", sa.Integer(), server_default="127", nullable=False))
        batch_op.add_column(sa.Column("diet", sa.String(length=60), server_default="", nullable=False))
