"""Rows of routes.py for logging in, and for one's own account."""

from tests.cloud.pages.people import PASSWORD
from tests.cloud.pages.row import Asks, Names, Row, posts

NOTHING, LOG_IN = Asks.NOTHING, Asks.LOG_IN
NO_THING = Names.NOTHING

ROWS = [
    Row("/login", LOG_IN, answers=303, to_nobody=200),
    posts("/login", NOTHING, NO_THING, 403),
    Row("/login/code", NOTHING, answers=303),
    posts("/login/code", NOTHING, NO_THING, 303),
    posts("/logout", NOTHING, NO_THING, 303, ends_session=True),
    posts("/language", NOTHING, NO_THING, 303, form={"language": "vi"}),
    Row("/account", LOG_IN),
    posts("/account/sessions/ended", LOG_IN, NO_THING, 303),
    posts("/account/changes/read", LOG_IN, NO_THING, 303),
    posts("/account/password", LOG_IN, NO_THING, 403),
    Row("/account/second-step", LOG_IN),
    posts("/account/second-step/begun", LOG_IN, NO_THING, 403),
    posts("/account/second-step/confirmed", LOG_IN, NO_THING, 409),
    posts("/account/second-step/recovery-codes", LOG_IN, NO_THING, 409, form={"proof": PASSWORD}),
    posts("/account/second-step/off", LOG_IN, NO_THING, 303, form={"proof": PASSWORD}),
    # This service has no name, without which no browser makes a passkey: tested in test_passkeys.py.
    Row("/account/passkeys", LOG_IN),
    posts("/account/passkeys/options", LOG_IN, NO_THING, 404, json={}),
    posts("/account/passkeys", LOG_IN, NO_THING, 404, json={"credential": {}}),
    posts("/account/passkeys/{passkey_id}/removed", LOG_IN, NO_THING, 404),
    posts("/login/passkey/options", NOTHING, NO_THING, 404),
    posts("/login/passkey", NOTHING, NO_THING, 404, json={"credential": {}}),
    # Nor has it a provider: tested in test_oidc.py.
    Row("/login/oidc", NOTHING, answers=404),
    Row("/login/oidc/callback", NOTHING, answers=404),
    posts("/account/oidc/linked", LOG_IN, NO_THING, 404),
    posts("/account/oidc/unlinked", LOG_IN, NO_THING, 404),
    Row("/rights", LOG_IN),
    Row("/join", NOTHING),
    Row("/join/{code}", NOTHING, answers=404),
    posts("/join/{code}", NOTHING, NO_THING, 404),
    posts("/join/{code}/password", NOTHING, NO_THING, 404),
    posts("/join/{code}/own", LOG_IN, NO_THING, 404),
]
