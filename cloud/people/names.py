"""Vietnamese names as people type them: compared in one form, found without diacritics."""

import unicodedata


def one_form(text: str) -> str:
    """Unicode NFC, single blanks, none around it: how a name is kept."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def search_form(text: str) -> str:
    """Lower case without diacritics: "Đặng Thị Ánh" -> "dang thi anh"."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(letter for letter in decomposed if not unicodedata.combining(letter)).split())


def list_order(full_name: str) -> tuple[str, str]:
    """How class lists are sorted in Vietnam: by the given name, which comes last."""
    whole = search_form(full_name)
    return whole.rsplit(" ", 1)[-1], whole
