"""Invitations, or a letter for a new password, as a page to print: a code and a QR code for each."""

from dataclasses import dataclass

import segno
from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.access import Actor
from cloud.accounts.codes import as_printed
from cloud.accounts.new_password import LIFE as NEW_PASSWORD_LIFE
from cloud.kit.i18n import marked
from cloud.kit.web.service import service
from cloud.people.members.inviting import Letter
from cloud.people.members.rules import LIFE
from cloud.school.access import OwnSchool
from cloud.school.frame import staff_page

MEMBERS = marked("People with a log-in")


@dataclass(frozen=True, slots=True)
class PrintedLetter:
    letter: Letter
    code: str
    link: str
    qr: str
    """An SVG as a data address."""


@dataclass(frozen=True, slots=True)
class LettersView:
    school: OwnSchool
    letters: list[PrintedLetter]
    new_password: bool
    """For somebody who has a log-in; else they invite."""
    days: int
    back: str
    back_label: str
    """Marked for translation, or a name."""


def show_letters(
    request: Request,
    actor: Actor,
    school: OwnSchool,
    letters: list[Letter],
    *,
    back: str = "",
    back_label: str = MEMBERS,
) -> Response:
    """`back` is the path of the page where they were asked for. All are of one kind."""
    base = service(request).settings.public_url.rstrip("/")
    printed = []
    for letter in letters:
        link = f"{base}/join/{letter.code}"
        qr = segno.make(link, micro=False).svg_data_uri(scale=4, border=1)
        printed.append(PrintedLetter(letter, as_printed(letter.code), link, qr))
    new_password = any(letter.login for letter in letters)
    days = (NEW_PASSWORD_LIFE if new_password else LIFE).days
    back = back or f"/schools/{school.slug}/members"
    view = LettersView(school, printed, new_password, days, back, back_label)
    answer = staff_page(request, "people/members/letters.html", view, actor, school)
    # Codes are shown once, and kept by no cache.
    answer.headers["Cache-Control"] = "no-store"
    return answer
