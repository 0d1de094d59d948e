"""Where each part of a briefing goes. Within the caller's transaction, all of it."""

import json
from collections.abc import Iterable, Mapping

import apsw

from edge.contract import Method, Wire
from edge.contract.briefing_parts import (
    CALIBRATION,
    CARDS,
    LESSONS,
    LINKS,
    PEOPLE,
    RINGS,
    SETTINGS,
    CalibrationPart,
    CardsPart,
    LessonsPart,
    LinksPart,
    PeoplePart,
    RingsPart,
    UnitSettings,
)
from edge.store.classes import Classes, Lesson
from edge.store.erase import erase_person
from edge.store.look_alikes import LinkedBy, LookAlikes
from edge.store.people import PersonCard, seal_card

OF_ONE_PERSON = ("person_card", "template", "credential", "class_member")
"""Tables that say something of a person, by the column `person`. What happened (outbox, held) is not undone."""


def take_in(connection: apsw.Connection, parts: Mapping[str, Wire], *, key_id: str, key: bytes) -> None:
    """`parts` by name, instead of what they said before. Names are sealed on this disk with `key`."""
    # All classes are emptied first: whoever changes class is in one part before and in another after.
    for name in parts:
        put_aside(connection, name)
    people = {name: part for name, part in parts.items() if isinstance(part, PeoplePart)}
    for name, one_class in people.items():
        connection.executemany(
            "INSERT OR REPLACE INTO person_card (person, sealed, part, key_id) VALUES (?, ?, ?, ?)",
            (
                (
                    one.person,
                    seal_card(PersonCard(one.person, one.full_name, one.given_name, one.class_name), key),
                    name,
                    key_id,
                )
                for one in one_class.people
            ),
        )
    for part in parts.values():
        match part:
            case CardsPart():
                _take_cards(connection, part)
            case UnitSettings():
                connection.executemany(
                    "INSERT INTO told_setting VALUES (?, ?)",
                    (
                        (name, json.dumps(value))
                        for name, value in part.model_dump(exclude_none=True, exclude={"v"}).items()
                    ),
                )
            case CalibrationPart():
                connection.execute(
                    "INSERT INTO told_calibration VALUES (?, ?)", (part.model, part.model_dump_json(exclude={"v"}))
                )
            case LinksPart():
                LookAlikes(connection).replace_within(LinkedBy.CLOUD, part.pairs)
            case LessonsPart():
                Classes(connection).replace_lessons_within(_lessons(part))
            case RingsPart():
                connection.executemany(
                    "INSERT INTO ring VALUES (?, ?)",
                    ((day.isoformat(), f"{at:%H:%M}") for day, index in part.days for at in part.patterns[index]),
                )
    if people:
        _gather_classes(connection)


def put_aside(connection: apsw.Connection, name: str) -> None:
    """Nothing that came with the part `name` holds any more."""
    kind = name.partition("/")[0]
    if kind == LINKS:
        LookAlikes(connection).replace_within(LinkedBy.CLOUD, ())
    elif kind == LESSONS:
        Classes(connection).replace_lessons_within(())
    for statement in {
        PEOPLE: ("DELETE FROM person_card WHERE part = ?1",),
        CARDS: ("DELETE FROM card_key", "DELETE FROM revoked_card", "DELETE FROM credential WHERE method = 'card'"),
        SETTINGS: ("DELETE FROM told_setting",),
        CALIBRATION: ("DELETE FROM told_calibration",),
        RINGS: ("DELETE FROM ring",),
    }.get(kind, ()):
        connection.execute(statement, (name,) if "?1" in statement else ())


def forget_everywhere(connection: apsw.Connection, person: str) -> None:
    erase_person(connection, person)
    for table in OF_ONE_PERSON:
        connection.execute(f"DELETE FROM {table} WHERE person = ?", (person,))  # noqa: S608


def is_anywhere(connection: apsw.Connection, person: str) -> bool:
    linked = connection.execute("SELECT 1 FROM look_alike WHERE ? IN (one, other)", (person,)).get is not None
    return linked or any(
        connection.execute(f"SELECT 1 FROM {table} WHERE person = ?", (person,)).get is not None  # noqa: S608
        for table in OF_ONE_PERSON
    )


def _gather_classes(connection: apsw.Connection) -> None:
    """Who belongs to which class, from all the parts that are here and not from the changed ones alone."""
    classes: dict[str, list[str]] = {}
    for part, person in connection.execute("SELECT part, person FROM person_card WHERE part IS NOT NULL"):
        classes.setdefault(str(part).partition("/")[2], []).append(str(person))
    Classes(connection).replace_members_within(classes)


def _lessons(part: LessonsPart) -> Iterable[Lesson]:
    return (
        Lesson(one.class_ref, day.isoweekday(), one.starts_at, one.ends_at, day, day)
        for day, index in part.days
        for one in part.patterns[index]
    )


def _take_cards(connection: apsw.Connection, part: CardsPart) -> None:
    connection.executemany(
        "INSERT OR REPLACE INTO card_key VALUES (?, ?)", ((key.id, key.public_key) for key in part.keys)
    )
    connection.executemany("INSERT OR IGNORE INTO revoked_card VALUES (?)", _each(part.revoked))
    connection.executemany(
        "INSERT OR REPLACE INTO credential VALUES (?, ?, ?)",
        ((Method.CARD, chip.value, chip.person) for chip in part.chips),
    )


def _each(values: Iterable[int]) -> Iterable[tuple[int]]:
    return ((value,) for value in values)
