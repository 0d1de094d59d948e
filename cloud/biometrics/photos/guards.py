"""What the database itself refuses of photos, as biometrics/guards.py does of templates, and after the same view."""

from sqlalchemy import inspect
from sqlalchemy.engine import Connection

NO_CONSENT = "no consent in force for this pupil: no photo"
_EMPTY = "UPDATE family_photo SET sealed = NULL, state = 'withdrawn' WHERE sealed IS NOT NULL AND student_id = {};"

_SQLITE = (
    f"""CREATE TRIGGER family_photo_needs_consent BEFORE INSERT ON family_photo
    WHEN NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.student_id)
    BEGIN SELECT RAISE(ABORT, '{NO_CONSENT}'); END""",  # noqa: S608
    f"""CREATE TRIGGER consent_decision_empties_photos AFTER INSERT ON consent_decision WHEN NEW.answer <> 'granted'
    BEGIN {_EMPTY.format("NEW.student_id")} END""",
    f"""CREATE TRIGGER student_left_empties_photos AFTER UPDATE OF left_on ON student
    WHEN NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.id)
    BEGIN {_EMPTY.format("NEW.id")} END""",  # noqa: S608
)
_POSTGRES = (
    f"""CREATE FUNCTION family_photo_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM student s WHERE s.id = NEW.student_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.student_id) THEN
            RAISE EXCEPTION '{NO_CONSENT}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$""",  # noqa: S608
    """CREATE TRIGGER family_photo_guard BEFORE INSERT ON family_photo
    FOR EACH ROW EXECUTE FUNCTION family_photo_guard()""",
    f"""CREATE FUNCTION family_photo_emptying() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'consent_decision' THEN
            {_EMPTY.format("NEW.student_id")}
        ELSIF NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.id) THEN
            {_EMPTY.format("NEW.id")}
        END IF;
        RETURN NULL;
    END $$""",  # noqa: S608
    """CREATE TRIGGER consent_decision_empties_photos AFTER INSERT ON consent_decision
    FOR EACH ROW WHEN (NEW.answer <> 'granted') EXECUTE FUNCTION family_photo_emptying()""",
    """CREATE TRIGGER student_left_empties_photos AFTER UPDATE OF left_on ON student
    FOR EACH ROW EXECUTE FUNCTION family_photo_emptying()""",
)


def put_up(connection: Connection) -> None:
    """Within the caller's transaction, after biometrics/guards.py; nothing where there are no photos yet."""
    if not inspect(connection).has_table("family_photo"):
        return
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Whatever of it is there; before biometrics/guards.py takes the view away."""
    if connection.dialect.name == "sqlite":
        for name in ("family_photo_needs_consent", "consent_decision_empties_photos", "student_left_empties_photos"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
    else:
        for name in ("family_photo_guard", "family_photo_emptying"):
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name} CASCADE")
