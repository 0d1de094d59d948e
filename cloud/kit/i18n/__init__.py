"""Two languages: Vietnamese unless a person switches to English.

Texts in the code are English; `cloud/locale` holds the other language.
"""

from cloud.kit.i18n.catalogue import DEFAULT, LANGUAGES, Language, Translator, language_of, marked, translator
from cloud.kit.i18n.formats import clock_time, day_month, long_day, month_year, number, one_decimal, weekday, whole_date
from cloud.kit.i18n.phrase import Phrase, Said, is_translated, phrase, problem_of, said_by, say

__all__ = [
    "DEFAULT",
    "LANGUAGES",
    "Language",
    "Phrase",
    "Said",
    "Translator",
    "clock_time",
    "day_month",
    "is_translated",
    "language_of",
    "long_day",
    "marked",
    "month_year",
    "number",
    "one_decimal",
    "phrase",
    "problem_of",
    "said_by",
    "say",
    "translator",
    "weekday",
    "whole_date",
]
