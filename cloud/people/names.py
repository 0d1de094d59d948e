"""Vietnamese names as people type them: compared in one form, found without diacritics."""

import unicodedata


def one_form(text: str) -> str:
    """Unicode NFC, single blanks, none around it: how a name is kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def search_form(text: str) -> str:
    """Lower case without diacritics: "Đặng Thị Ánh" -> "dang thi anh"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())
