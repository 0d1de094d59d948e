"""A real PostgreSQL: one cluster for the run, one fresh database for each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import psycopg

from scripts.loopback.ports import free_port
from scripts.loopback.waiting import eventually


def program(name: str) -> str:
    """Where it is: Debian keeps it beside the newest server."""
    newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    found = str(newest[-1]) if newest else shutil.which(name)
    assert found, f"PostgreSQL ({name}) is not installed: run scripts/test, which offers to install it"
    return found


OTHERS_OUT = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""
TABLES = """
SELECT format('%I', relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
"""
NUMBERS_ANEW = "SELECT setval(format('%I', sequencename)::regclass, start_value, false) FROM pg_sequences"


def _name(url: str) -> str:
    return url.rpartition("/")[2]


class Postgres:
    """A cluster in a temporary folder. PostgreSQL refuses to run as root, so root lends it to `postgres`."""

    def __init__(
        self, parent: Path = Path("/tmp"), settings: Mapping[str, str] | None = None, *, durable: bool = False
    ) -> None:
        """`durable` writes to the disk as a real one does; tests need not wait for that. `settings` are its own."""
        self._settings = settings or {}
        self._fsync = "on" if durable else "off"
        self.port = free_port()
        self._folder = Path(tempfile.mkdtemp(prefix="diemdanh-pg-", dir=parent))
        self._as_user: list[str] = []
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
            self._as_user = ["runuser", "-u", "postgres", "--"]
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self._run(
            program("initdb"),
            "-D",
            str(self._folder / "data"),
            "-U",
            "diemdanh",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
        )

    def _run(self, *command: str) -> None:
        subprocess.run([*self._as_user, *command], check=True, stdout=subprocess.DEVNULL, cwd=self._folder)

    def start(self) -> None:
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": self._folder,
            "fsync": self._fsync,
            "max_connections": 60,
            **self._settings,
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._process = subprocess.Popen(
            [*self._as_user, program("postgres"), "-D", str(self._folder / "data"), *settings],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
        )
        eventually(self._answers, saying="PostgreSQL did not start")

    def _answers(self) -> bool:
        try:
            psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _conninfo(self, database: str) -> str:
        return f"host=127.0.0.1 port={self.port} user=diemdanh dbname={database}"

    def new_database(self) -> str:
        """SQLAlchemy's address of a new, empty database."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self._administer(f"CREATE DATABASE {name} TEMPLATE template0")
        return f"postgresql+psycopg://diemdanh@127.0.0.1:{self.port}/{name}"

    def fill(self, empty_url: str, model_url: str) -> None:
        """Make one database of this cluster a copy of another. Nobody is connected to either."""
        empty, model = _name(empty_url), _name(model_url)
        self._administer(f"DROP DATABASE {empty}", f"CREATE DATABASE {empty} TEMPLATE {model}")

    def clear(self, url: str, *, keep: str) -> None:
        """Take out every row but those of the table `keep`, and whoever is still connected."""
        with psycopg.connect(self._conninfo(_name(url)), autocommit=True) as connection:
            connection.execute(OTHERS_OUT)
            tables = [name for (name,) in connection.execute(TABLES) if name != keep]
            any_row = " UNION ALL ".join(f"(SELECT '{name}' FROM {name} LIMIT 1)" for name in tables)
            filled = connection.execute(any_row.encode()).fetchall()
            connection.execute("SET session_replication_role = replica")  # no trigger keeps its history
            for (name,) in filled:
                connection.execute(f"DELETE FROM {name}".encode())
            connection.execute(NUMBERS_ANEW)

    def _administer(self, *statements: str) -> None:
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """kill -9 of the postmaster; its children follow."""
        head = (self._folder / "data" / "postmaster.pid").read_text().splitlines()[0]
        os.kill(int(head), 9)
        assert self._process is not None
        self._process.wait()

    def stop(self) -> None:
        self._run(program("pg_ctl"), "-D", str(self._folder / "data"), "-m", "immediate", "stop")
        assert self._process is not None
        self._process.wait()
        shutil.rmtree(self._folder, ignore_errors=True)
