"""The page on which everybody begins, whichever way in has just failed."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from cloud.accounts.oidc.strangers import provider_of
from cloud.accounts.passkeys.rules import site_of
from cloud.accounts.rules import own_path
from cloud.kit.i18n import Said
from cloud.kit.web.service import page, service


@dataclass(frozen=True, slots=True)
class LoginView:
    login: str
    next: str
    passkeys: bool
    """Whether browsers allow them here."""
    provider: str | None
    """What people at the school call its own sign-in."""
    refused: bool
    wait_s: int
    problem: Said | None
    """With the provider. Marked for translation."""


def login_page(
    request: Request,
    *,
    then: str,
    login: str = "",
    refused: bool = False,
    wait_s: int = 0,
    problem: Said | None = None,
    status: int = 200,
) -> Response:
    provider = provider_of(request)
    view = LoginView(
        login=login,
        next=own_path(then),
        passkeys=site_of(service(request).settings.public_url) is not None,
        provider=provider.name if provider else None,
        refused=refused,
        wait_s=wait_s,
        problem=problem,
    )
    return page(request, "accounts/login.html", view, status=status, signed_in=False)
