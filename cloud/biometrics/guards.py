"""What the database itself refuses, whoever asks: triggers that no code path can forget.

Taken down before a migration and put up after it (SQLite alters a table by replacing it, and a replaced table loses
its triggers), so that they are always those of this file.
"""

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

NO_CONSENT = "no consent in force for this pupil: no template"
APPEND_ONLY = "append-only: the history is neither changed nor removed"
ACCESSES_KEPT_YEARS = 5
"""Older lines of the access log may go."""

_TODAY = {
    "sqlite": "CAST(strftime('%Y%m%d', 'now', '+7 hours') AS INTEGER)",
    "postgresql": "CAST(to_char(now() AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMMDD') AS INTEGER)",
}
_DAY = {
    "sqlite": "CAST(strftime('%Y%m%d', {}) AS INTEGER)",
    "postgresql": "CAST(to_char({}, 'YYYYMMDD') AS INTEGER)",
}

# The same rule as consent.where_it_stands, which a test holds against this one.
_VIEW = """
CREATE VIEW consent_in_force AS
WITH latest AS (
    SELECT d.student_id, d.party, d.answer FROM consent_decision d
    WHERE d.number = (
        SELECT max(n.number) FROM consent_decision n
        WHERE n.student_id = d.student_id AND n.party = d.party AND (d.party = 'child' OR n.guardian_id = d.guardian_id)
    ) AND (d.party = 'child' OR EXISTS (
        SELECT 1 FROM guardianship g WHERE g.student_id = d.student_id AND g.guardian_id = d.guardian_id
    ))
)
SELECT s.id AS student_id FROM student s
WHERE EXISTS (SELECT 1 FROM latest l WHERE l.student_id = s.id AND l.party = 'guardian' AND l.answer = 'granted')
  AND NOT EXISTS (SELECT 1 FROM latest l WHERE l.student_id = s.id AND l.answer <> 'granted')
  AND (s.left_on IS NULL OR {left} > {today})
  AND ({today} - {birth} < 70000
       OR EXISTS (SELECT 1 FROM latest l WHERE l.student_id = s.id AND l.party = 'child' AND l.answer = 'granted'))
"""

_APPEND_ONLY_TABLES = ("consent_decision", "template_access", "audit_entry")


def _bump(school: str, student: str) -> str:
    """A new version of the school's roster, and whom it is about."""
    return f"""
        INSERT INTO roster_head (school_id, version) VALUES ({school}, 1)
            ON CONFLICT (school_id) DO UPDATE SET version = roster_head.version + 1;
        INSERT INTO roster_change (school_id, version, student_id)
            SELECT school_id, version, {student} FROM roster_head WHERE school_id = {school};"""  # noqa: S608


_SQLITE = (
    f"""CREATE TRIGGER face_template_needs_consent BEFORE INSERT ON face_template
    WHEN NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.student_id)
    BEGIN SELECT RAISE(ABORT, '{NO_CONSENT}'); END""",  # noqa: S608
    """CREATE TRIGGER face_template_never_changes BEFORE UPDATE ON face_template
    BEGIN SELECT RAISE(ABORT, 'a template is never changed: erase it and make another'); END""",
    """CREATE TRIGGER consent_decision_erases AFTER INSERT ON consent_decision WHEN NEW.answer <> 'granted'
    BEGIN DELETE FROM face_template WHERE student_id = NEW.student_id; END""",
    f"""CREATE TRIGGER student_left_erases AFTER UPDATE OF left_on ON student
    WHEN NEW.left_on IS NOT NULL AND {_DAY["sqlite"].format("NEW.left_on")} <= {_TODAY["sqlite"]}
    BEGIN DELETE FROM face_template WHERE student_id = NEW.id; END""",  # noqa: S608
    """CREATE TRIGGER consent_decision_by_guardian BEFORE INSERT ON consent_decision
    WHEN NEW.party = 'guardian' AND NOT EXISTS (
        SELECT 1 FROM guardianship g WHERE g.student_id = NEW.student_id AND g.guardian_id = NEW.guardian_id)
    BEGIN SELECT RAISE(ABORT, 'only a guardian of this pupil answers for them'); END""",
    *(
        f"CREATE TRIGGER face_template_{verb.lower()}_rosters AFTER {verb} ON face_template BEGIN"
        f"{_bump(f'{row}.school_id', f'{row}.student_id')} END"
        for verb, row in (("INSERT", "NEW"), ("DELETE", "OLD"))
    ),
    f"""CREATE TRIGGER student_class_rosters AFTER UPDATE OF class_id ON student
    WHEN NEW.class_id <> OLD.class_id AND EXISTS (SELECT 1 FROM face_template t WHERE t.student_id = NEW.id)
    BEGIN{_bump("NEW.school_id", "NEW.id")} END""",  # noqa: S608
)

_POSTGRES = (
    # The pupil's row is locked first: a template and a withdrawal at the same moment come one after the other.
    f"""CREATE FUNCTION face_template_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'UPDATE' THEN
            RAISE EXCEPTION 'a template is never changed: erase it and make another';
        END IF;
        PERFORM 1 FROM student s WHERE s.id = NEW.student_id FOR NO KEY UPDATE;
        IF NOT EXISTS (SELECT 1 FROM consent_in_force c WHERE c.student_id = NEW.student_id) THEN
            RAISE EXCEPTION '{NO_CONSENT}' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END $$""",  # noqa: S608
    """CREATE TRIGGER face_template_guard BEFORE INSERT OR UPDATE ON face_template
    FOR EACH ROW EXECUTE FUNCTION face_template_guard()""",
    """CREATE FUNCTION consent_decision_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM 1 FROM student s WHERE s.id = NEW.student_id FOR NO KEY UPDATE;
        IF NEW.party = 'guardian' AND NOT EXISTS (
            SELECT 1 FROM guardianship g WHERE g.student_id = NEW.student_id AND g.guardian_id = NEW.guardian_id
        ) THEN
            RAISE EXCEPTION 'only a guardian of this pupil answers for them' USING ERRCODE = 'check_violation';
        END IF;
        IF NEW.answer <> 'granted' THEN
            DELETE FROM face_template WHERE student_id = NEW.student_id;
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER consent_decision_guard BEFORE INSERT ON consent_decision
    FOR EACH ROW EXECUTE FUNCTION consent_decision_guard()""",
    f"""CREATE FUNCTION student_left_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF {_DAY["postgresql"].format("NEW.left_on")} <= {_TODAY["postgresql"]} THEN
            DELETE FROM face_template WHERE student_id = NEW.id;
        END IF;
        RETURN NULL;
    END $$""",  # noqa: S608
    """CREATE TRIGGER student_left_guard AFTER UPDATE OF left_on ON student
    FOR EACH ROW WHEN (NEW.left_on IS NOT NULL) EXECUTE FUNCTION student_left_guard()""",
    f"""CREATE FUNCTION roster_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_TABLE_NAME = 'student' THEN
            IF EXISTS (SELECT 1 FROM face_template t WHERE t.student_id = NEW.id) THEN
                {_bump("NEW.school_id", "NEW.id")}
            END IF;
        ELSIF TG_OP = 'INSERT' THEN
            {_bump("NEW.school_id", "NEW.student_id")}
        ELSE
            {_bump("OLD.school_id", "OLD.student_id")}
        END IF;
        RETURN NULL;
    END $$""",  # noqa: S608
    """CREATE TRIGGER face_template_rosters AFTER INSERT OR DELETE ON face_template
    FOR EACH ROW EXECUTE FUNCTION roster_guard()""",
    """CREATE TRIGGER student_class_rosters AFTER UPDATE OF class_id ON student
    FOR EACH ROW WHEN (NEW.class_id <> OLD.class_id) EXECUTE FUNCTION roster_guard()""",
    f"""CREATE FUNCTION append_only_guard() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{APPEND_ONLY}'; END $$""",
)
_POSTGRES_FUNCTIONS = (
    "face_template_guard",
    "consent_decision_guard",
    "student_left_guard",
    "roster_guard",
    "append_only_guard",
)


def _append_only(table: str, dialect: str) -> list[str]:
    aged = table == "template_access"
    if dialect == "sqlite":
        young = f"WHEN OLD.at > datetime('now', '-{ACCESSES_KEPT_YEARS} years')"
        return [
            f"""CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}
            {young if aged and verb == "DELETE" else ""}
            BEGIN SELECT RAISE(ABORT, '{APPEND_ONLY}'); END"""
            for verb in ("UPDATE", "DELETE")
        ]
    if aged:
        young = f"WHEN (OLD.at > now() - interval '{ACCESSES_KEPT_YEARS} years')"
        return [
            f"""CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            FOR EACH ROW {young} EXECUTE FUNCTION append_only_guard()""",
            f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard()""",
        ]
    return [
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
        FOR EACH STATEMENT EXECUTE FUNCTION append_only_guard()"""
    ]


def put_up(connection: Connection) -> None:
    """Within the caller's transaction. A schema from before there were templates needs none."""
    if not inspect(connection).has_table("roster_head"):
        return
    dialect = connection.dialect.name
    day = _DAY[dialect]
    connection.exec_driver_sql(
        _VIEW.format(today=_TODAY[dialect], birth=day.format("s.birth_date"), left=day.format("s.left_on"))
    )
    for statement in _SQLITE if dialect == "sqlite" else _POSTGRES:
        connection.exec_driver_sql(statement)
    known = inspect(connection)
    for table in filter(known.has_table, _APPEND_ONLY_TABLES):
        for statement in _append_only(table, dialect):
            connection.exec_driver_sql(statement)


def take_down(connection: Connection) -> None:
    """Whatever of it is there."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, tbl_name FROM sqlite_master WHERE type = 'trigger'"))
        for name, table in rows.all():
            if table in {"face_template", "student", *_APPEND_ONLY_TABLES}:
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
    else:
        for function in _POSTGRES_FUNCTIONS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {function} CASCADE")
    connection.exec_driver_sql("DROP VIEW IF EXISTS consent_in_force")
