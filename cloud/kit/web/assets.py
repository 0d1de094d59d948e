"""Files that browsers keep: each is named with a digest of what it holds, so a new version is a new name."""

from hashlib import sha256
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
ROUTE = "/static"


class Assets(StaticFiles):
    """Serves FOLDER; what is asked for by its digest may be kept for ever."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)
        self._digests = {
            str(file.relative_to(FOLDER)): sha256(file.read_bytes()).hexdigest()[:12]
            for file in FOLDER.rglob("*")
            if file.is_file()
        }

    def url(self, name: str) -> str:
        """Raises KeyError for a file that is not there: a template is wrong."""
        return f"{ROUTE}/{name}?v={self._digests[name]}"

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        wanted = scope["query_string"].decode("latin-1").removeprefix("v=")
        if response.status_code in {200, 304} and wanted == self._digests.get(path):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        else:
            response.headers["Cache-Control"] = "no-cache"
        return response
