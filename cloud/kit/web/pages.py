"""Templates in the reader's language. A template sees one dataclass, `view`, and a few words about the reader."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from cloud.kit.clock import school_day
from cloud.kit.i18n import (
    LANGUAGES,
    Language,
    clock_time,
    day_month,
    long_day,
    month_year,
    number,
    one_decimal,
    say,
    translator,
    weekday,
    whole_date,
)
from cloud.kit.web.assets import Assets

ONCE = "once"
"""The field of a form that says which opening of its page it is (`cloud/accounts/sent_once.py`)."""
KIT = Path(__file__).parent / "templates"


def one_time_key() -> Markup:
    """In a form that is to be taken once, however often it is sent."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(ONCE, secrets.token_urlsafe(16))


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    """In English; the page translates it."""
    path: str
    here: bool
    unread: int = 0
    """So much there has not been read."""


@dataclass(frozen=True, slots=True)
class Section:
    """Pages that belong together: one entry of the navigation, which opens where it holds more than one."""

    label: str
    """In English; the page translates it."""
    icon: str
    """A macro of `icons.html`."""
    links: tuple[Link, ...]

    @property
    def here(self) -> bool:
        return any(link.here for link in self.links)

    @property
    def unread(self) -> int:
        return sum(link.unread for link in self.links)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page of somebody who is signed in: where they are, and where they may go."""

    place: str
    """Whose page it is: a school's name; empty on a family's."""
    made_up: bool
    sections: tuple[Section, ...]
    family: bool = False
    switch: tuple[Link, ...] = ()
    """The same page of each child; the labels are names."""
    kept_for: str = ""
    """The log-in for which a phone may keep the page for when there is no network; empty: it may not."""

    def unread_at(self, path: str) -> int:
        return sum(link.unread for link in self.links if link.path == path)

    @property
    def links(self) -> tuple[Link, ...]:
        return tuple(link for section in self.sections for link in section.links)


class Pages:
    """`folders` holds each feature's templates by its name: `attendance/dashboard.html` is in the first's folder."""

    def __init__(self, folders: Mapping[str, Path], assets: Assets) -> None:
        loaders: dict[str, BaseLoader] = {
            name: FileSystemLoader(folder) for name, folder in {"kit": KIT, **folders}.items()
        }
        self._environments = {language: _environment(PrefixLoader(loaders), language, assets) for language in Language}

    def render(
        self, template: str, view: object, language: Language, *, signed_in: bool = False, frame: Frame | None = None
    ) -> Markup:
        """A whole page, or a part of one. The result is HTML, so another template may hold it."""
        found = self._environments[language].get_template(template)
        html = found.render(view=view, signed_in=signed_in, frame=frame)
        return Markup(html)


def _environment(loader: BaseLoader, language: Language, assets: Assets) -> Environment:
    environment = Environment(
        loader=loader,
        auto_reload=False,  # else each template of a page asks the disk each time whether it has changed
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    install: Any = environment
    install.install_gettext_translations(translator(language), newstyle=True)
    environment.globals.update(asset=assets.url, once=one_time_key, language=language, languages=LANGUAGES)
    environment.filters.update(
        clock_time=clock_time,
        long_day=lambda day: long_day(day, language),
        month_year=lambda day: month_year(day, language),
        weekday=lambda day: weekday(day, language),
        day_month=day_month,
        number=lambda figure: number(figure, language),
        one_decimal=lambda number: one_decimal(number, language),
        school_day=school_day,
        whole_date=whole_date,
        said=lambda what: say(what, translator(language)),
    )
    return environment
