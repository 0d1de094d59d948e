"""Asking the school's service for new software, over HTTPS. What comes is believed by its signature alone."""

import hashlib
import os
from pathlib import Path

import httpx
from pydantic import SecretStr

from edge.contract.release import MAX_MANIFEST_BYTES, ReleaseManifest
from edge.errors import Misconfigured, Rejected, Unavailable

TIMEOUT_S = 30.0


class ReleaseClient:
    """Every method may raise Unavailable."""

    def __init__(self, url: str, device: str, token: SecretStr | None) -> None:
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        try:
            self._client = httpx.Client(
                base_url=f"{url.rstrip('/')}/api/v1/devices/{device}/", headers=headers, timeout=TIMEOUT_S
            )
        except httpx.InvalidURL as error:
            raise Misconfigured(f"cloud_url {url!r}: write it as https://HOST: {error}") from error

    def offered(self, *, have: int) -> bytes | None:
        """The manifest's body; None when nothing newer is meant for this unit."""
        try:
            with self._client.stream("GET", "release", params={"have": have}) as answer:
                if answer.status_code == httpx.codes.NO_CONTENT:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise Unavailable(f"{answer.request.url}: answered {answer.status_code}")
                body = b""
                for piece in answer.iter_bytes():
                    body += piece
                    if len(body) > MAX_MANIFEST_BYTES:
                        break
                return body
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}release: no connection: {error}") from error

    def download(self, manifest: ReleaseManifest, to: Path) -> None:
        """The archive, on disk and checked. Raises Rejected when it is not the one that the manifest names."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._client.stream("GET", f"release/{manifest.number}") as answer, to.open("wb") as file:
                if answer.status_code != httpx.codes.OK:
                    raise Unavailable(f"{answer.request.url}: answered {answer.status_code}")
                for piece in answer.iter_bytes(65_536):
                    size += len(piece)
                    if size > manifest.size_bytes:
                        break
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
        except httpx.HTTPError as error:
            raise Unavailable(f"{self._client.base_url}release/{manifest.number}: broke off: {error}") from error
        if size != manifest.size_bytes or digest.hexdigest() != manifest.sha256:
            raise Rejected(f"release {manifest.number}: the archive is not the one that was signed: refused")
