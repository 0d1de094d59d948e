"""Who asks, through a proxy: its word is taken when it is named in the settings, and nobody else's."""

import httpx
import pytest
from fastapi import FastAPI
from starlette.requests import Request

from cloud.cli_serve import server_config
from cloud.kit.errors import Misconfigured
from cloud.kit.start import read_settings
from tests.cloud.serving import serving_as
from tests.services.ports import free_port

HERE, CLIENT = "127.0.0.1", "203.0.113.9"


@pytest.mark.parametrize(
    ("trusted", "said", "seen"),
    [
        (None, CLIENT, CLIENT),
        ("10.0.0.0/8, 127.0.0.0/24", CLIENT, CLIENT),
        # What a client wrote itself stands before what the proxy added.
        ("127.0.0.1", f"198.51.100.1, {CLIENT}", CLIENT),
        ("127.0.0.1,10.0.0.5", f"{CLIENT}, 10.0.0.5", CLIENT),
        ("10.0.0.5", CLIENT, HERE),
        ("10.0.0.5", "10.0.0.5", HERE),
    ],
)
def test_the_word_of_a_named_proxy_is_taken_and_a_forged_one_changes_nothing(
    trusted: str | None, said: str, seen: str
) -> None:
    settings = {"DIEMDANH_CLOUD_LISTEN_PORT": str(free_port())}
    if trusted:
        settings["DIEMDANH_CLOUD_TRUSTED_PROXIES"] = trusted
    app = FastAPI()

    @app.get("/whence")
    def whence(request: Request) -> str:
        return request.client.host if request.client else ""

    with serving_as(server_config(read_settings(settings), app)) as url:
        assert httpx.get(f"{url}/whence", headers={"X-Forwarded-For": said}).json() == seen


@pytest.mark.parametrize("trusted", ["*", "", "proxy.example", "10.0.0.5,", "0.0.0.0/0", "10.0.0.5/24"])
def test_who_is_no_address_or_everybody_is_refused_at_start(trusted: str) -> None:
    with pytest.raises(Misconfigured, match="TRUSTED_PROXIES"):
        read_settings({"DIEMDANH_CLOUD_TRUSTED_PROXIES": trusted})
