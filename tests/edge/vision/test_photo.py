"""What makes an enrolment photo usable, and what is said of the others."""

import struct
import subprocess
import sys
import zlib

import cv2
import numpy as np
import pytest

from edge.errors import Misconfigured, Rejected
from edge.vision.photo import LONGEST_PX, MAX_FILE_BYTES, photo_to_template, photos_in, read_photo, the_one_face
from edge.vision.types import Box, Face


def face(side: float) -> Face:
    return Face(Box(10, 10, side, side), 0.9, np.zeros((5, 2), np.float32))


def picture(height: int = 300, width: int = 200) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 3), np.uint8)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".webp", ".bmp"])
def test_pictures_are_read_whatever_their_kind(tmp_path, suffix):
    file = tmp_path / f"Nguyễn Văn Ân{suffix}"
    file.write_bytes(cv2.imencode(suffix, picture())[1].tobytes())
    assert read_photo(file).shape == (300, 200, 3)


def test_gray_and_16_bit_pictures_are_read_as_colour(tmp_path):
    cv2.imwrite(str(tmp_path / "gray.png"), picture()[:, :, 0])
    cv2.imwrite(str(tmp_path / "deep.png"), picture().astype(np.uint16) * 257)
    for name in ("gray.png", "deep.png"):
        photo = read_photo(tmp_path / name)
        assert photo.shape == (300, 200, 3)
        assert photo.dtype == np.uint8


def test_a_large_picture_is_made_smaller(tmp_path):
    cv2.imwrite(str(tmp_path / "large.jpg"), picture(3000, 4000))
    assert max(read_photo(tmp_path / "large.jpg").shape) == LONGEST_PX


def test_a_picture_of_one_pixel_is_read(tmp_path):
    cv2.imwrite(str(tmp_path / "dot.png"), picture(1, 1))
    assert read_photo(tmp_path / "dot.png").shape == (1, 1, 3)


def test_what_is_no_picture_is_rejected(tmp_path):
    for content in (b"", b"hello", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + bytes(100)):
        (tmp_path / "photo.jpg").write_bytes(content)
        with pytest.raises(Rejected, match="not a picture, or a damaged one"):
            read_photo(tmp_path / "photo.jpg")


def test_a_jpeg_that_breaks_off_is_rejected_and_a_whole_one_with_a_thumbnail_is_not(tmp_path):
    whole = cv2.imencode(".jpg", picture())[1].tobytes()
    thumbnail = cv2.imencode(".jpg", picture(30, 20))[1].tobytes()
    exif = b"\xff\xe1" + (2 + len(thumbnail)).to_bytes(2, "big") + thumbnail
    (tmp_path / "whole.jpg").write_bytes(whole[:2] + exif + whole[2:])
    assert read_photo(tmp_path / "whole.jpg").shape == (300, 200, 3)
    (tmp_path / "cut.jpg").write_bytes((whole[:2] + exif + whole[2:])[: -len(whole) // 2])
    with pytest.raises(Rejected, match="a damaged one"):
        read_photo(tmp_path / "cut.jpg")


def test_a_file_that_is_far_too_large_is_not_even_read(tmp_path):
    with (tmp_path / "huge.jpg").open("wb") as file:
        file.truncate(MAX_FILE_BYTES + 1)
    with pytest.raises(Rejected, match="larger than"):
        read_photo(tmp_path / "huge.jpg")


def test_a_small_file_that_unpacks_to_a_huge_picture_is_rejected(tmp_path):
    """In a process of its own: OpenCV reads its limit when it is loaded, so `edge` must come first."""
    header = struct.pack(">IIBBBBB", 20_000, 20_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(60_001) * 50)), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n"
    for kind, data in chunks:
        content += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    (tmp_path / "bomb.png").write_bytes(content)
    code = "import sys, pathlib; from edge.vision.photo import read_photo; read_photo(pathlib.Path(sys.argv[1]))"
    ran = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "bomb.png")], capture_output=True, text=True, check=False
    )
    assert "more than 120 megapixels" in ran.stderr


def test_a_file_that_may_not_be_read_is_rejected(tmp_path):
    (tmp_path / "photo.jpg").mkdir()
    with pytest.raises(Rejected, match="cannot be read"):
        read_photo(tmp_path / "photo.jpg")


def test_one_face_is_taken_and_small_ones_in_the_background_do_not_count():
    largest = face(200)
    assert the_one_face([face(50), largest, face(60)]) is largest


@pytest.mark.parametrize(
    ("faces", "reason"),
    [([], "no face found"), ([face(200), face(150)], "2 faces found"), ([face(30)], "smaller than 40 px")],
    ids=["none", "two", "small"],
)
def test_other_photos_are_rejected_with_the_reason(faces, reason):
    with pytest.raises(Rejected, match=reason):
        the_one_face(faces)


@pytest.mark.media
def test_a_portrait_gives_a_template_and_the_digest_of_its_model(lfw, pipeline):
    found = photo_to_template(pipeline, lfw[0].image)
    assert found.template.shape == (128,)
    assert 0 < found.quality <= 1
    assert found.model == "55533b28a958"


@pytest.mark.media
def test_a_tightly_cropped_passport_photo_is_enough(lfw, pipeline):
    box = lfw[0].middle_face(pipeline.detect(lfw[0].image)).box
    crop = lfw[0].image[int(box.y - 25) : int(box.y + box.height + 15), int(box.x - 20) : int(box.x + box.width + 20)]
    large = cv2.resize(crop, None, fx=8, fy=8, interpolation=cv2.INTER_CUBIC)
    assert photo_to_template(pipeline, np.asarray(large, np.uint8)).template.shape == (128,)


def test_names_come_from_files_and_folders(tmp_path):
    for name in ("an.jpg", "binh/1.png", "binh/2.JPG", "notes.txt", ".hidden.jpg", "binh/.hidden.png", "empty/x.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = [(name, file.relative_to(tmp_path).as_posix()) for name, file in photos_in(tmp_path)]
    assert found == [("an", "an.jpg"), ("binh", "binh/1.png"), ("binh", "binh/2.JPG")]


def test_a_gallery_that_is_no_folder_is_named(tmp_path):
    with pytest.raises(Misconfigured, match="is no folder"):
        list(photos_in(tmp_path / "nowhere"))
