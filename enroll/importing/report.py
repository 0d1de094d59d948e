"""What became of every file: for eyes, for programs, for Excel."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from edge.errors import Misconfigured
from enroll.importing.outcome import Line, Outcome

GOOD = frozenset({Outcome.OK, Outcome.SPARE})
HEADERS = ("Tệp", "Mã học sinh", "Kết quả", "Chất lượng", "Lý do", "Giải thích")
WIDTHS = (40, 16, 14, 12, 24, 90)


def as_table(lines: Sequence[Line]) -> str:
    """One line a file; what needs a person comes first."""
    ordered = sorted(lines, key=lambda line: (line.outcome in GOOD, line.outcome, line.file))
    width = max((len(line.file) for line in lines), default=0)
    return "".join(f"{line.outcome:12}  {line.file:{width}}  {line.why}".rstrip() + "\n" for line in ordered)


def summary(lines: Sequence[Line]) -> str:
    counted = Counter(line.outcome for line in lines)
    return ", ".join(f"{counted[outcome]} {outcome}" for outcome in Outcome if counted[outcome])


def write_excel(file: Path, lines: Sequence[Line]) -> None:
    """File names are text, whatever they begin with. Raises Misconfigured when `file` cannot be written."""
    try:
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
            sheet, bold = book.add_worksheet("Báo cáo"), book.add_format({"bold": True})
            for column, (header, width) in enumerate(zip(HEADERS, WIDTHS, strict=True)):
                sheet.set_column(column, column, width)
                sheet.write_string(0, column, header, bold)
            for row, line in enumerate(lines, start=1):
                texts = (line.file, line.code, line.outcome.value, None, ", ".join(line.reasons), line.why)
                for column, text in enumerate(texts):
                    if text is not None:
                        sheet.write_string(row, column, text)
                if line.quality is not None:
                    sheet.write_number(row, HEADERS.index("Chất lượng"), round(line.quality, 2))
            sheet.freeze_panes(1, 0)
            sheet.autofilter(0, 0, max(1, len(lines)), len(HEADERS) - 1)
    except (OSError, xlsxwriter.exceptions.XlsxWriterException) as error:
        raise Misconfigured(f"the report {file} cannot be written: {error}") from error
