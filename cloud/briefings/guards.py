"""Triggers that notice every change of what units are told, so that no way round the code is missed.

Taken down before a migration and put up after it, as those of biometrics/guards.py.
"""

from sqlalchemy import inspect, text
from sqlalchemy.engine import Connection

PREFIX = "briefing_"

_BY_SCHEDULE = "(SELECT b.school_id FROM bell_schedule b WHERE b.id = {row}.schedule_id)"
_BY_YEAR = "(SELECT y.school_id FROM school_year y WHERE y.id = {row}.year_id)"
_BY_TERM = "(SELECT y.school_id FROM term t JOIN school_year y ON y.id = t.year_id WHERE t.id = {row}.term_id)"
_BY_TIMETABLE = """(SELECT y.school_id FROM timetable p JOIN term t ON t.id = p.term_id
    JOIN school_year y ON y.id = t.year_id WHERE p.id = {row}.timetable_id)"""
_BY_UNIT = "(SELECT d.school_id FROM device d WHERE d.id = {row}.device_id)"
_BY_PUPIL = "(SELECT s.school_id FROM student s WHERE s.id = {row}.first_id)"
_OWN = "{row}.school_id"

WATCHED: dict[str, tuple[str, tuple[str, ...]]] = {
    "student": (_OWN, ("class_id", "full_name", "left_on")),
    "staff_member": (_OWN, ("full_name", "left_on")),
    "school_class": (_OWN, ("name", "grade")),
    "face_template": (_OWN, ()),
    "school_year": (_OWN, ("first_day", "last_day")),
    "term": (_BY_YEAR, ("first_day", "last_day")),
    "bell_schedule": (_OWN, ("valid_from", "first_grade", "last_grade")),
    "bell": (_BY_SCHEDULE, ("starts_at", "ends_at")),
    "taught_half_day": (_BY_SCHEDULE, ()),
    "calendar_rule": (_OWN, ("day", "kind", "half", "grade", "class_id", "as_weekday")),
    "timetable": (_BY_TERM, ("valid_from",)),
    "lesson": (_BY_TIMETABLE, ("weekday", "half", "number", "room")),
    "card_key": (_OWN, ("retired_at",)),
    "issued_card": (_OWN, ("revoked_at",)),
    "pupil_chip": (_OWN, ("value",)),
    "sibling_link": (_BY_PUPIL, ()),
    "roster_unit": (_BY_UNIT, ("class_id",)),
    "unit_orders": (_OWN, ("settings", "calibration", "room")),
}
"""Table to its school, and the columns that units are told of. A row that comes or goes always counts."""
_VERBS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def put_up(connection: Connection) -> None:
    """Within the caller's transaction, over what an older schema has of it; one from before there were briefings
    needs none."""
    known = inspect(connection)
    if not known.has_table("briefing_head"):
        return
    sqlite = connection.dialect.name == "sqlite"
    for table, (school, columns) in WATCHED.items():
        if not known.has_table(table):
            continue
        there = {column["name"] for column in known.get_columns(table)}
        watched = tuple(column for column in columns if column in there)
        for verb, row in _VERBS.items():
            if verb == "UPDATE" and not watched:
                continue
            name = f"{PREFIX}{table}_{verb.lower()}"
            when = f"UPDATE OF {', '.join(watched)}" if verb == "UPDATE" else verb
            change = _change(school.format(row=row))
            if sqlite:
                connection.exec_driver_sql(f"CREATE TRIGGER {name} AFTER {when} ON {table} BEGIN {change} END")
            else:
                body = f"$$ BEGIN {change} RETURN NULL; END $$"
                connection.exec_driver_sql(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS {body}")
                connection.exec_driver_sql(
                    f"CREATE TRIGGER {name} AFTER {when} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
                )


def take_down(connection: Connection) -> None:
    """Whatever of it is there."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
        for (name,) in rows.all():
            if name.startswith(PREFIX):
                connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return
    for table in WATCHED:
        for verb in _VERBS:
            connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {PREFIX}{table}_{verb.lower()} CASCADE")


def _change(school: str) -> str:
    return f"""
        INSERT INTO briefing_head (school_id, changes) SELECT s.id, 1 FROM school s WHERE s.id = {school}
            ON CONFLICT (school_id) DO UPDATE SET changes = briefing_head.changes + 1;"""  # noqa: S608
