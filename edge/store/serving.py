"""Which embedder serves on this unit, and to which it is being changed: the templates of both are here meanwhile.

Without a row the setting `embedder` says it. A row counts while that setting is what it was when the row was made:
whoever changes the setting afterwards has the last word.
"""

from dataclasses import dataclass
from typing import Any

import apsw

from edge.errors import Rejected
from edge.store.db import transaction
from edge.store.roster import roster_changed


@dataclass(frozen=True, slots=True)
class Named:
    """An embedder: its name in the manifest and its digest."""

    name: str
    model: str


@dataclass(frozen=True, slots=True)
class Serving:
    now: Named
    other: Named | None
    """Prepared to take its place, or the one before, which can still take it back; None when all is finished."""
    changed: bool
    """Whether `other` is the one before."""


class ServingModel:
    """`setting` is what the setting `embedder` says, "" for none."""

    def __init__(self, connection: apsw.Connection, setting: str) -> None:
        self._connection = connection
        self._setting = setting

    def read(self) -> Serving | None:
        """None: the setting says it."""
        row: Any = self._connection.execute(
            "SELECT name, model, other_name, other_model, changed FROM serving WHERE setting = ?", (self._setting,)
        ).fetchone()
        if row is None:
            return None
        name, model, other_name, other_model, changed = row
        other = Named(other_name, other_model) if other_name is not None else None
        return Serving(Named(name, model), other, bool(changed))

    def name(self) -> str | None:
        """What to ask the model store for; None: the first embedder that is here."""
        found = self.read()
        return found.now.name if found else self._setting or None

    def prepare(self, now: Named, other: Named) -> None:
        """From here on templates of `other` are made beside those of `now`, which serves.

        Raises Rejected while another change is under way.
        """
        with transaction(self._connection):
            found = self.read()
            if found and found.other and found.other != other:
                raise Rejected(
                    f"a change between {found.now.name} and {found.other.name} is not finished: "
                    "`models switch --finish` ends it, and erases the templates of the latter"
                )
            self._connection.execute("DELETE FROM serving")
            self._connection.execute(
                "INSERT INTO serving VALUES (1, ?, ?, ?, ?, ?, 0)",
                (self._setting, now.name, now.model, other.name, other.model),
            )

    def change(self, *, back: bool = False) -> Serving:
        """The one step: what serves and what is beside it change places. Whoever matches reads everything again.

        Raises Rejected when nothing was prepared, or with `back` when nothing was changed.
        """
        with transaction(self._connection):
            found = self.read()
            if found is None or found.other is None or found.changed is not back:
                raise Rejected("nothing to take back: no change of the model is kept here" if back
                               else "another change came between: run `models switch` again")  # fmt: skip
            self._connection.execute(
                "UPDATE serving SET name = other_name, model = other_model, other_name = name, other_model = model,"
                " changed = 1 - changed"
            )
            roster_changed(self._connection)
            return Serving(found.other, found.now, not found.changed)

    def finish(self) -> tuple[Named, int]:
        """Erase the templates of the one that does not serve, but not what the cloud delivered: that is the cloud's.

        Gives which it was, and how many went. Raises Rejected when there is none.
        """
        with transaction(self._connection):
            found = self.read()
            if found is None or found.other is None:
                raise Rejected("nothing to finish: no change of the model is under way")
            self._connection.pragma("secure_delete", True)
            other = found.other.model
            self._connection.execute("DELETE FROM template WHERE model = ? AND cloud_id IS NULL", (other,))
            gone = self._connection.changes()
            self._connection.execute("DELETE FROM learnt WHERE model = ?", (other,))
            self._connection.execute("UPDATE serving SET other_name = NULL, other_model = NULL, changed = 0")
            # No row is needed for what the setting says.
            self._connection.execute("DELETE FROM serving WHERE name = setting")
            roster_changed(self._connection)
            return found.other, gone
