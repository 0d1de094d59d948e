import argon2
from argon2.profiles import CHEAPEST, RFC_9106_LOW_MEMORY

from cloud.accounts.passwords import Passwords


def test_the_right_password_opens_and_every_other_does_not() -> None:
    passwords = Passwords(CHEAPEST)
    stored = passwords.hash("Mật khẩu dài 1")
    assert passwords.verify(stored, "Mật khẩu dài 1").right
    assert not passwords.verify(stored, "mật khẩu dài 1").right
    assert not passwords.verify(stored, "").right


def test_nobody_has_no_password_not_even_the_one_that_is_compared_against() -> None:
    assert not Passwords(CHEAPEST).verify(None, "nobody has this password").right


def test_a_broken_hash_opens_nothing() -> None:
    assert not Passwords(CHEAPEST).verify("not a hash", "anything").right


def test_a_weaker_hash_is_replaced_at_the_next_login() -> None:
    old = Passwords(CHEAPEST).hash("Mật khẩu dài 1")
    verdict = Passwords(RFC_9106_LOW_MEMORY).verify(old, "Mật khẩu dài 1")
    assert verdict.right
    assert verdict.replacement is not None
    assert argon2.extract_parameters(verdict.replacement) == RFC_9106_LOW_MEMORY
