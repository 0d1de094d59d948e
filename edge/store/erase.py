"""Whoever leaves this unit's roster takes with them all that is theirs here, and not their templates alone."""

import apsw

from edge.store.credentials import erase_fingers
from edge.store.crops import erase_crops_of
from edge.store.review import erase_review_of


def erase_person(connection: apsw.Connection, person: str) -> None:
    """Within the caller's transaction. Cards stay: they are no part of the body, and are revoked by themselves."""
    connection.execute("DELETE FROM template WHERE person = ?", (person,))
    connection.execute("DELETE FROM look_alike WHERE ? IN (one, other)", (person,))
    connection.execute("DELETE FROM class_member WHERE person = ?", (person,))
    connection.execute(
        "DELETE FROM question WHERE EXISTS (SELECT 1 FROM json_each(question.people) WHERE value = ?)", (person,)
    )
    erase_crops_of(connection, person)
    erase_review_of(connection, person)
    erase_fingers(connection, person)
