"""Files that pages hand out: what they are follows from how their name ends."""

from collections.abc import Mapping
from pathlib import PurePath

from starlette.responses import Response

MEDIA_TYPES: Mapping[str, str] = {
    ".csv": "text/csv; charset=utf-8",
    ".jpeg": "image/jpeg",
    ".json": "application/json",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}


def file_answer(content: bytes | str, name: str, *, opened: bool = False) -> Response:
    """A file to keep, or `opened` in the browser at once. `name` is of ASCII without quotes: ids, slugs and days, never
    what somebody has typed. Raises KeyError for an ending of which nothing is known."""
    kind = "inline" if opened else "attachment"
    headers = {"Content-Disposition": f'{kind}; filename="{name}"'}
    return Response(content, media_type=MEDIA_TYPES[PurePath(name).suffix], headers=headers)
