"""`diemdanh-enroll import` against the real service, with real photos: the report is right for each file, and an import
that is killed in the middle ends as one that was not."""

import json
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from edge.recogniser.calibration_file import Calibration, write_calibration
from edge.vision.model_store import ModelStore
from tests.cloud.pages.people import PASSWORD
from tests.enroll.importing.school import LOGIN, WITHOUT_CONSENT, Schools, open_schools
from tests.services.waiting import eventually

# In one process and in order: the school is imported into once.
pytestmark = pytest.mark.media
TWICE = "HS-twice"
"""Under this code lies a photo of somebody who is enrolled under another."""


@pytest.fixture(scope="module")
def people(media: Path) -> list[Path]:
    return sorted((media / "faces" / "lfw10").iterdir())


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory, people: list[Path]) -> Path:
    """100 photos of ten people, and one of everything that is no good."""
    folder = tmp_path_factory.mktemp("photos") / "photos"
    for person in people:
        shutil.copytree(person, folder / f"HS-{person.name}")
    portrait = people[5] / "Gerhard_Schroeder_0005.jpg"
    face = cv2.imread(str(portrait))
    assert face is not None
    shutil.copy(people[2] / "Colin_Powell_0002.jpg", folder / f"{TWICE}.jpg")
    shutil.copy(portrait, folder / f"{WITHOUT_CONSENT}.jpg")
    shutil.copy(portrait, folder / "HS-nobody_1.jpg")
    cv2.imwrite(str(folder / "HS-odd_1.jpg"), np.hstack([face, face]))
    cv2.imwrite(str(folder / "HS-odd_2.png"), np.full((300, 300, 3), 127, np.uint8))
    cv2.imwrite(str(folder / "HS-odd_3.jpg"), cv2.GaussianBlur(face, (0, 0), 9))
    (folder / "HS-odd_4.jpg").write_bytes(b"\xff\xd8\xff not a photo")
    (folder / "HS-odd_5.jpg").touch()
    (folder / "notes.txt").write_text("no photo")
    with (folder / "HS-odd_6.jpg").open("wb") as large:
        large.truncate(200_000_000)
    return folder


EXPECTED = {
    f"{TWICE}.jpg": "duplicate", f"{WITHOUT_CONSENT}.jpg": "no_consent", "HS-nobody_1.jpg": "unknown_code",
    "HS-odd_1.jpg": "two_faces", "HS-odd_2.png": "no_face", "HS-odd_3.jpg": "poor", "HS-odd_4.jpg": "corrupt",
    "HS-odd_5.jpg": "empty", "HS-odd_6.jpg": "too_large", "notes.txt": "not_a_photo",
}  # fmt: skip


@pytest.fixture(scope="module")
def schools(tmp_path_factory: pytest.TempPathFactory, people: list[Path]) -> Iterator[Schools]:
    names = [person.name for person in people] + ["twice", "odd"]
    with open_schools(tmp_path_factory.mktemp("service"), ["quiet", "killed"], names) as schools:
        yield schools


def start(schools: Schools, photos: Path, school: str, *more: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "enroll", "import", str(photos), "--service", schools.url, "--school", school]
    started = subprocess.Popen(
        [*command, "--login", LOGIN, "--json", *more],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stdin
    started.stdin.write(PASSWORD + "\n")
    started.stdin.flush()
    return started


def test_the_report_is_right_for_each_file_and_a_killed_import_ends_like_a_quiet_one(
    schools: Schools, photos: Path, people: list[Path], tmp_path: Path
) -> None:
    excel, journal = tmp_path / "report.xlsx", tmp_path / "journal"
    quiet = start(schools, photos, "quiet", "--journal", str(tmp_path / "quiet"), "--excel", str(excel))
    said, complaints = quiet.communicate()
    assert quiet.returncode == 1, complaints
    lines = {line["file"]: line for line in map(json.loads, said.splitlines())}
    assert {name: lines[name]["outcome"] for name in EXPECTED} == EXPECTED
    assert f"looks like HS-{people[2].name} in 1A" in lines[f"{TWICE}.jpg"]["why"]
    assert lines["HS-odd_3.jpg"]["reasons"][0] == "blurred"
    assert "200 MB" in lines["HS-odd_6.jpg"]["why"]
    ten = Counter(line["outcome"] for name, line in lines.items() if "/" in name)
    assert sum(ten.values()) == 100
    assert set(ten) <= {"ok", "spare", "poor", "two_faces", "unlike", "rejected"}, "a false stop among the ten"
    kept = schools.kept("quiet")
    assert kept.keys() == {f"HS-{person.name}" for person in people}
    assert sum(map(len, kept.values())) == ten["ok"]
    assert max(map(len, kept.values())) == 5
    assert not (tmp_path / "quiet").exists(), "the journal goes with the end of the import"
    [sheet] = [CalamineWorkbook.from_path(excel).get_sheet_by_index(0).to_python()]
    assert len(sheet) == 1 + len(lines)
    assert [f"{TWICE}.jpg", TWICE, "duplicate"] in [row[:3] for row in sheet]

    killed = start(schools, photos, "killed", "--journal", str(journal))
    eventually(
        lambda: journal.exists() and journal.read_bytes().count(b"\n") >= 4, saying="no pupil was sent", within_s=90
    )
    killed.kill()
    killed.communicate()
    before = schools.kept("killed")
    assert 3 <= len(before) < 10
    with journal.open("ab") as torn:
        torn.write(b'{"code": "HS-')
    resumed = start(schools, photos, "killed", "--journal", str(journal))
    said_again, complaints = resumed.communicate()
    assert "pupils who are in the service already" in complaints
    assert {line["file"]: line for line in map(json.loads, said_again.splitlines())} == lines
    assert schools.kept("killed") == kept


def test_a_dry_run_with_a_list_sends_nothing_and_says_the_same(
    schools: Schools, people: list[Path], tmp_path: Path
) -> None:
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(people[2] / "Colin_Powell_0002.jpg", folder / "a.jpg")
    shutil.copy(people[2] / "Colin_Powell_0003.jpg", folder / "b.jpg")
    with xlsxwriter.Workbook(tmp_path / "list.xlsx") as book:
        sheet = book.add_worksheet()
        for row, cells in enumerate(
            [("Danh sách",), ("STT", "Mã học sinh", "Ảnh"), (1, TWICE, "a.jpg"), (2, "HS-odd", "b.jpg; c.jpg")]
        ):
            sheet.write_row(row, 0, cells)
    before = schools.kept("killed")
    run = start(schools, folder, "killed", "--dry-run", "--list", str(tmp_path / "list.xlsx"))
    said, complaints = run.communicate()
    outcomes = {line["file"]: line["outcome"] for line in map(json.loads, said.splitlines())}
    assert outcomes["c.jpg"] == "missing"
    assert "duplicate" in {outcomes["a.jpg"], outcomes["b.jpg"]}
    assert "dry run" in complaints
    assert schools.kept("killed") == before
    assert not list(tmp_path.glob("*.import"))


def test_the_schools_own_calibration_decides_who_looks_alike(
    schools: Schools, people: list[Path], tmp_path: Path
) -> None:
    """So strict a threshold that two photos of one man are nobody's but his."""
    calibration = Calibration(
        model=ModelStore.of_this_machine().needed("embedder").digest, threshold=0.01, ask_threshold=0.02, margin=0.0,
        wished_fpir=0.01, gallery_people=300, people=300, made_at=datetime(2026, 9, 1, tzinfo=UTC),
    )  # fmt: skip
    write_calibration(tmp_path, calibration)
    folder = tmp_path / "photos"
    folder.mkdir()
    shutil.copy(people[2] / "Colin_Powell_0002.jpg", folder / f"{TWICE}.jpg")
    shutil.copy(people[2] / "Colin_Powell_0003.jpg", folder / "HS-odd.jpg")
    said, _ = start(schools, folder, "quiet", "--dry-run", "--calibration", str(tmp_path)).communicate()
    assert {line["outcome"] for line in map(json.loads, said.splitlines())} == {"ok"}


def test_a_wrong_password_is_said(schools: Schools, photos: Path) -> None:
    run = start(schools, photos, "quiet", "--login", "mallory", "--dry-run")
    assert "may not log in" in run.communicate()[1]
    assert run.returncode == 1


def test_families_photos_become_templates_or_a_reason_that_the_family_reads(
    schools: Schools, people: list[Path], tmp_path: Path
) -> None:
    """One good photo, one with two faces; another child's is a question. The other child is enrolled if nobody did."""
    folder = tmp_path / "photos"
    shutil.copytree(people[2], folder / f"HS-{people[2].name}")
    start(schools, folder, "killed").communicate()
    good, other = people[5] / "Gerhard_Schroeder_0005.jpg", people[2] / "Colin_Powell_0002.jpg"
    face = cv2.imread(str(good))
    assert face is not None
    two = cv2.imencode(".jpg", np.hstack([face, face]))[1].tobytes()
    own = f"HS-{people[5].name}"
    sent = {"good": (own, good.read_bytes()), "two": (own, two), "other": (TWICE, other.read_bytes())}
    photos = {name: schools.send_photo("killed", code, content) for name, (code, content) in sent.items()}
    command = ["photos", "--service", schools.url, "--school", "killed", "--login", LOGIN]
    run = subprocess.run(
        [sys.executable, "-m", "enroll", *command], input=PASSWORD + "\n", capture_output=True, text=True, check=True
    )
    assert "3 photos" in run.stderr
    states = {name: schools.photo(photo_id) for name, photo_id in photos.items()}
    assert states == {
        "good": ("taken", None, None), "two": ("rejected", "two_faces", None),
        "other": ("rejected", "ask_school", None),
    }  # fmt: skip
    assert len(schools.kept("killed")[own]) == 1
    assert TWICE not in schools.kept("killed")
