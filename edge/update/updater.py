"""One look for new software, from the question to the verdict. It may be killed at any moment: `recover`, which every
look begins with, brings back what ran before."""

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from edge.contract.release import ReleaseManifest, read_manifest
from edge.errors import Rejected, Unavailable
from edge.store import releases
from edge.store.releases import Releases, Verdict
from edge.update.services import Services
from edge.update.shelf import Shelf

log = logging.getLogger(__name__)

LOOK_EVERY_S = 2.0
MOST_TRIES = 2
"""A power cut is no fault of the software's; two in its first minutes may be."""


class Client(Protocol):
    """The service, or a test's; see ReleaseClient."""

    def offered(self, *, have: int) -> bytes | None: ...

    def download(self, manifest: ReleaseManifest, to: Path) -> None: ...


class Updater:
    """`wait(seconds)` and `monotonic_s` are time; `install(archive, folder)` makes an environment."""

    def __init__(
        self,
        shelf: Shelf,
        client: Client,
        key: bytes,
        services: Services,
        install: Callable[[Path, Path], None],
        monotonic_s: Callable[[], float],
        wait: Callable[[float], None],
        *,
        healthy_s: float,
        patience_s: float,
    ) -> None:
        self._shelf, self._client, self._key, self._services = shelf, client, key, services
        self._install, self._monotonic_s, self._wait = install, monotonic_s, wait
        self._healthy_s, self._patience_s = healthy_s, patience_s

    def recover(self) -> bool:
        """Whether a release had been tried and never judged: what ran before it runs again."""
        state = releases.read(self._shelf.folder)
        interrupted = state.verdict is Verdict.TRIED
        if interrupted:
            self._go_back(state, Verdict.INTERRUPTED, "the update was cut off before it was judged")
        self._shelf.tidy(state.previous)
        return interrupted

    def look(self) -> Releases:
        """What runs in the end. Raises Unavailable (nothing has changed), Unreadable and Rejected (refused)."""
        self.recover()
        state = releases.read(self._shelf.folder)
        again = state.verdict is Verdict.INTERRUPTED and state.tries < MOST_TRIES
        have = state.number - 1 if again else state.number
        body = self._client.offered(have=have)
        if body is None:
            return state
        manifest = read_manifest(body, self._fits)
        if manifest.number <= have:
            raise Rejected(f"release {manifest.number} is no newer than {have}, which was here: refused")
        self._prepare(manifest)
        return self._try(manifest, state)

    def _prepare(self, manifest: ReleaseManifest) -> None:
        archive = self._shelf.folder / "archive.tar"
        try:
            self._client.download(manifest, archive)
            self._install(archive, self._shelf.begin(manifest.number))
        finally:
            archive.unlink(missing_ok=True)
        self._shelf.finish(manifest.number)

    def _try(self, manifest: ReleaseManifest, before: Releases) -> Releases:
        known = self._services.problems()
        state = Releases(
            number=manifest.number,
            software=manifest.software,
            verdict=Verdict.TRIED,
            tries=before.tries + 1 if before.number == manifest.number else 1,
            previous=self._shelf.current,
        )
        releases.write(self._shelf.folder, state)
        self._shelf.switch(str(self._shelf.path(manifest.number)))
        self._services.restart()
        problem = self._problem(known)
        if problem:
            return self._go_back(state, Verdict.FAILED, problem)
        state = replace(state, verdict=Verdict.RUNS)
        releases.write(self._shelf.folder, state)
        # The one before stays: it is what a person would go back to.
        self._shelf.tidy(state.previous)
        log.info("release %d (%s) runs", state.number, state.software)
        return state

    def _problem(self, known: frozenset[str]) -> str:
        """Empty when for `healthy_s` nothing was wrong that was not wrong before."""
        begun_s = well_since_s = self._monotonic_s()
        found: frozenset[str] = frozenset()
        while self._monotonic_s() - begun_s < self._patience_s:
            self._wait(LOOK_EVERY_S)
            found = self._services.problems() - known
            if found:
                well_since_s = self._monotonic_s()
            elif self._monotonic_s() - well_since_s >= self._healthy_s:
                return ""
        return "; ".join(sorted(found)) or "it did not stay well for long enough"

    def _go_back(self, state: Releases, verdict: Verdict, why: str) -> Releases:
        self._shelf.switch(state.previous)
        # Before it is written down: killed in between, this happens once more, which does no harm.
        self._services.restart()
        state = replace(state, verdict=verdict, why=why[:200])
        releases.write(self._shelf.folder, state)
        log.error("release %d (%s) %s: %s; what ran before runs again", state.number, state.software, verdict, why)
        return state

    def _fits(self, signature: bytes, signed: bytes) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self._key).verify(signature, signed)
        except (InvalidSignature, ValueError):
            return False
        return True


def look_or_say_why(updater: Updater) -> Releases | None:
    """None when the service is away, which is no fault."""
    try:
        return updater.look()
    except Unavailable as error:
        log.warning("no look for new software: %s", error)
        return None
