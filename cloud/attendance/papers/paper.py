"""One table, as PDF and as Excel."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import typst
import xlsxwriter
from starlette.responses import Response

from cloud.kit.web.files import file_answer

TEMPLATE = Path(__file__).with_name("paper.typ")

Cell = str | int


@dataclass(frozen=True, slots=True)
class Paper:
    """Texts in the reader's language; nothing in them is a formula or markup."""

    title: str
    school: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    total: Sequence[Cell] = ()
    """Below the rows, as wide as they are."""
    notes: Sequence[str] = ()
    signed_by: Sequence[str] = ()
    wide: bool = False
    """Many narrow columns after the first two: on paper across."""
    widths: Sequence[int] = field(default=())
    """Of the first columns in Excel, in letters."""


def as_pdf(paper: Paper) -> bytes:
    document = {
        "title": paper.title,
        "school": paper.school,
        "columns": list(paper.columns),
        "rows": [[str(cell) for cell in row] for row in paper.rows],
        "total": [str(cell) for cell in paper.total],
        "notes": list(paper.notes),
        "signed_by": list(paper.signed_by),
        "wide": paper.wide,
    }
    pdf = typst.compile(TEMPLATE, sys_inputs={"paper": json.dumps(document)}, ignore_system_fonts=True)
    assert isinstance(pdf, bytes), "a PDF is one file"
    return pdf


def as_excel(paper: Paper) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"strings_to_formulas": False, "in_memory": True}) as workbook:
        bold = workbook.add_format({"bold": True})
        sheet = workbook.add_worksheet()
        sheet.write_string(0, 0, paper.title, bold)
        sheet.write_string(1, 0, paper.school)
        for at, text in enumerate(paper.columns):
            sheet.write_string(3, at, text, bold)
        rows = [*paper.rows, paper.total] if paper.total else paper.rows
        for number, row in enumerate(rows, start=4):
            for at, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, at, cell)
                else:
                    sheet.write_string(number, at, cell)
        for number, text in enumerate(paper.notes, start=len(rows) + 5):
            sheet.write_string(number, 0, text)
        for at, width in enumerate(paper.widths):
            sheet.set_column(at, at, width)
        sheet.freeze_panes(4, 0)
        sheet.fit_to_pages(1, 0)
    return file.getvalue()


def pdf_answer(paper: Paper, name: str) -> Response:
    """`name`: of the file, without its ending."""
    return file_answer(as_pdf(paper), f"{name}.pdf")


def excel_answer(paper: Paper, name: str) -> Response:
    return file_answer(as_excel(paper), f"{name}.xlsx")
