"""Fixtures for every test: the services that tests/services starts."""

import gc

import pytest

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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a long test first: else one worker is alone with one of them in the end."""
    long = {one.path for one in items if one.get_closest_marker("long")}
    items.sort(key=lambda one: one.path not in long)


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.enable()
