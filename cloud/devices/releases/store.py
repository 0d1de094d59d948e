"""Releases as files in `release_dir`: N.manifest, N.tar, and N.offer, which says for whom. Written by
`diemdanh-cloud release`, read by every process that serves; what is written appears whole or not at all."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from cloud.kit.errors import Conflict, Invalid, NotFound
from edge.contract import Unreadable
from edge.contract.release import ReleaseManifest, read_unchecked
from edge.contract.wire import DeviceId


class Offer(BaseModel):
    """`first` gets it before the others; everybody when it has worked there."""

    model_config = ConfigDict(frozen=True)

    v: Literal[1] = 1
    first: DeviceId
    everybody: bool = False

    def is_for(self, unit: str) -> bool:
        return self.everybody or unit == self.first


@dataclass(frozen=True, slots=True)
class Release:
    manifest: ReleaseManifest
    offer: Offer


class ReleaseStore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def all(self) -> Iterator[Release]:
        """The newest first. What cannot be read is not offered."""
        numbers = sorted(
            (int(path.stem) for path in self._folder.glob("*.offer") if path.stem.isdecimal()), reverse=True
        )
        for number in numbers:
            try:
                offer = Offer.model_validate_json(self._path(number, "offer").read_bytes())
                manifest = read_unchecked(self.manifest(number))
            except (OSError, ValidationError, Unreadable):
                continue
            yield Release(manifest, offer)

    def newest_for(self, unit: str, *, above: int) -> Release | None:
        found = (one for one in self.all() if one.offer.is_for(unit) and one.manifest.number > above)
        return next(found, None)

    def is_for(self, number: int, unit: str) -> bool:
        return any(one.manifest.number == number and one.offer.is_for(unit) for one in self.all())

    def manifest(self, number: int) -> bytes:
        """The signed body, as it was placed."""
        return self._path(number, "manifest").read_bytes()

    def archive(self, number: int) -> Path:
        return self._path(number, "tar")

    def place(self, manifest_file: Path, archive: Path, *, first: str) -> ReleaseManifest:
        """Raises Invalid for files that do not belong together, Conflict for a number that was placed before."""
        try:
            body = manifest_file.read_bytes()
            manifest = read_unchecked(body)
            with archive.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            offer = Offer(first=first)
        except (OSError, Unreadable, ValidationError) as error:
            raise Invalid(f"not a release: {error}") from error
        if (digest, archive.stat().st_size) != (manifest.sha256, manifest.size_bytes):
            raise Invalid(f"{archive}: not the archive that {manifest_file} names")
        newest = max((one.manifest.number for one in self.all()), default=0)
        if manifest.number <= newest:
            raise Conflict(f"release {manifest.number} is no newer than {newest}: sign it again with a higher number")
        self._folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(archive, self.archive(manifest.number))
        self._write(manifest.number, "manifest", body)
        self._write(manifest.number, "offer", offer.model_dump_json().encode())
        return manifest

    def offer_to_everybody(self, number: int) -> None:
        """Raises NotFound."""
        release = self.get(number)
        self._write(number, "offer", release.offer.model_copy(update={"everybody": True}).model_dump_json().encode())

    def withdraw(self, number: int) -> None:
        """Units that have not fetched it yet never will. Raises NotFound."""
        self.get(number)
        for kind in ("offer", "manifest", "tar"):
            self._path(number, kind).unlink(missing_ok=True)

    def get(self, number: int) -> Release:
        """Raises NotFound."""
        found = next((one for one in self.all() if one.manifest.number == number), None)
        if found is None:
            raise NotFound(f"there is no release {number}")
        return found

    def _path(self, number: int, kind: str) -> Path:
        return self._folder / f"{number}.{kind}"

    def _write(self, number: int, kind: str, content: bytes) -> None:
        partial = self._path(number, f"{kind}.partial")
        partial.write_bytes(content)
        partial.replace(self._path(number, kind))
