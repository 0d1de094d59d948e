"""A OneRoster 1.2 zip in bulk, unpacked: the lines of its files, and what is wrong with them by file and row."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cloud.kit.errors import Invalid
from cloud.kit.i18n import Said, marked, phrase
from cloud.people.exchange.reading import MAX_ROWS, MAX_UNPACKED
from cloud.people.exchange.rows import Rejected
from cloud.people.names import one_form
from cloud.people.oneroster.columns import FILES, NEEDED, VERSION

MANIFEST = "manifest.csv"
MOST_ROWS = MAX_ROWS * 20
"""Of all files together: every pupil is enrolled in every lesson."""


@dataclass(slots=True)
class Line:
    number: int
    cells: dict[str, str]


@dataclass(slots=True)
class Archive:
    lines: dict[str, list[Line]]
    rejected: list[Rejected] = field(default_factory=list)
    _found: dict[tuple[str, str], dict[str, Line]] = field(default_factory=dict)

    def reject(self, name: str, number: int, *reasons: Said) -> None:
        self.rejected.append(Rejected(number, reasons, f"{name}.csv"))

    def by_id(self, name: str, key: str = "sourcedId") -> dict[str, Line]:
        """The first with an id counts; another one is rejected, as is a line without, however often it is asked."""
        if (name, key) in self._found:
            return self._found[name, key]
        found = self._found[name, key] = {}
        for line in self.lines.get(name, ()):
            its = line.cells.get(key, "")
            if not its:
                self.reject(name, line.number, phrase(marked("%(column)s is missing"), column=key))
            elif its in found:
                self.reject(
                    name, line.number, phrase(marked("the same id as row %(number)s"), number=found[its].number)
                )
            else:
                found[its] = line
        return found


def is_oneroster(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return any(name.rsplit("/", 1)[-1] == MANIFEST for name in archive.namelist())
    except zipfile.BadZipFile:
        return False


def unpack(content: bytes, name: str) -> Archive:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(one.file_size for one in archive.infolist()) > MAX_UNPACKED:
                raise Invalid(phrase(marked("%(name)s is too large inside."), name=name))
            texts = {
                one.rsplit("/", 1)[-1]: archive.read(one).decode("utf-8-sig")
                for one in archive.namelist()
                if one.endswith(".csv")
            }
    except (zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError, RuntimeError) as error:
        raise Invalid(phrase(marked("%(name)s cannot be read as a zip of CSV files in UTF-8."), name=name)) from error
    wanted = _manifest(texts.get(MANIFEST))
    found = Archive({})
    for file in FILES:
        if wanted.get(f"file.{file}") == "bulk" or file in NEEDED:
            if f"{file}.csv" not in texts:
                raise Invalid(phrase(marked("%(file)s is missing in the zip."), file=f"{file}.csv"))
            found.lines[file] = list(_lines(found, file, texts[f"{file}.csv"]))
    if sum(map(len, found.lines.values())) > MOST_ROWS:
        raise Invalid(phrase(marked("More than %(most)s rows in one file."), most=MOST_ROWS))
    return found


def _manifest(text: str | None) -> Mapping[str, str]:
    if text is None:
        raise Invalid(phrase(marked("%(file)s is missing in the zip."), file=MANIFEST))
    said = {row[0].strip(): row[1].strip() for row in csv.reader(io.StringIO(text)) if len(row) >= 2}
    if said.get("oneroster.version") != VERSION:
        raise Invalid(marked("manifest.csv: oneroster.version has to be 1.2."))
    if any(value == "delta" for value in said.values()):
        raise Invalid(marked("manifest.csv: changes alone (delta) cannot be taken in; export everything (bulk)."))
    return said


def _lines(archive: Archive, name: str, text: str) -> Iterator[Line]:
    """A line of another length than the header is rejected: its cells may have moved."""
    table = csv.reader(io.StringIO(text))
    header = [one.strip() for one in next(table, [])]
    lacking = [one for one in NEEDED.get(name, ("sourcedId",)) if one not in header]
    if lacking:
        raise Invalid(
            phrase(marked("%(file)s: the column %(column)s is missing."), file=f"{name}.csv", column=", ".join(lacking))
        )
    for number, row in enumerate(table, start=2):
        if not any(row):
            continue
        if len(row) != len(header):
            why = marked("the row has %(many)s cells, the header %(wanted)s")
            archive.reject(name, number, phrase(why, many=len(row), wanted=len(header)))
            continue
        cells = {column: one_form(cell) for column, cell in zip(header, row, strict=True)}
        if cells.get("status", "").casefold() != "tobedeleted":
            yield Line(number, cells)


def unknown(column: str, value: str) -> Said:
    return phrase(marked("%(column)s “%(value)s” is not known"), column=column, value=value[:40])


def listed(cell: str) -> list[str]:
    return [one.strip() for one in cell.split(",") if one.strip()]


def uuid_of(raw: str) -> UUID | None:
    try:
        return UUID(raw)
    except ValueError:
        return None
