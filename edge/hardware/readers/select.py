"""From what the settings say to the readers that are mounted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from edge.contract import Method
from edge.errors import Misconfigured
from edge.hardware.readers.camera import CameraCodes
from edge.hardware.readers.fingerprint.sensor import FingerprintSensor
from edge.hardware.readers.hid import HidReader
from edge.hardware.readers.port import Reader

FORMS = (
    "qr:camera, qr:/dev/input/by-id/NAME (scanner), card:/dev/input/by-id/NAME (reader of chips), "
    "fingerprint:/dev/serial0; several with commas between"
)


@dataclass(frozen=True, slots=True)
class Readers:
    all: Sequence[Reader] = ()
    camera: CameraCodes | None = None
    """The one of them that wants to be offered the camera's pictures."""


def open_readers(spec: str) -> Readers:
    """The readers that `spec` names, not opened yet; none for an empty one. Raises Misconfigured."""
    readers: list[Reader] = []
    camera: CameraCodes | None = None
    for one in filter(None, (part.strip() for part in spec.split(","))):
        kind, _, where = one.partition(":")
        if one == "qr:camera":
            camera = camera or CameraCodes()
        elif kind in {Method.QR, Method.CARD} and where.startswith("/"):
            readers.append(HidReader(Path(where), Method(kind)))
        elif kind == Method.FINGERPRINT and where:
            if any(isinstance(reader, FingerprintSensor) for reader in readers):
                raise Misconfigured(f"reader {one!r}: a second fingerprint sensor. A slot would mean two people.")
            readers.append(FingerprintSensor(where))
        else:
            raise Misconfigured(f"reader {one!r}: no such reader. A reader is {FORMS}.")
    return Readers((*readers, camera) if camera else tuple(readers), camera)
