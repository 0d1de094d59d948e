"""What a phone wrote into a picture goes; what it shows stays."""

import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.kit.pictures import NotAPicture, made_anew

SECRET = b"10.7769 N 106.7009 E"
PIXELS = cv2.resize(np.random.default_rng(7).integers(0, 255, (3, 5, 3), np.uint8), (40, 24))


def jpeg(*, progressive: bool = False) -> bytes:
    options = [cv2.IMWRITE_JPEG_PROGRESSIVE, int(progressive), cv2.IMWRITE_JPEG_RST_INTERVAL, 2]
    return cv2.imencode(".jpg", PIXELS, options)[1].tobytes()


def png() -> bytes:
    return cv2.imencode(".png", PIXELS)[1].tobytes()


def segment(marker: int, body: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int) -> bytes:
    """With a place beside it, as phones write it."""
    tiff = b"II*\0" + struct.pack("<IH", 8, 1) + struct.pack("<HHIHHI", 0x0112, 3, 1, orientation, 0, 0)
    return segment(0xE1, b"Exif\0\0" + tiff + SECRET)


def shown(content: bytes, flags: int = cv2.IMREAD_COLOR) -> np.ndarray:
    decoded = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    assert decoded is not None
    return decoded


@pytest.mark.parametrize("progressive", [False, True])
def test_a_phone_s_photo_loses_place_preview_comment_and_clip_and_stands_upright(progressive: bool) -> None:
    plain = jpeg(progressive=progressive)
    extras = exif(6) + segment(0xFE, SECRET) + segment(0xED, SECRET) + segment(0xE1, b"http://ns.adobe.com/" + SECRET)
    kept = made_anew(plain[:2] + extras + plain[2:] + SECRET * 3)
    assert (kept.media_type, kept.width_px, kept.height_px) == ("image/jpeg", 24, 40)
    assert SECRET not in kept.content
    assert b"Exif" not in kept.content
    upright = np.rot90(shown(plain), -1)
    assert np.abs(shown(kept.content).astype(int) - upright).mean() < 8


@pytest.mark.parametrize("channels", [3, 4])
def test_a_png_loses_its_texts_and_no_pixel(channels: int) -> None:
    pixels = np.random.default_rng(7).integers(0, 255, (24, 40, channels), np.uint8)
    plain = cv2.imencode(".png", pixels)[1].tobytes()
    text = b"tEXt" + b"Place\0" + SECRET
    chunk = struct.pack(">I", len(text) - 4) + text + struct.pack(">I", zlib.crc32(text))
    kept = made_anew(plain[:33] + chunk + plain[33:] + SECRET)
    assert (kept.media_type, kept.width_px, kept.height_px) == ("image/png", 40, 24)
    assert SECRET not in kept.content
    assert np.array_equal(shown(kept.content, cv2.IMREAD_UNCHANGED), pixels)


def test_a_large_photo_becomes_as_large_as_a_phone_shows() -> None:
    large = cv2.imencode(".jpg", np.full((3000, 4000, 3), 120, np.uint8))[1].tobytes()
    kept = made_anew(large)
    assert (kept.width_px, kept.height_px) == (1600, 1200)


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"%PDF-1.7", b"<svg/>", jpeg()[:200], png()[:60]])
def test_what_is_no_whole_picture_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        made_anew(content)


def test_a_small_file_that_claims_to_be_huge_is_refused() -> None:
    content = bytearray(png())
    content[16:24] = struct.pack(">II", 100_000, 100_000)
    content[29:33] = struct.pack(">I", zlib.crc32(bytes(content[12:29])))
    with pytest.raises(NotAPicture, match="large"):
        made_anew(bytes(content))


@given(st.binary(max_size=200), st.sampled_from([jpeg(), png()]), st.integers(0, 3000))
def test_whatever_comes_is_a_picture_or_refused(noise: bytes, content: bytes, at: int) -> None:
    at %= len(content)
    try:
        kept = made_anew(content[:at] + noise + content[at + len(noise) :])
    except NotAPicture:
        return
    assert kept.content.startswith((b"\xff\xd8\xff", b"\x89PNG"))
