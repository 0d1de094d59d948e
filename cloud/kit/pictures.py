"""A picture as it is passed on: upright, no larger than a phone shows, and made anew of its pixels, so that nothing
comes along that nobody meant to send: where and with which phone it was taken, a preview of what was cut off, a clip.
"""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps

MEDIA_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png"}
MAX_PIXELS = 50_000_000
"""Of what comes in: a small file may claim to be a hundred times as large."""
LONGEST_PX = 1600
"""Of what goes on."""
_JPEG_QUALITY = 85


class NotAPicture(ValueError):
    """Neither JPEG nor PNG, damaged, or larger than MAX_PIXELS."""


@dataclass(frozen=True, slots=True)
class Picture:
    content: bytes
    media_type: str
    width_px: int
    height_px: int


def made_anew(content: bytes) -> Picture:
    """Raises NotAPicture."""
    try:
        with Image.open(BytesIO(content), formats=tuple(MEDIA_TYPES)) as sent:
            kind = sent.format or ""
            if sent.width * sent.height > MAX_PIXELS:
                raise NotAPicture(f"{sent.width} x {sent.height} px is too large")
            upright = ImageOps.exif_transpose(sent)
            upright.thumbnail((LONGEST_PX, LONGEST_PX))
    except NotAPicture:
        raise
    except Image.DecompressionBombError as error:
        raise NotAPicture("too large") from error
    except Exception as error:  # what the decoders raise at damaged files has no common base
        raise NotAPicture("no whole JPEG or PNG") from error
    if kind == "JPEG":
        pixels, how = upright.convert("RGB"), {"quality": _JPEG_QUALITY, "progressive": True}
    else:
        pixels, how = upright.convert("RGBA" if upright.has_transparency_data else "RGB"), {"optimize": True}
    # What the file said beside its pixels is kept in `info`, and would be written again.
    pixels.info.clear()
    written = BytesIO()
    pixels.save(written, kind, **how)
    return Picture(written.getvalue(), MEDIA_TYPES[kind], *pixels.size)
