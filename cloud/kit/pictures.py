"""A picture without what nobody meant to send: where and with which phone it was taken, a preview of what was cut off,
a clip behind it. Bytes are left out, none is computed anew: the picture itself stays exactly as it was.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

JPEG, PNG = "image/jpeg", "image/png"
BEGINS = {b"\xff\xd8\xff": JPEG, b"\x89PNG\r\n\x1a\n": PNG}
MAX_PIXELS = 50_000_000
"""What a cheap phone can still open; a small file may claim to be a hundred times as large."""

_PNG_KEPT = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs", b"bKGD"}
_SOI, _EOI, _SOS, _APP0, _APP1, _APP2, _APP14 = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_TABLES = frozenset({0xC4, 0xDB, 0xDD, _SOS})
_RESTARTS = frozenset(range(0xD0, 0xD8))
_ORIENTATION = 0x0112
_EXIF = b"Exif\0\0"


class NotAPicture(ValueError):
    """Neither JPEG nor PNG, cut off, or larger than MAX_PIXELS."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    media_type: str
    width_px: int
    """As stored: a phone held upright may say that it is to be turned."""
    height_px: int


def stripped(content: bytes) -> Picture:
    """Raises NotAPicture."""
    kind = next((kind for begins, kind in BEGINS.items() if content.startswith(begins)), None)
    if kind is None:
        raise NotAPicture("neither JPEG nor PNG")
    try:
        picture = _png(content) if kind == PNG else _jpeg(content)
    except (struct.error, IndexError) as error:
        raise NotAPicture("cut off") from error
    if not 0 < picture.width_px * picture.height_px <= MAX_PIXELS:
        raise NotAPicture("too large, or empty")
    return picture


def _png(content: bytes) -> Picture:
    kept, position, size, last = [content[:8]], 8, (0, 0), b""
    while last != b"IEND":
        length, last = struct.unpack_from(">I4s", content, position)
        end = position + 12 + length
        (check,) = struct.unpack_from(">I", content, end - 4)
        if zlib.crc32(content[position + 4 : end - 4]) != check:
            raise NotAPicture("damaged")
        if last == b"IHDR":
            size = struct.unpack_from(">II", content, position + 8)
        if last in _PNG_KEPT:
            kept.append(content[position:end])
        position = end
    return Picture(b"".join(kept), PNG, *size)


def _jpeg(content: bytes) -> Picture:
    kept, size, turned = [b"\xff\xd8"], (0, 0), 1
    for marker, segment in _segments(content):
        if marker in _FRAMES:
            height, width = struct.unpack_from(">HH", segment, 5)
            size = width, height
        if marker == _APP1 and segment[4:].startswith(_EXIF):
            turned = _orientation(segment[4 + len(_EXIF) :])
        elif marker == _APP0 and segment[4:9] == b"JFIF\0":
            # Without the preview that may follow.
            kept.append(b"\xff\xe0\x00\x10" + segment[4:16].ljust(12, b"\0") + b"\0\0")
        elif (
            marker in _FRAMES | _TABLES
            or (marker == _APP14 and segment[4:9] == b"Adobe")
            or (marker == _APP2 and segment[4:16] == b"ICC_PROFILE\0")
        ):
            kept.append(segment)
    kept.append(b"\xff\xd9")
    if 1 < turned <= 8:
        kept.insert(1, _turned(turned))
    return Picture(b"".join(kept), JPEG, *size)


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker up to the picture's end, with its segment; with a scan's, the scan."""
    position = 2
    while True:
        if content[position] != 0xFF:
            raise NotAPicture("damaged")
        marker = content[position + 1]
        if marker == 0xFF:
            position += 1
            continue
        if marker == _EOI:
            return
        if marker == _SOI or marker in _RESTARTS or marker <= 1:
            raise NotAPicture("damaged")
        (length,) = struct.unpack_from(">H", content, position + 2)
        end = position + 2 + length
        if end > len(content) or length < 2:
            raise NotAPicture("cut off")
        if marker == _SOS:
            end = _end_of_scan(content, end)
        yield marker, content[position:end]
        position = end


def _end_of_scan(content: bytes, position: int) -> int:
    """Where the next marker stands that is none of the scan's own."""
    while True:
        position = content.find(b"\xff", position)
        if position < 0:
            raise NotAPicture("cut off")
        follows = content[position + 1]
        if follows != 0 and follows not in _RESTARTS and follows != 0xFF:
            return position
        position += 1 if follows == 0xFF else 2


def _orientation(tiff: bytes) -> int:
    """How the picture is to be turned, by EXIF; 1 (not at all) where it does not say so."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None or len(tiff) < 10:
        return 1
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    if first + 2 > len(tiff):
        return 1
    (entries,) = struct.unpack_from(order + "H", tiff, first)
    for number in range(entries):
        at = first + 2 + 12 * number
        if at + 12 > len(tiff):
            break
        tag, _, _, value = struct.unpack_from(order + "HHIH", tiff, at)
        if tag == _ORIENTATION:
            return int(value)
    return 1


def _turned(orientation: int) -> bytes:
    """EXIF that says this and nothing else."""
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, orientation, 0, 0)
    body = _EXIF + tiff
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
