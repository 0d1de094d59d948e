"""Fixtures for every test: the services that tests/services starts."""

import gc

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


# Thousands of collected tests are there until the end: the collector need not go through them again and again.
gc.disable()


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
