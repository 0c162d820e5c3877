"""Requests leave when they are due, and their time counts from then."""

import threading

import pytest

from bench import openloop
from bench.openloop import Request, fire


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openloop, "HEAD_START_S", 0.0)


def test_a_request_leaves_though_the_one_before_it_has_no_answer_yet() -> None:
    second_left = threading.Event()

    def wait_for_the_second() -> None:
        if not second_left.wait(10):
            raise TimeoutError("the second was held up")

    sent = fire([Request(0.0, wait_for_the_second), Request(0.01, second_left.set)])

    assert [one.error for one in sent] == ["", ""]


def test_a_sender_that_comes_late_counts_the_wait_as_latency() -> None:
    first_is_done = threading.Event()
    order: list[str] = []

    def first() -> None:
        first_is_done.wait(0.3)
        order.append("first")

    sent = fire([Request(0.0, first), Request(0.0, lambda: order.append("second"))], senders=1)

    assert order == ["first", "second"]
    assert sent[1].late >= 0.3
    assert sent[1].done >= sent[1].late


def test_results_come_in_the_order_of_the_requests_whenever_they_were_due() -> None:
    sent = fire([Request(0.03, lambda: None), Request(0.0, lambda: None), Request(0.01, lambda: None)])

    first = min(one.due for one in sent)
    assert [round(one.due - first, 3) for one in sent] == [0.03, 0.0, 0.01]


def test_a_failure_is_kept_and_the_others_go_on() -> None:
    def fail() -> None:
        raise ConnectionResetError("gone")

    sent = fire([Request(0.0, fail), Request(0.0, lambda: None)])

    assert [one.error for one in sent] == ["ConnectionResetError: gone", ""]
