"""The unit's key: where it is kept, and what that protects."""

import os
import stat
from pathlib import Path

import pytest
from cryptography import x509

from edge.errors import Misconfigured
from edge.identity import keys

SYSTEMD_CREDS = """#!/bin/sh
# Seals by turning the text round, like a TPM as far as these tests can tell.
case "$1" in
    has-tpm2) exit 0 ;;
    encrypt) [ "$2" = --with-key=tpm2 ] && [ "$3" = --name=unit-key ] && rev ;;
esac
"""


@pytest.fixture
def tpm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bin" / "systemd-creds"
    program.parent.mkdir()
    program.write_text(SYSTEMD_CREDS)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "identity"
    folder.mkdir()
    return folder


def test_without_a_tpm_it_is_a_file_for_the_units_user_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(folder))
    key = keys.new_key()
    assert keys.store(key, folder) is keys.Protection.FILE
    path = keys.key_file(folder, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.load(path).private_numbers() == key.private_numbers()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may ask the TPM to seal")
def test_with_a_tpm_no_plain_key_is_left_and_systemd_hands_it_over(folder: Path, tmp_path: Path, tpm: None) -> None:
    (folder / "key.pem").write_text("an earlier claim's")
    assert keys.store(keys.new_key(), folder) is keys.Protection.TPM
    assert [path.name for path in folder.iterdir()] == ["key.sealed"]
    assert b"PRIVATE KEY" not in (folder / "key.sealed").read_bytes()

    with pytest.raises(Misconfigured, match="sealed for the services"):
        keys.key_file(folder, None)
    handed_over = tmp_path / "credentials"
    handed_over.mkdir()
    (handed_over / "unit-key").write_text("unsealed")
    assert keys.key_file(folder, handed_over).read_text() == "unsealed"


def test_a_key_that_others_may_read_is_not_used(folder: Path) -> None:
    (folder / "key.pem").write_text("key")
    (folder / "key.pem").chmod(0o640)
    with pytest.raises(Misconfigured, match="chmod 600"):
        keys.key_file(folder, None)


def test_a_machine_that_was_not_claimed_is_told_how(folder: Path) -> None:
    with pytest.raises(Misconfigured, match="diemdanh-edge claim"):
        keys.key_file(folder, None)


def test_a_signing_request_proves_possession_and_names_nobody() -> None:
    key = keys.new_key()
    request = x509.load_pem_x509_csr(keys.signing_request(key).encode())
    assert request.is_signature_valid
    assert request.public_key() == key.public_key()
    assert list(request.subject) == []


def test_a_file_that_cannot_be_finished_leaves_the_old_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "certificate.pem"
    path.write_text("old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        keys.write_whole(path, b"new", mode=0o600)
    assert path.read_text() == "old"
    assert len(list(folder.iterdir())) == 1
