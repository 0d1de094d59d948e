"""What an SMS holds: 160 letters of GSM 03.38, or 70 of anything else; less in each when there are several."""

import unicodedata

GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TWICE = frozenset("^{}\\[~]|€\f")
"""In GSM 03.38 too, behind an escape."""


def is_unicode(text: str) -> bool:
    return not set(text) <= GSM | TWICE


def segments(text: str) -> int:
    """How many SMS are paid for: 160, or 153 each; in Unicode 70, or 67 each, in UTF-16 units (3GPP TS 23.040)."""
    if is_unicode(text):
        length, alone, each = len(text.encode("utf-16-be")) // 2, 70, 67
    else:
        length, alone, each = len(text) + sum(letter in TWICE for letter in text), 160, 153
    return 1 if length <= alone else -(-length // each)


def without_diacritics(text: str) -> str:
    """ "Đặng Thị Ánh" -> "Dang Thi Anh": fits into fewer SMS, and any phone shows it."""
    decomposed = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def fitted(subject: str, body: str, *, most: int) -> str:
    """The body if `most` SMS hold it, else the subject, cut where they end."""
    if segments(body) <= most:
        return body
    text = subject
    while segments(text) > most:
        text = f"{text.removesuffix('…')[:-1]}…"
    return text
