"""The impact assessment says what is so: counts, rights, retention and clocks come from where they are decided."""

from pathlib import Path

import pytest

from cloud.__main__ import main
from cloud.accounts.access import Right, Role
from cloud.accounts.words import RIGHT_WORDS, ROLE_WORDS
from cloud.biometrics.rules import Answer
from cloud.reports.retention import RULES
from tests.cloud.biometrics.family import GROWN, SMALL, add_child, say, settle
from tests.cloud.migrated import Open


@pytest.fixture
def school(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_migrated: Open) -> Path:
    url = f"sqlite:///{tmp_path}/cloud.sqlite3"
    database = open_migrated(url)
    with database.writing() as session:
        first = settle(session)
        say(session, first, Answer.GRANTED, who=first.mother)
        for name, birth_date, answer in (("Minh", GROWN, Answer.GRANTED), ("Hà", SMALL, Answer.REFUSED)):
            family = add_child(
                session, first.school_id, first.class_id, first.mother_user, birth_date=birth_date, name=name
            )
            say(session, family, answer, who=family.mother)
    database.close()
    monkeypatch.setenv("DIEMDANH_CLOUD_DATABASE_URL", url)
    monkeypatch.setenv("DIEMDANH_CLOUD_PUBLIC_URL", "https://truong.example.vn")
    return tmp_path


def test_it_is_written_from_what_is_configured(school: Path) -> None:
    out = school / "assessment.md"
    assert main(["impact-assessment", "--school", "hoa-sen", "--out", str(out), "--language", "en"]) == 0
    text = out.read_text(encoding="utf-8")
    for rule in RULES:
        assert f"| {rule.what} |" in text
    for line in (
        "| agreed | 1 |", "| the child is still to be asked | 1 |", "| refused | 1 |", "| Pages by https | yes |",
        "| Units by TLS | no: set broker_url to mqtts:// |", "| erasure | 20 days |", "| notice of a breach | 72 h |",
        "| to confirm a request | 2 working days |", "| Secret of the service | missing: nobody can be enrolled |",
    ):  # fmt: skip
        assert line in text, line
    [clerk] = [line for line in text.splitlines() if line.startswith(f"| {ROLE_WORDS[Role.CLERK]} |")]
    assert RIGHT_WORDS[Right.ENROL] in clerk
    assert "Minh" not in text


def test_it_is_vietnamese_first_and_a_pdf(school: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = school / "danh-gia.md"
    assert main(["impact-assessment", "--school", "hoa-sen", "--out", str(out)]) == 0
    assert "Đánh giá tác động" in out.read_text(encoding="utf-8")
    pdf = school / "danh-gia.pdf"
    assert main(["impact-assessment", "--school", "hoa-sen", "--out", str(pdf)]) == 0
    assert pdf.read_bytes().startswith(b"%PDF-")
    assert main(["impact-assessment", "--school", "nowhere", "--out", str(pdf)]) == 1
    assert main(["impact-assessment", "--school", "hoa-sen", "--out", str(school / "x.doc")]) == 1
    assert "ends in .pdf or .md" in capsys.readouterr().err
