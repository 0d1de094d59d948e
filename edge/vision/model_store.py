"""The models on this machine: fetched from the manifest's sources, checked, converted, kept in a cache folder.

A model is a folder `models/NAME/VERSION` with the files that run and `built.json`, which names their checksums. It is
made elsewhere and moved there when it is complete, so half a model is never seen.
"""

import fcntl
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pydantic import BaseModel, ConfigDict, ValidationError

from edge.errors import EdgeError, Misconfigured, Rejected, Unavailable
from edge.vision import build, model_sources
from edge.vision.manifest import Manifest, Model, Role, read_manifest

ROLES: tuple[Role, ...] = ("detector", "landmarks", "embedder")
"""What a unit cannot do without; liveness it can."""
_RECORD = "built.json"


class Built(BaseModel):
    """What `built.json` says of one model on this machine."""

    model_config = ConfigDict(frozen=True)

    published_sha256: str
    recipe: int
    files: dict[str, str]
    """sha256 by file name."""
    embedding_ms: dict[str, float] = {}
    """The self-benchmark: median by file name, the fastest first."""


class Teller:
    """Says what happens, one line at a time; on a terminal a download shows how far it is."""

    def __init__(self, stream: IO[str] | None = None) -> None:
        self._stream = stream or sys.stderr

    def say(self, line: str) -> None:
        self._stream.write(f"{line}\n")
        self._stream.flush()

    def progress(self, done: int, total: int | None) -> None:
        if self._stream.isatty():
            share = f" of {total / 1e6:.1f} MB ({done / total:.0%})" if total else " MB"
            self._stream.write(f"\r    {done / 1e6:.1f}{share}\x1b[K" + ("\r\x1b[K" if done == total else ""))
            self._stream.flush()


class ModelStore:
    def __init__(
        self, manifest: Manifest, cache: Path, folder: Path | None = None, *, embedder: str | None = None
    ) -> None:
        """`cache` is ours to write; `folder` may hold published files that need not be downloaded.

        `embedder` names the one to use; None: the first of the manifest that is here.
        """
        self.embedder = embedder
        self.manifest = manifest
        self._cache = cache
        self._folder = folder

    @classmethod
    def of_this_machine(cls, environ: Mapping[str, str] = os.environ, *, embedder: str | None = None) -> "ModelStore":
        """DIEMDANH_CACHE, or XDG_CACHE_HOME/diemdanh, or ~/.cache/diemdanh; DIEMDANH_MODEL_PATH and
        DIEMDANH_MODEL_MANIFEST. `embedder` names the one to use, of the manifest's."""
        if own := environ.get("DIEMDANH_CACHE"):
            cache = Path(own)
        elif shared := environ.get("XDG_CACHE_HOME"):
            cache = Path(shared) / "diemdanh"
        elif home := environ.get("HOME"):
            cache = Path(home) / ".cache" / "diemdanh"
        else:
            raise Misconfigured("nowhere to keep the models: set DIEMDANH_CACHE to a folder")
        folder = environ.get("DIEMDANH_MODEL_PATH")
        return cls(read_manifest(), cache, Path(folder) if folder else None, embedder=embedder)

    def folder_of(self, model: Model) -> Path:
        """One for every version of the weights and of their conversion: a unit that is rolled back finds its own."""
        return self._cache / "models" / model.name / f"{model.digest}-{build.RECIPES[model.build]}"

    def built(self, model: Model) -> Built | None:
        """What is here of `model`, without reading the files themselves; None if it has to be pulled."""
        try:
            record = Built.model_validate_json((self.folder_of(model) / _RECORD).read_bytes())
        except (OSError, ValidationError):
            return None
        current = record.published_sha256 == model.sha256 and record.recipe == build.RECIPES[model.build]
        return record if current else None

    def verify(self, model: Model) -> Built:
        """The record, after reading every file. Raises Misconfigured if one is missing or altered."""
        record = self.built(model)
        if record is None:
            raise Misconfigured(f"model {model.name} is not here: run `diemdanh-edge models pull`")
        for name, sha256 in record.files.items():
            file = self.folder_of(model) / name
            if not file.is_file() or sha256_of(file) != sha256:
                raise Misconfigured(
                    f"{file} is missing or altered (its checksum is wrong): run `diemdanh-edge models pull`"
                )
        return record

    def ready(self, role: Role) -> Model | None:
        """The best model for `role` that is here, or the embedder that was asked for if it is here."""
        return next((model for model in self._candidates(role) if self.built(model)), None)

    def is_complete(self) -> bool:
        """Is there a model for everything that a unit needs?"""
        embedder = self.ready("embedder")
        needed = [role for role in ROLES if role != "landmarks" or (embedder and embedder.align == "dlib")]
        return embedder is not None and all(self.ready(role) for role in needed)

    def _candidates(self, role: Role) -> tuple[Model, ...]:
        models = self.manifest.of_role(role)
        if role != "embedder" or not self.embedder:
            return models
        asked_for = self.manifest.named(self.embedder)
        if asked_for not in models:
            raise Misconfigured(f"embedder: {asked_for.name} is a model for the {asked_for.role}")
        return (asked_for,)

    def needed(self, role: Role) -> Model:
        """The same. Raises Misconfigured when it is not here."""
        model = self.ready(role)
        if model is None:
            named = f" {self.embedder}" if role == "embedder" and self.embedder else ""
            raise Misconfigured(f"no model for the {role} is here: run `diemdanh-edge models pull{named}`")
        return model

    def pull(self, names: Sequence[str] = (), teller: Teller | None = None) -> None:
        """Have `names`, or whatever a unit needs: for each role the first model that can be had, and what judges
        liveness if it can be had.

        Raises Unavailable or Rejected, with every source's reason, when one cannot be had; Misconfigured when the
        cache cannot be written.
        """
        teller = teller or Teller()
        with self._scratch() as scratch:
            if names:
                for model in [self.manifest.named(name) for name in names]:
                    self._have(model, scratch, teller)
                return
            for role in ROLES:
                self._have_one_of(self._candidates(role), scratch, teller)
            self._have_if_possible(self.manifest.of_role("liveness"), scratch, teller)

    def published(self, *names: str, teller: Teller | None = None) -> list[Path]:
        """The files of these models as they were published, for benchmarks and tests; a unit does not keep them."""
        kept = self._cache / "published"
        with self._scratch() as scratch:
            kept.mkdir(exist_ok=True)
            for model in map(self.manifest.named, names):
                file = kept / model.file
                if not file.exists() or sha256_of(file) != model.sha256:
                    self._fetch(model, scratch, teller or Teller()).replace(file)
        return [kept / self.manifest.named(name).file for name in names]

    def _have_one_of(self, models: Sequence[Model], scratch: Path, teller: Teller) -> None:
        for model, other in zip(models, [*models[1:], None], strict=True):
            try:
                self._have(model, scratch, teller)
                return
            except EdgeError as error:
                if other is None:
                    raise
                teller.say(f"{error}\n{model.name} cannot be had now; taking {other.name} instead ({other.about})")

    def _have_if_possible(self, models: Sequence[Model], scratch: Path, teller: Teller) -> None:
        """All of them: they are used together."""
        try:
            for model in models:
                self._have(model, scratch, teller)
        except EdgeError as error:
            files = " and ".join(model.file for model in models)
            teller.say(
                f"{error}\nliveness is off: a photo held before the camera counts as the person. Put {files} into a "
                "folder, name it with DIEMDANH_MODEL_PATH and run `diemdanh-edge models pull` again; how they are "
                "made: models/cards/minifasnet.md"
            )

    def _have(self, model: Model, scratch: Path, teller: Teller) -> None:
        try:
            self.verify(model)
            teller.say(f"{model.name}: here")
            return
        except Misconfigured:
            published = self._fetch(model, scratch, teller)
        teller.say(f"{model.name}: preparing it for this machine")
        made = scratch / f"{model.name}.made"
        made.mkdir()
        build.build(model, published, made)
        published.unlink()
        record = Built(
            published_sha256=model.sha256,
            recipe=build.RECIPES[model.build],
            files={file.name: sha256_of(file) for file in sorted(made.iterdir())},
            embedding_ms=build.fastest(made),
        )
        (made / _RECORD).write_text(record.model_dump_json(indent=2), encoding="utf-8")
        for name, median in record.embedding_ms.items():
            teller.say(f"{model.name}: {median:.1f} ms an embedding with {name}")
        final = self.folder_of(model)
        final.parent.mkdir(parents=True, exist_ok=True)
        if final.exists():
            final.rename(scratch / f"{model.name}.old")
        made.rename(final)
        teller.say(f"{model.name}: ready")

    def _fetch(self, model: Model, scratch: Path, teller: Teller) -> Path:
        """The published file, its checksum right."""
        into = scratch / model.file
        reasons = []
        for source in (*([self._folder] if self._folder else []), *model.sources):
            where = model_sources.describe(source)
            teller.say(f"{model.name}: asking {where}")
            try:
                model_sources.fetch(source, model.file, into, scratch / "packages", teller.progress)
                if (found := sha256_of(into)) != model.sha256:
                    raise Rejected(f"has the sha256 {found[:12]}..., not {model.sha256[:12]}...: not used")
                return into
            except EdgeError as error:
                reasons.append(f"  {where}: {error}")
                into.unlink(missing_ok=True)
        raise Unavailable(
            "\n".join([f"{model.name} ({model.file}) could not be had:", *reasons])
            + ("" if self._folder else "\n  a folder with that file, named by DIEMDANH_MODEL_PATH, would do as well")
        )

    @contextmanager
    def _scratch(self) -> Iterator[Path]:
        """A folder on the cache's own file system. One process pulls at a time; what a dead one left is removed."""
        try:
            self._cache.mkdir(parents=True, exist_ok=True)
            with (self._cache / "pull.lock").open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                for left_over in self._cache.glob("pull-*"):
                    shutil.rmtree(left_over, ignore_errors=True)
                with tempfile.TemporaryDirectory(
                    prefix="pull-", dir=self._cache, ignore_cleanup_errors=True
                ) as scratch:
                    yield Path(scratch)
        except OSError as error:
            raise Misconfigured(f"the cache {self._cache} cannot be used: {error}") from error


def sha256_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
