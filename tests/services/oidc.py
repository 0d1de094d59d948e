"""An OpenID Connect provider for one test."""

from collections.abc import Iterator

import pytest

from scripts.loopback.oidc import CLIENT_ID, CLIENT_SECRET, Lie, OidcProvider

__all__ = ["CLIENT_ID", "CLIENT_SECRET", "Lie", "OidcProvider", "oidc"]


@pytest.fixture
def oidc() -> Iterator[OidcProvider]:
    provider = OidcProvider()
    provider.start()
    yield provider
    provider.stop()
