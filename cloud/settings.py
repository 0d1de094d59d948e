"""The service's settings, read once by the composition root. Every field is documented in cloud/README.md."""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from edge.contract.settings_file import Settings

PREFIX = "DIEMDANH_CLOUD"
FEVER_C = 37.5


def _addresses(text: str) -> str:
    """Raises ValueError naming what is none. Everybody (`*`, `0.0.0.0/0`) is refused: a header can be forged."""
    for one in (part.strip() for part in text.split(",")):
        try:
            everybody = ip_network(one).prefixlen == 0
        except ValueError as error:
            raise ValueError(f"{one!r} is no address or network, such as 10.0.0.5 or 10.0.0.0/24: {error}") from error
        if everybody:
            raise ValueError(f"{one} is everybody: name the proxy's own address")
    return text


class CloudSettings(Settings):
    database_url: SecretStr = SecretStr("sqlite:///var/diemdanh.sqlite3")
    """sqlite:///FILE for one school, postgresql://USER:PASSWORD@HOST/NAME for many."""
    database_connections: Annotated[int, Field(ge=5, le=200)] = 20
    """At most, of each process; a request or a loop that finds none free waits."""
    listen_host: str = "127.0.0.1"
    listen_port: Annotated[int, Field(ge=1, le=65535)] = 8000
    trusted_proxies: Annotated[str, AfterValidator(_addresses)] = "127.0.0.1"
    """Addresses and networks, with commas between, whose word is taken for where a request came from."""
    public_url: str = "http://127.0.0.1:8000"
    """Where a phone reaches the service; links in messages begin with it."""
    broker_url: str = "mqtt://127.0.0.1:1883"
    """mqtt:// or mqtts://, host and port."""
    broker_user: str | None = None
    broker_password: SecretStr | None = None
    broker_public_url: str = "mqtts://127.0.0.1:8883"
    """Where units reach the broker; a unit learns it when it is claimed."""
    broker_dir: Path | None = None
    """Where the broker's certificates, revocation list and ACL are kept: see firmware-config/broker/README.md."""
    release_dir: Path | None = None
    """Where releases for units are kept; without it none is offered."""
    digital_index_file: Path | None = None
    """The items of the digital index and their points; ours if left out: see digital_index/criteria.toml."""
    secret_key: SecretStr | None = None
    """What secrets in the database are sealed under: 32 characters or more, from `openssl rand -hex 32`."""
    oidc_issuer: str | None = None
    """The school's own sign-in, as OpenID Connect names it; without it people log in here only."""
    oidc_client_id: str | None = None
    oidc_client_secret: SecretStr | None = None
    oidc_name: str | None = None
    """What people at the school call it; the issuer's host if left out."""
    smtp_url: SecretStr | None = None
    """smtp://USER:PASSWORD@HOST:PORT, or smtps://; without it no e-mail is sent."""
    mail_per_s: Annotated[float, Field(gt=0)] = 50.0
    """Of each worker, as `zalo_per_s` and `sms_per_s` are."""
    mail_from: str = "Diemdanh <no-reply@localhost>"
    vapid_private_key: SecretStr | None = None
    """From `diemdanh-cloud vapid-key`; without it no Web Push is sent."""
    vapid_contact: str = "mailto:admin@localhost"
    """Whom a push service may write to."""
    zalo_app_id: str | None = None
    """Of the app at Zalo that may send for the school's official account; without it no ZNS is sent."""
    zalo_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    """The official account's own key, by which Zalo signs what it tells of deliveries; without it nothing is believed,
    and that Zalo took a message is the last that is known of it."""
    zalo_template_id: str | None = None
    """An approved ZNS template with the parameters `title` and `content`."""
    zalo_per_s: Annotated[float, Field(gt=0)] = 20.0
    zalo_url: str = "https://business.openapi.zalo.me"
    zalo_oauth_url: str = "https://oauth.zaloapp.com"
    sms_url: str | None = None
    """The aggregator's address, or that of what translates for it; without it no SMS is sent."""
    sms_token: SecretStr | None = None
    sms_receipt_token: SecretStr | None = None
    """What the aggregator shows when it tells of deliveries; without it none is believed."""
    sms_sender: str = "DIEMDANH"
    """The brand name that the operators have registered for the school."""
    sms_per_s: Annotated[float, Field(gt=0)] = 10.0
    sms_diacritics: bool = True
    """Without them a text fits into half as many SMS."""
    sms_most_segments: Annotated[int, Field(ge=1, le=10)] = 3
    """Where a text needs more, its subject alone is sent."""
    keyring_url: SecretStr = SecretStr("sqlite:///var/diemdanh-keys.sqlite3")
    """Where the templates' keys are: a database of its own, backed up without history (cloud/biometrics/README.md)."""
    heartbeat_s: Annotated[float, Field(gt=0, le=300)] = 30.0
    """How often units report; after two missed reports a unit is offline."""
    unit_trouble_min: Annotated[float, Field(ge=1, le=240)] = 10.0
    """How long a unit must have been in trouble, in school time, before whoever looks after it is told."""
    passage_window_s: Annotated[float, Field(ge=0)] = 60.0
    """The same person seen again within this time, at any unit, is the same passage."""
    fever_c: Annotated[float, Field(ge=36, le=40)] = FEVER_C
    """From here on the health desk is shown a pupil and its staff are told, where a school has set no limit itself."""
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @property
    def ways_to_families(self) -> tuple[str, ...]:
        """The channels that are set up."""
        ways = {
            "web_push": self.vapid_private_key,
            "zalo": self.zalo_app_id,
            "email": self.smtp_url,
            "sms": self.sms_url,
        }
        return tuple(way for way, setting in ways.items() if setting)

    @property
    def ways_that_report(self) -> frozenset[str]:
        """Those of which somebody says what arrived."""
        ways = {"web_push": True, "zalo": self.zalo_oa_secret, "sms": self.sms_receipt_token}
        return frozenset(way for way, setting in ways.items() if setting)
