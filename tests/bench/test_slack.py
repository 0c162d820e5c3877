"""What the load generator of `slack` does as people, and how it finds what the app says to each act."""

import threading
from collections.abc import Iterator
from pathlib import Path
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
import requests

from bench import commands, slack
from bench.crowd import Seller
from bench.figures import BenchFailed
from bench.slack import Phase
from bench.slack_acts import FILLED_IN_AFTER, SHARES, Rep, Street, kinds
from bench.slack_answers import answers
from tests.doors import DEALS, MAYA, Stage, staged, until


@pytest.fixture
def worked(tmp_path: Path) -> Iterator[Stage]:
    """Yield a stage on which somebody works all the time."""
    stop = threading.Event()
    with staged(tmp_path, rate_limits=False) as stage:

        def work() -> None:
            while not stop.wait(0.01):
                stage.drain("reply", "write")

        thread = threading.Thread(target=work)
        thread.start()
        yield stage
        stop.set()
        thread.join()


@pytest.fixture
def street(worked: Stage) -> Street:
    demo: Any = SimpleNamespace(slack_url=worked.slack_url, app_url=worked.app_url, settings=worked.settings)
    # One person, four times: each kind of acts on an answer has an answer of its own.
    reps = [Rep(Seller(MAYA, "maya@harbourline.test", ("Norfield warehouse",))) for _ in range(4)]
    return Street(demo, reps, DEALS, Random(1))


def test_every_act_is_taken_and_what_answers_it_is_found(worked: Stage, street: Street) -> None:
    street.prepare()
    after = commands.position(worked.slack_url)
    order = [*(kind for kind in SHARES), "submit", "save", "feedback"]

    made = [street.act(kind) for kind in order if kind != "command"] + list(street.commands(1))
    taken = {one.kind: one.do() for one in made}

    wanted = {one.answered_by for one in taken.values() if one.answered_by}
    assert set(taken) == {*SHARES, "submit"}
    assert all(one.after_s > 0 for one in taken.values())
    assert {kind for kind, one in taken.items() if not one.answered_by} == {"submit"}

    def missing() -> Any:
        sent = requests.get(f"{worked.slack_url}/_sandbox/sent", timeout=5).json()["requests"]
        return wanted - answers(commands.received(worked.slack_url, after=after), sent).keys()

    until(lambda: not missing())
    until(lambda: worked.touch_rows())


def test_each_form_is_submitted_after_it_was_opened() -> None:
    order = list(kinds(2_000, Random(3)))

    opened = [at for at, kind in enumerate(order) if kind == "share"]
    submitted = [at for at, kind in enumerate(order) if kind == "submit"]
    assert len(order) == 2_000
    assert len(opened) == len(submitted) > 20
    assert all(one + FILLED_IN_AFTER <= other for one, other in zip(opened, submitted, strict=True))
    assert set(order) == {*SHARES, "submit"}


def test_what_slack_refused_answers_nobody() -> None:
    def call(**more: Any) -> dict[str, Any]:
        said = {"channel": "D1", "thread_ts": "1.1"}
        row = {
            "method": "chat.postMessage",
            "arguments": said,
            "status": 200,
            "result": {"ok": True},
            "at": 5.0,
        }
        return {**row, **more}

    refused = (call(status=429), call(result={"ok": False}), call(status=500, result=None))

    assert answers(refused, []) == {}
    assert answers([*refused, call()], []) == {("chat.postMessage", "D1", "1.1"): [5.0]}


def test_an_answer_is_to_one_act_alone() -> None:
    times = [3.0, 1.0, 2.0]

    assert [slack.first(times, due, shared=True) for due in (1.5, 1.5, 3.5)] == [2.0, 2.0, None]
    assert [slack.first(times, due) for due in (1.5, 1.5, 1.5)] == [2.0, 3.0, None]


def test_lost_acts_are_no_figures() -> None:
    peer = Phase([0.1], {}, [0.0], [], 0)
    lost = Phase([0.1], {"home": [0.2]}, [0.0], ["home: NotTaken"], 0)

    with pytest.raises(BenchFailed, match="home: NotTaken"):
        list(slack.figures(lost, peer, [0.01]))


def test_what_is_promised_is_said() -> None:
    ours = Phase([0.02] * 99 + [0.3], {"home": [0.2], "command": [0.6] * 3}, [0.0], [], 0)
    peer = Phase([3.0], {}, [0.0], ["404"], 0)

    found = [
        *slack.figures(ours, peer, [0.01]),
        *slack.home_figures([1.0, 0.2, 0.4]),
        *slack.line_figures([9.0]),
    ]

    assert {one.name: one.kept for one in found if one.promise} == {
        "ack p99": True,
        "acts lost": True,
        "answer p95": False,
        "Home of 200 deals: p95": False,
        "line cut: taken again after, worst": True,
    }
