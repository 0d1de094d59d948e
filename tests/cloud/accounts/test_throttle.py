from cloud.accounts.throttle import AT_ONCE, EVERY_S, REMEMBERED, Throttle


class Hand:
    """A clock that goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def test_a_guesser_waits_longer_and_longer_and_time_forgives() -> None:
    hand = Hand()
    throttle = Throttle(hand)
    for _ in range(AT_ONCE):
        assert throttle.wait_s("10.0.0.1", "admin") == 0
        throttle.failed("10.0.0.1", "admin")
    assert throttle.wait_s("10.0.0.1", "admin") == EVERY_S
    hand.now_s += EVERY_S
    assert throttle.wait_s("10.0.0.1", "admin") == 0


def test_nobody_else_waits() -> None:
    throttle = Throttle(Hand())
    for _ in range(50):
        throttle.failed("10.0.0.1", "admin")
    assert throttle.wait_s("10.0.0.2", "admin") == 0
    assert throttle.wait_s("10.0.0.1", "parent") == 0


def test_the_right_password_clears_the_count() -> None:
    throttle = Throttle(Hand())
    for _ in range(AT_ONCE):
        throttle.failed("10.0.0.1", "admin")
    throttle.succeeded("10.0.0.1", "admin")
    assert throttle.wait_s("10.0.0.1", "admin") == 0


def test_a_flood_of_names_fills_no_memory() -> None:
    throttle = Throttle(Hand())
    for number in range(REMEMBERED + 100):
        throttle.failed("10.0.0.1", str(number))
    assert len(throttle._buckets) == REMEMBERED
