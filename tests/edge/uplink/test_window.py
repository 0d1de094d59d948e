from edge.uplink.window import LONGEST_WAIT_S, SIZE, Window


def test_what_was_sent_is_under_way_until_it_is_acknowledged():
    window = Window(ack_timeout_s=10)
    window.sent([1, 2, 3], now_s=0)
    window.acknowledged([1, 3], now_s=1)
    assert (1 in window, 2 in window, len(window)) == (False, True, 1)
    window.acknowledged([2], now_s=2)
    assert len(window) == 0


def test_one_place_is_kept_for_live_events():
    window = Window(ack_timeout_s=10)
    for number in range(SIZE - 1):
        window.sent([number], now_s=0)
    assert (window.has_room(live=False), window.has_room(live=True)) == (False, True)
    window.sent([99], now_s=0)
    assert not window.has_room(live=True)


def test_only_what_was_not_acknowledged_is_overdue():
    window = Window(ack_timeout_s=10)
    window.sent([1, 2], now_s=0)
    window.acknowledged([1], now_s=5)
    assert window.take_overdue(now_s=9.9) == []
    (overdue,) = window.take_overdue(now_s=10)
    assert overdue.seqs == {2}


def test_each_repeat_waits_twice_as_long_up_to_the_longest_wait():
    window = Window(ack_timeout_s=10)
    waits = []
    for repeats in range(7):
        window.sent([1], now_s=0, repeats=repeats)
        (sending,) = window.take_overdue(now_s=1000)
        waits.append(sending.due_s)
    assert waits == [10, 20, 40, 80, 160, LONGEST_WAIT_S, LONGEST_WAIT_S]


def test_a_batch_is_stuck_when_the_cloud_acknowledges_others_and_never_this_one():
    window = Window(ack_timeout_s=10)
    window.sent([1], now_s=0, repeats=2)
    window.sent([2], now_s=1)
    window.acknowledged([2], now_s=2)
    (sending,) = window.take_overdue(now_s=100)
    assert window.is_stuck(sending)


def test_a_cloud_that_acknowledges_nothing_is_away_and_no_batch_is_stuck():
    window = Window(ack_timeout_s=10)
    window.sent([1], now_s=0, repeats=5)
    (sending,) = window.take_overdue(now_s=1000)
    assert not window.is_stuck(sending)


def test_a_cloud_that_is_slow_today_is_given_more_time():
    window = Window(ack_timeout_s=10)
    for seq in range(20):
        window.sent([seq], now_s=100 * seq)
        window.acknowledged([seq], now_s=100 * seq + 30)
    window.sent([99], now_s=5000)
    assert window.take_overdue(now_s=5029) == []
    assert [sending.seqs for sending in window.take_overdue(now_s=5000 + 45)] == [{99}]


def test_the_answer_to_a_repeat_says_nothing_of_the_round_trip():
    window = Window(ack_timeout_s=10)
    window.sent([1], now_s=0, repeats=1)
    window.acknowledged([1], now_s=200)
    assert window.patience_s == 20


def test_what_a_repeat_had_to_wait_holds_until_a_round_trip_is_measured():
    window = Window(ack_timeout_s=10)
    window.sent([1], now_s=0, repeats=2)
    window.acknowledged([1], now_s=60)
    assert window.patience_s == 40
    window.sent([2], now_s=60)
    assert window.take_overdue(now_s=99.9) == []
    window.acknowledged([2], now_s=95)
    # Measured: 35 s, and half of that for how much it varies.
    assert window.patience_s == 35 + 4 * 17.5
    for number in range(30):
        window.sent([3 + number], now_s=100 + number)
        window.acknowledged([3 + number], now_s=100.1 + number)
    assert window.patience_s == 10
