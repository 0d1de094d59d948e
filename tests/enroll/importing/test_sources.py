"""What a folder or a ZIP may hold, and what is refused by name before a byte of it is unpacked."""

import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.errors import Misconfigured, Rejected
from enroll.importing.lists import Listed, read_list
from enroll.importing.matching import by_list, by_name, code_of
from enroll.importing.outcome import Outcome
from enroll.importing.sources import Photo, open_source


def test_a_hostile_zip_is_refused_file_by_file_and_its_good_part_kept(tmp_path: Path) -> None:
    file = tmp_path / "photos.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1A/HS1.jpg", b"a photo, say")
        archive.writestr("../../etc/HS2.jpg", b"x")
        archive.writestr("/HS3.jpg", b"x")
        archive.writestr("C:\\HS4.jpg", b"x")
        archive.writestr("..\\HS5.jpg", b"x")
        archive.writestr("bomb/HS6.jpg", b"\0" * 30_000_000)
        with archive.open("HS7.jpg", "w") as large:
            for _ in range(200):
                large.write(b"\0" * 1_000_000)
        archive.writestr("HS8.heic", b"x")
        archive.writestr("__MACOSX/._HS1.jpg", b"x")
        link = zipfile.ZipInfo("HS9.jpg")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    before = set(tmp_path.iterdir())
    photos, refused = open_source(file)
    assert [(photo.name, photo.read()) for photo in photos] == [("1A/HS1.jpg", b"a photo, say")]
    by_outcome: dict[Outcome, set[str]] = {}
    for line in refused:
        by_outcome.setdefault(line.outcome, set()).add(line.file.replace("\\", "/"))
    assert by_outcome == {
        Outcome.UNSAFE_NAME: {"../../etc/HS2.jpg", "/HS3.jpg", "C:/HS4.jpg", "../HS5.jpg", "HS9.jpg"},
        Outcome.TOO_LARGE: {"bomb/HS6.jpg", "HS7.jpg"},
        Outcome.NOT_A_PHOTO: {"HS8.heic"},
    }
    assert set(tmp_path.iterdir()) == before, "nothing is unpacked onto the disk"


def test_a_zip_that_lies_about_its_size_gives_no_more_than_it_said(tmp_path: Path) -> None:
    file = tmp_path / "photos.zip"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("HS1.jpg", b"0123456789" * 100)
    content = file.read_bytes()
    file.write_bytes(content.replace((1000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    [photo], _ = open_source(file)
    with pytest.raises(Rejected, match="cannot be unpacked"):
        photo.read()


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.jpg").write_bytes(b"x")
    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "HS1.jpg").symlink_to(tmp_path / "secret.jpg")
    (folder / "HS2.jpg").write_bytes(b"x")
    photos, [refused] = open_source(folder)
    assert [photo.name for photo in photos] == ["HS2.jpg"]
    assert (refused.file, refused.outcome) == ("HS1.jpg", Outcome.UNSAFE_NAME)


@pytest.mark.parametrize("name", ["nothing-there", "photos.zip"])
def test_what_is_neither_folder_nor_zip_is_said(tmp_path: Path, name: str) -> None:
    (tmp_path / "photos.zip").write_bytes(b"PK no zip")
    with pytest.raises(Misconfigured, match="neither a folder nor a ZIP"):
        open_source(tmp_path / name)


CODES = {"HS1", "HS-2", "1", "Đặng"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("HS1.jpg", "HS1"), ("1A/HS1.jpg", "HS1"), ("HS1_2.jpg", "HS1"), ("HS1 (3).jpg", "HS1"), ("HS-2.jpg", "HS-2"),
        ("HS-2-1.jpg", "HS-2"), ("HS1/1.jpg", "HS1"), ("1.jpg", "1"), ("HS9.jpg", None), ("HS12.jpg", None),
        ("Đặng.jpg", "Đặng"),
    ],
)  # fmt: skip
def test_whose_photo_a_file_is(name: str, code: str | None) -> None:
    assert code_of(name, CODES) == code


def test_a_list_names_what_is_missing_twice_or_of_nobody() -> None:
    photos = [Photo(name, bytes) for name in ("x/a.jpg", "x/b.jpg", "y/b.jpg", "c.jpg", "d.jpg")]
    rows = [("HS1", "a.jpg"), ("HS-2", "x/a.jpg"), ("HS1", "b.jpg"), ("HS1", "y/b.jpg"), ("HS9", "c.jpg")]
    listed = [Listed(row, code, photo) for row, (code, photo) in enumerate(rows, start=2)]
    whose, nobody = by_list(photos, listed, CODES, [])
    assert {code: [photo.name for photo in found] for code, found in whose.items()} == {"HS1": ["x/a.jpg", "y/b.jpg"]}
    assert {(line.file, line.outcome.value) for line in nobody} == {
        ("x/a.jpg", "rejected"), ("b.jpg", "missing"), ("c.jpg", "unknown_code"), ("x/b.jpg", "unknown_code"),
        ("d.jpg", "unknown_code"),
    }  # fmt: skip


def test_a_file_that_is_no_list_is_said(tmp_path: Path) -> None:
    (tmp_path / "list.xlsx").write_bytes(b"no Excel")
    with pytest.raises(Misconfigured, match="cannot be read as an Excel file"):
        read_list(tmp_path / "list.xlsx")


@given(st.lists(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20)))
def test_every_photo_is_somebody_s_or_in_the_report(names: list[str]) -> None:
    photos = [Photo(f"{number}/{name}.jpg", bytes) for number, name in enumerate(names)]
    whose, nobody = by_name(photos, CODES)
    found = [photo.name for theirs in whose.values() for photo in theirs]
    assert sorted(found + [line.file for line in nobody]) == sorted(photo.name for photo in photos)
