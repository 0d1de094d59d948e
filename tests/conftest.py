"""Fixtures for every test: the services that tests/services starts."""

pytest_plugins = [
    "tests.cloud.migrated",
    "tests.services.chromium",
    "tests.services.media",
    "tests.services.mosquitto",
    "tests.services.oidc",
    "tests.services.postgres",
    "tests.services.push",
    "tests.services.sms",
    "tests.services.smtp",
    "tests.services.zalo",
]
