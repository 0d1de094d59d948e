"""The unit's one database: opened the durable way, its tables brought up to date."""

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from edge.errors import Misconfigured, Unavailable

FILE_NAME = "unit.db"
BUSY_TIMEOUT_MS = 5_000


class Replaced(Exception):
    """What was just written went into a file that is no longer used. Nothing else helps but to start again."""


MIGRATIONS = (
    # A script here is never edited once it has shipped: append the next one.
    """
    -- What the unit saw and the cloud has not acknowledged. AUTOINCREMENT: a seq is never given twice, even when
    -- the row that had it is gone.
    CREATE TABLE outbox (seq INTEGER PRIMARY KEY AUTOINCREMENT, sighting TEXT NOT NULL) STRICT;

    -- Sightings that the cloud could not use; kept here too, for a person.
    CREATE TABLE set_aside (seq INTEGER PRIMARY KEY, sighting TEXT NOT NULL, reason TEXT NOT NULL) STRICT;

    -- Whom the unit may know: sealed templates, never a name. `model` is the embedder's digest.
    CREATE TABLE template (
        id INTEGER PRIMARY KEY, person TEXT NOT NULL, model TEXT NOT NULL, quality REAL NOT NULL, sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX template_person ON template (person);
    CREATE TABLE roster (only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL) STRICT;
    INSERT INTO roster VALUES (1, 0);

    -- How the recogniser is, for the heartbeat.
    CREATE TABLE vital_signs (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), boot_id TEXT NOT NULL, monotonic_ms INTEGER NOT NULL,
        camera TEXT NOT NULL, frames_per_s REAL NOT NULL
    ) STRICT;
    """,
    """
    -- Ways to be known without a face: whose signature a printed card must have, which cards no longer count, and
    -- whose chip or which finger's slot is whose.
    CREATE TABLE card_key (id INTEGER PRIMARY KEY, public_key BLOB NOT NULL) STRICT;
    CREATE TABLE revoked_card (serial INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE credential (
        method TEXT NOT NULL, value TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (method, value)
    ) STRICT, WITHOUT ROWID;
    """,
    """
    -- The last things that happened, for the screen at the gate: they outlive their rows in the outbox. A trigger, so
    -- that every way of being marked is shown, and none can be recorded without.
    CREATE TABLE recent (seq INTEGER PRIMARY KEY, sighting TEXT NOT NULL) STRICT;
    CREATE TRIGGER outbox_recent AFTER INSERT ON outbox BEGIN
        INSERT OR REPLACE INTO recent VALUES (NEW.seq, NEW.sighting);
        DELETE FROM recent WHERE seq <= NEW.seq - 50;
    END;

    -- Names for the greeting and the guard's lists, sealed like templates.
    CREATE TABLE person_card (person TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;

    -- The guard's check-ins that may still be undone; then they go to the outbox.
    CREATE TABLE held (
        id INTEGER PRIMARY KEY, person TEXT NOT NULL, captured_at TEXT NOT NULL, boot_id TEXT NOT NULL,
        monotonic_ms INTEGER NOT NULL, trusted INTEGER NOT NULL
    ) STRICT;

    -- When the cloud was last heard of.
    CREATE TABLE uplink_signs (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), boot_id TEXT NOT NULL, monotonic_ms INTEGER NOT NULL,
        way TEXT NOT NULL
    ) STRICT;
    """,
    """
    -- What the cloud delivered: its own id of a template, and which key seals it (NULL: the unit's own).
    ALTER TABLE template ADD COLUMN cloud_id TEXT;
    ALTER TABLE template ADD COLUMN key_id TEXT;
    CREATE TABLE delivered (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL, key_id TEXT, signer BLOB,
        acknowledgement TEXT
    ) STRICT;
    INSERT INTO delivered VALUES (1, 0, NULL, NULL, NULL);
    """,
    """
    -- Fingers that are still on the sensor and must not be: whoever has the sensor forgets them.
    CREATE TABLE finger_to_forget (slot INTEGER PRIMARY KEY) STRICT;
    """,
    """
    -- Who cannot be told apart by the face alone (siblings, twins), and who says so.
    CREATE TABLE look_alike (
        one TEXT NOT NULL, other TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (one, other, source),
        CHECK (one < other)
    ) STRICT, WITHOUT ROWID;

    -- Who belongs to which class, and which class has a lesson in this unit's room when (minutes of the school's day,
    -- ISO weekday, first and last day).
    CREATE TABLE class_member (
        class TEXT NOT NULL, person TEXT NOT NULL, PRIMARY KEY (class, person)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE lesson (
        class TEXT NOT NULL, weekday INTEGER NOT NULL, starts_min INTEGER NOT NULL, ends_min INTEGER NOT NULL,
        first_day TEXT NOT NULL, last_day TEXT NOT NULL
    ) STRICT;
    """,
    """
    -- What the recogniser passed over because something newer was there.
    ALTER TABLE vital_signs ADD COLUMN missed_frames INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE vital_signs ADD COLUMN missed_looks INTEGER NOT NULL DEFAULT 0;
    """,
    """
    -- Whether the recogniser tells pictures from people (contract: LivenessState).
    ALTER TABLE vital_signs ADD COLUMN liveness TEXT;
    """,
    """
    -- Faces that only a second factor tells apart, while one is waited for: what is recorded if none comes, and whom
    -- it may be. `answered` is the seq of the sighting that settled it, `person` whose it was.
    CREATE TABLE question (
        id INTEGER PRIMARY KEY, sighting TEXT NOT NULL, people TEXT NOT NULL, boot_id TEXT NOT NULL,
        monotonic_ms INTEGER NOT NULL, answered INTEGER, person TEXT
    ) STRICT;
    """,
    """
    -- What the cloud told this unit beside templates: its parts by digest, and by which software one was not read.
    CREATE TABLE briefing (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), version INTEGER NOT NULL, key_id TEXT, acknowledgement TEXT
    ) STRICT;
    INSERT INTO briefing VALUES (1, 0, NULL, NULL);
    CREATE TABLE briefing_part (name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, unread_by TEXT) STRICT;

    -- Names: which part they came with, and which key seals them (NULL: the unit's own).
    ALTER TABLE person_card ADD COLUMN part TEXT;
    ALTER TABLE person_card ADD COLUMN key_id TEXT;

    -- What the cloud set: one value a setting, and the calibration under its model, as JSON. They name nobody.
    CREATE TABLE told_setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
    CREATE TABLE told_calibration (model TEXT PRIMARY KEY, calibration TEXT NOT NULL) STRICT;

    -- When the bell rings, in the school's own time: YYYY-MM-DD and HH:MM.
    CREATE TABLE ring (day TEXT NOT NULL, at TEXT NOT NULL, PRIMARY KEY (day, at)) STRICT, WITHOUT ROWID;
    """,
    """
    -- Faces that gave no name, for staff to assign or dismiss: the picture is sealed, and gone when its time is over.
    -- `verdict` is NULL, assigned, dismissed or sent; until verdict_ms has passed by some seconds it can be taken back.
    CREATE TABLE review (
        id INTEGER PRIMARY KEY AUTOINCREMENT, outcome TEXT NOT NULL, candidates TEXT NOT NULL,
        may_teach INTEGER NOT NULL, captured_at TEXT NOT NULL, boot_id TEXT NOT NULL, monotonic_ms INTEGER NOT NULL,
        trusted INTEGER NOT NULL, sealed BLOB NOT NULL, verdict TEXT, person TEXT, verdict_boot TEXT, verdict_ms INTEGER
    ) STRICT;

    -- Templates learnt from what staff assigned. They never leave this unit.
    CREATE TABLE learnt (
        review INTEGER PRIMARY KEY, person TEXT NOT NULL, model TEXT NOT NULL, quality REAL NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    """,
    """
    -- Face crops of enrolment, sealed, for another embedder to make templates of: `template.crop` says of which.
    CREATE TABLE crop (
        id INTEGER PRIMARY KEY AUTOINCREMENT, person TEXT NOT NULL, quality REAL NOT NULL, kept_at TEXT NOT NULL,
        sealed BLOB NOT NULL
    ) STRICT;
    CREATE INDEX crop_person ON crop (person);
    ALTER TABLE template ADD COLUMN crop INTEGER;

    -- Which embedder serves, since the setting said so or so, and which one is beside it: prepared, or (changed = 1)
    -- the one before.
    CREATE TABLE serving (
        only_row INTEGER PRIMARY KEY CHECK (only_row = 1), setting TEXT NOT NULL, name TEXT NOT NULL,
        model TEXT NOT NULL, other_name TEXT, other_model TEXT, changed INTEGER NOT NULL
    ) STRICT;
    """,
)


def has_wal_reset_bug(version: str) -> bool:
    """SQLite's WAL-reset bug corrupts a database that two connections write.

    Mended in 3.51.3, and in the branches 3.50 (from .7) and 3.44 (from .6): https://sqlite.org/wal.html, section 11.
    """
    parsed = tuple(int(part) for part in version.split("."))
    backported = parsed[:2] == (3, 50) and parsed >= (3, 50, 7)
    backported = backported or (parsed[:2] == (3, 44) and parsed >= (3, 44, 6))
    return parsed < (3, 51, 3) and not backported


def connect(data_dir: Path) -> apsw.Connection:
    """The database in `data_dir`, made if need be: WAL, synchronous FULL, newest tables.

    One connection belongs to one thread. Raises Misconfigured when only a person can help.
    """
    if has_wal_reset_bug(apsw.sqlite_lib_version()):
        raise Misconfigured(
            f"SQLite {apsw.sqlite_lib_version()} can corrupt the outbox: 3.51.3 is needed. Install apsw from PyPI."
        )
    path = data_dir / FILE_NAME
    try:
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        connection = apsw.Connection(str(path))
        connection.set_busy_timeout(BUSY_TIMEOUT_MS)
        connection.pragma("journal_mode", "wal")
        connection.pragma("synchronous", "full")
        _migrate(connection, path)
    except (OSError, apsw.CantOpenError, apsw.ReadOnlyError, apsw.PermissionsError) as error:
        raise Misconfigured(f"{path}: cannot be written: {error}. Check data_dir and who owns it.") from error
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise Misconfigured(
            f"{path}: damaged: {error}. Start the services again: they save what can be read (store/recovery.py)."
        ) from error
    return connection


def changed(connection: apsw.Connection) -> int:
    """A number that differs after another connection has committed. Asking costs microseconds."""
    return int(connection.pragma("data_version"))


def whole_number(connection: apsw.Connection, sql: str, values: tuple[str | int, ...] = ()) -> int:
    """The one number that `sql` asks for."""
    value = connection.execute(sql, values).get
    assert isinstance(value, int)
    return value


@contextmanager
def transaction(connection: apsw.Connection) -> Iterator[None]:
    """All or nothing, on disk when it is left. Raises Unavailable when the disk is full or does not answer.

    Raises Replaced when another process has put a salvaged database into this one's place (recovery.py).
    """
    try:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
            if _has_moved(connection):
                raise Replaced(f"{connection.filename}: was damaged and replaced: this service starts again.")
        finally:
            # SQLite rolls back by itself when the disk is full.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
    except (apsw.FullError, apsw.IOError, apsw.BusyError) as error:
        raise Unavailable(f"{connection.filename}: not written: {error}. Is the disk full or failing?") from error


def _has_moved(connection: apsw.Connection) -> bool:
    """Whether the file that is open is no longer the one at its path."""
    answer = ctypes.c_int(0)
    connection.file_control("main", apsw.SQLITE_FCNTL_HAS_MOVED, ctypes.addressof(answer))
    return bool(answer.value)


def _migrate(connection: apsw.Connection, path: Path) -> None:
    if connection.pragma("user_version") == len(MIGRATIONS):
        return
    with transaction(connection):
        # Read again: the other process may have been here while we waited for the lock.
        applied = int(connection.pragma("user_version"))
        if applied > len(MIGRATIONS):
            raise Misconfigured(
                f"{path}: written by newer software (tables {applied}, known here {len(MIGRATIONS)}): update this one."
            )
        for script in MIGRATIONS[applied:]:
            connection.execute(script)
        connection.pragma("user_version", len(MIGRATIONS))
