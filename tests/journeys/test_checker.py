"""The judge itself: it lets a faithful run pass and finds each kind of fault that is planted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.journeys.checker import Asking, End, Event, Killed, Logged, Shown, check

MAYA, OSKAR = "maya", "oskar"
ASKED = Asking("pricing 01", "Norfield", private=True)
ASKED_ALOUD = Asking("pricing 02", "Norfield", private=False)
SHARED = Logged("shared", "Norfield", "guide", "aoife@norfield.example", "t1")
SECOND = replace(SHARED, recipient="declan@norfield.example", ref="t2")
OPENED = replace(SHARED, kind="opened_by_buyer", ref="t3")
ROWS = (SHARED, SECOND, OPENED)


def act(op: str, what: Asking | Sequence[Logged], *, end: End = "ok") -> list[Event]:
    meant = what if isinstance(what, Asking) else tuple(replace(one, ref="") for one in what)
    return [Event(1.0, "invoke", op, MAYA, meant), Event(2.0, end, op, MAYA, meant)]


def shown(asking: Asking = ASKED, *, at: float = 3.0, to: str = MAYA, deal: str = "Norfield") -> Event:
    return Event(at, "ok", "", to, Shown(asking.question, deal, to, at))


FAITHFUL = [*act("ask", ASKED), shown(), *act("share", [SHARED, SECOND]), *act("open", [OPENED])]


def rules(history: Sequence[Event], crm: Sequence[Logged], ledger: Sequence[Logged]) -> set[str]:
    return {violation.rule for violation in check(history, crm, ledger)}


def test_a_faithful_run_has_no_violation() -> None:
    assert check(FAITHFUL, ROWS, ROWS) == []


def test_a_double_click_that_left_one_touch_is_faithful() -> None:
    history = [*FAITHFUL, *act("again", [SHARED])]

    found = check(history, ROWS, ROWS)

    assert found == []


@pytest.mark.parametrize("missing", ROWS)
def test_a_touch_lost_in_the_crm_is_found(missing: Logged) -> None:
    crm = [row for row in ROWS if row != missing]

    found = check(FAITHFUL, crm, ROWS)

    assert [violation.rule for violation in found] == ["touch lost in the CRM"]
    assert missing.recipient in found[0].about


def test_a_touch_lost_in_the_ledger_is_found() -> None:
    assert "touch lost in the ledger" in rules(FAITHFUL, ROWS, ROWS[1:])


def test_a_second_row_for_one_touch_is_found() -> None:
    doubled = [*ROWS, replace(SHARED, ref="t9")]

    assert rules(FAITHFUL, doubled, ROWS) == {"touch twice in the CRM", "ledger and CRM differ"}
    assert rules(FAITHFUL, ROWS, doubled) == {"touch twice in the ledger"}


@pytest.mark.parametrize("end", ["ok", "info"])
def test_one_row_with_the_same_reference_twice_is_found(end: End) -> None:
    history = act("share", [SHARED], end=end)

    assert rules(history, [SHARED, SHARED], [SHARED]) == {"touch twice in the CRM"}


@pytest.mark.parametrize(
    ("astray", "rule"),
    [
        (replace(OPENED, deal="Calderwell"), "wrong deal"),
        (replace(OPENED, recipient="eve@other.example"), "wrong recipient"),
        (replace(OPENED, asset="battlecard"), "wrong asset"),
    ],
)
def test_a_touch_that_went_astray_is_named_by_what_is_wrong_with_it(astray: Logged, rule: str) -> None:
    crm = [SHARED, SECOND, astray]

    found = rules(FAITHFUL, crm, ROWS)

    assert found == {"touch lost in the CRM", f"{rule} in the CRM", "ledger and CRM differ"}


def test_an_astray_touch_in_both_places_is_found_in_both() -> None:
    astray = [replace(SHARED, deal="Calderwell"), SECOND, OPENED]

    found = rules(FAITHFUL, astray, astray)

    assert {"wrong deal in the CRM", "wrong deal in the ledger"} <= found


def test_a_touch_that_nobody_made_is_found() -> None:
    stray = Logged("shared", "Calderwell", "battlecard", "x@calderwell.example", "t9")

    assert "touch that nobody made in the CRM" in rules(FAITHFUL, [*ROWS, stray], [*ROWS, stray])


def test_a_refused_share_must_leave_nothing() -> None:
    history = act("share", [SHARED], end="fail")

    assert rules(history, [SHARED], [SHARED]) == {
        "touch of what was refused in the CRM",
        "touch of what was refused in the ledger",
    }
    assert rules(history, [], []) == set()


def test_an_unknown_end_may_have_happened_or_not() -> None:
    history = act("share", [SHARED], end="info") + act("ask", ASKED, end="info")

    assert rules(history, [SHARED], [SHARED]) == set()
    assert rules([*history, shown()], [], []) == set()


def test_an_unknown_end_that_reached_the_ledger_alone_is_not_excused() -> None:
    history = [*act("share", [SHARED], end="info"), *act("again", [SHARED])]

    assert rules(history, [], [SHARED]) == {"touch lost in the CRM"}


def test_a_lost_answer_is_found() -> None:
    assert rules(act("ask", ASKED), [], []) == {"answer lost"}


def test_a_second_answer_is_found() -> None:
    history = [*act("ask", ASKED_ALOUD), shown(ASKED_ALOUD), shown(ASKED_ALOUD, at=9.0)]

    assert rules(history, [], []) == {"answered twice"}


def test_a_private_answer_may_come_again_only_when_a_process_died_right_after_it() -> None:
    twice = [*act("ask", ASKED), shown(at=3.0), shown(at=9.0)]
    soon, late = (Event(at, "ok", "", "", Killed("worker-reply-0")) for at in (3.1, 4.0))

    assert rules([*twice, soon], [], []) == set()
    assert rules([*twice, late], [], []) == {"answered twice"}


def test_a_public_answer_may_never_come_again() -> None:
    twice = [*act("ask", ASKED_ALOUD), shown(ASKED_ALOUD, at=3.0), shown(ASKED_ALOUD, at=9.0)]
    death = Event(3.1, "ok", "", "", Killed("worker-reply-0"))

    assert rules([*twice, death], [], []) == {"answered twice"}


def test_an_answer_on_somebody_elses_screen_is_found() -> None:
    history = [*act("ask", ASKED), shown(to=OSKAR)]

    assert rules(history, [], []) == {"answer to somebody else"}


def test_an_answer_for_a_wrong_deal_is_found() -> None:
    history = [*act("ask", ASKED), shown(deal="Calderwell")]

    assert rules(history, [], []) == {"answer for a wrong deal"}


def test_an_answer_to_a_refused_or_unasked_question_is_found() -> None:
    refused = [*act("ask", ASKED, end="fail"), shown()]

    assert rules(refused, [], []) == {"answer to what was refused"}
    assert rules([shown()], [], []) == {"answer to a question nobody asked"}
