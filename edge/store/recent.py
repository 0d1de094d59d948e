"""The last things that happened here, for the screen: they outlive their rows in the outbox."""

import apsw
from pydantic import ValidationError

from edge.contract import Sighting


def recent(connection: apsw.Connection, *, limit: int = 10) -> list[Sighting]:
    """The newest first."""
    rows = connection.execute("SELECT sighting FROM recent ORDER BY seq DESC LIMIT ?", (limit,)).fetchall()
    found: list[Sighting] = []
    for (row,) in rows:
        try:
            found.append(Sighting.model_validate_json(str(row)))
        except ValidationError:
            # What cannot be read is not shown; the outbox sets it aside for a person.
            continue
    return found
