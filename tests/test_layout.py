"""The shape of the repository: small rooms, each with a page that says what it is for."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAX_LINES = 300
PACKAGES = ("edge", "enroll", "cloud", "models", "scripts", "tests", "systemd", "firmware-config")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).exists()]


def test_no_source_file_is_larger_than_a_person_can_hold() -> None:
    sizes = {
        str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines())
        for file in tracked("*.py", "*.sh", "*.css", "*.js", "*.html", "scripts/*")
        if "vendor" not in file.parts
    }
    assert {name: lines for name, lines in sizes.items() if lines > MAX_LINES} == {}


def _folders() -> list[Path]:
    holding_code = {file.parent for file in tracked("*.py") if file.name == "__init__.py"}
    return sorted(folder for folder in holding_code if not folder.is_relative_to(ROOT / "tests"))


@pytest.mark.parametrize("folder", _folders(), ids=lambda folder: str(folder.relative_to(ROOT)))
def test_every_folder_says_what_it_is_for(folder: Path) -> None:
    page = folder / "README.md"
    assert page.exists(), f"{folder.relative_to(ROOT)}/README.md is missing"
    assert len(page.read_text(encoding="utf-8").split()) > 20


def test_weights_photos_and_clips_are_not_in_git() -> None:
    binaries = tracked("*.onnx", "*.tflite", "*.dat", "*.npz", "*.mp4", "*.gif", "*.jpg", "*.jpeg")
    assert binaries == []
