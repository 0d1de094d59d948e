"""The file itself: compressed, sealed for one age key or open, whole under its name or not there.

age (https://age-encryption.org/v1) with an X25519 recipient: the server holds only what seals, so whoever takes the
server reads no back-up of it; and any `age` program opens the file without us.
"""

import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from gzip import BadGzipFile, GzipFile
from pathlib import Path
from typing import IO

import pyrage

from cloud.backup.errors import Damaged, NoKey
from cloud.kit.errors import Invalid

AGE_BEGINS = b"age-encryption.org/v1"
LEVEL = 6
_PUBLIC = "# public key: "


def new_key(file: Path) -> str:
    """Write a new key, as age-keygen does; returns its public half. Raises Invalid where there is a file already."""
    identity = pyrage.x25519.Identity.generate()
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise Invalid(f"{file}: {error.strerror}: a key is never written over another file") from error
    public = str(identity.to_public())
    with os.fdopen(handle, "w") as out:
        out.write(f"{_PUBLIC}{public}\n{identity}\n")
    return public


@contextmanager
def writing(file: Path, recipient: str | None) -> Iterator[GzipFile]:
    """What is written becomes `file` when the block ends well, and is on the disk then. Raises Invalid, OSError."""
    seal_for = [_recipient(recipient)] if recipient else None
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            if seal_for is None:
                with GzipFile("", "wb", LEVEL, out) as zipped:
                    yield zipped
            else:
                reader, writer = _pipe()
                sealing = _beside(reader, lambda: pyrage.encrypt_io(reader, out, seal_for))
                with sealing, writer, GzipFile("", "wb", LEVEL, writer) as zipped:
                    yield zipped
            out.flush()
            os.fsync(out.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def reading(file: Path, key_file: Path | None) -> Iterator[GzipFile]:
    """What was written. Raises NoKey, Damaged, or Invalid for a file that is not there."""
    try:
        with file.open("rb") as stored:
            sealed = stored.read(len(AGE_BEGINS)) == AGE_BEGINS
            stored.seek(0)
            if not sealed:
                with GzipFile(fileobj=stored) as zipped:
                    yield zipped
                return
            identity = _identity(file, key_file)
            reader, writer = _pipe()

            def unseal() -> None:
                with writer:
                    pyrage.decrypt_io(stored, writer, [identity])

            with _beside(writer, unseal), reader, GzipFile(fileobj=reader) as zipped:
                yield zipped
    except pyrage.DecryptError as error:
        raise NoKey(f"{file.name} was sealed for another key than the one in {key_file}") from error
    except (EOFError, BadGzipFile, zlib.error) as error:
        raise Damaged(f"{file.name} is damaged or cut off: {error}") from error
    except OSError as error:
        if error.errno is None:  # age found a block that was altered
            raise Damaged(f"{file.name} is damaged: {error}") from error
        raise Invalid(f"{file}: {error.strerror}") from error


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise Invalid(
            f"{text!r} is no age key: it begins with age1 and comes from diemdanh-cloud backup-key"
        ) from error


def _identity(file: Path, key_file: Path | None) -> pyrage.x25519.Identity:
    if key_file is None:
        raise NoKey(f"{file.name} is sealed: say --key and the file that diemdanh-cloud backup-key wrote")
    lines = key_file.read_text(encoding="utf-8", errors="replace").splitlines()
    try:
        [secret] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return pyrage.x25519.Identity.from_str(secret)
    except (ValueError, pyrage.IdentityError) as error:
        raise NoKey(f"{key_file} holds no age key: one line AGE-SECRET-KEY-1…") from error


def _pipe() -> tuple[IO[bytes], IO[bytes]]:
    reader, writer = os.pipe()
    return os.fdopen(reader, "rb"), os.fdopen(writer, "wb")


@contextmanager
def _beside(end: IO[bytes], work: Callable[[], None]) -> Iterator[None]:
    """age pulls and pushes by itself: it works in a thread at the other end of a pipe. Its error is the one raised."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            # The other end may be closed already, and then its own error is what counts.
            with suppress(OSError):
                end.close()

    thread = threading.Thread(target=run, name="age")
    thread.start()
    try:
        yield
    except BaseException as error:
        thread.join()
        if failed and not isinstance(failed[0], BrokenPipeError):
            raise failed[0] from error
        raise
    thread.join()
    if failed and not isinstance(failed[0], BrokenPipeError):
        raise failed[0]
