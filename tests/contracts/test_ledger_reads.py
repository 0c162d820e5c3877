"""What coverage reads of the ledger; the same on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from enablement.adapters.sql.ledger import SqlLedger
from enablement.model import Answered, Basis, PostedLinks, Refinement, Withdrawal, Written
from tests.builders import ANNA, NOW, ask, deal, share, touch

DAY = timedelta(days=1)


def test_an_asset_was_last_used_by_its_last_touch_that_stands(ledger: SqlLedger) -> None:
    touches = [
        touch(id="1", asset_id="a", occurred_at=NOW - 9 * DAY),
        touch(id="2", asset_id="a", occurred_at=NOW - 5 * DAY),
        touch(id="3", asset_id="a", occurred_at=NOW),
        touch(id="4", asset_id="b", occurred_at=NOW),
        touch(id="5", asset_id="c", occurred_at=NOW - DAY),
    ]
    taken_back = [Withdrawal(f"w{one}", one, ANNA, NOW) for one in ("3", "4")]

    ledger.write(Written(records=(*touches, *taken_back)), now=NOW)

    assert ledger.last_used() == {"a": NOW - 5 * DAY, "c": NOW - DAY}


def test_links_are_live_until_they_expire_or_are_ended(ledger: SqlLedger) -> None:
    def link(name: str, **more: Any) -> Any:
        made = {"id": name, "token": name, "asset_id": "a", "made_at": NOW - 9 * DAY, "expires_at": NOW + DAY}
        return share(**{**made, **more})

    links = [
        link("late", made_at=NOW),
        link("live"),
        link("over", expires_at=NOW),
        link("ended"),
        link("other", asset_id="b"),
    ]
    ledger.write(Written(records=tuple(links)), now=NOW)
    ledger.revoke_share("ended", at=NOW)

    assert [one.id for one in ledger.live_shares(["a"], at=NOW)] == ["live", "late"]
    assert ledger.live_shares([], at=NOW) == []


def test_unmet_asks_are_those_whose_words_or_language_nothing_met(ledger: SqlLedger) -> None:
    def answered(
        name: str, basis: Basis, *, days_ago: int = 1, question: str = "pricing", missed: tuple[str, ...] = ()
    ) -> tuple[Any, Any]:
        asked = ask(question, id=name)
        at = NOW - days_ago * DAY
        return asked, Answered(name, deal().id, "only", basis, False, ANNA, "C", "", at, missed)

    nearest, nothing = answered("1", "nearest", days_ago=3), answered("2", "nothing")
    in_korean = answered("8", "fit", days_ago=4, question="", missed=("length", "language"))
    others = [
        answered("3", "words"),
        answered("4", "nothing", question=""),
        answered("5", "nothing", days_ago=11),
        answered("6", "fit", question=""),
        answered("9", "words", missed=("length", "persona")),
    ]
    unanswered = replace(ask("pricing"), id="7")
    rows = [part for pair in (nearest, nothing, in_korean, *others) for part in pair]
    ledger.write(Written(records=(*rows, unanswered)), now=NOW)

    assert ledger.unmet(since=NOW - 10 * DAY, limit=9) == [nothing, nearest, in_korean]
    assert ledger.unmet(since=NOW - 10 * DAY, limit=1) == [nothing]


def test_a_follow_up_comes_after_its_askers_last_answer_in_the_thread_or_in_the_channel(
    ledger: SqlLedger,
) -> None:
    def answered(name: str, thread: str, *, minutes: int, email: str = ANNA, channel: str = "C") -> Answered:
        at = NOW + timedelta(minutes=minutes)
        return Answered(name, deal().id, "only", "words", False, email, channel, thread, at)

    rows = [
        answered("first", "1.1", minutes=1),
        answered("second", "1.1", minutes=2),
        answered("other thread", "2.2", minutes=3),
        answered("somebody else's", "1.1", minutes=4, email="bo@stowmark.example"),
        answered("elsewhere", "1.1", minutes=5, channel="D"),
    ]
    ledger.write(Written(records=tuple(rows)), now=NOW)

    def last(**where: Any) -> str:
        found = ledger.last_answer("C", ANNA, **where)
        return found.ask_id if found else ""

    assert last(thread="1.1") == "second"
    assert last(thread="9.9") == ""
    assert last() == "other thread"
    assert last(since=NOW + timedelta(minutes=4)) == ""
    ledger.begin_thread("elsewhere", "C", "3.3")
    assert last(thread="3.3") == "elsewhere"


def test_what_a_follow_up_asks_for_is_kept(ledger: SqlLedger) -> None:
    wish = Refinement("fr", "CFO", "case studies", 2, 0, ("a", "b"))
    asked = replace(ask(), refined=wish, refines="before")
    told = Answered(asked.id, deal().id, "before", "words", False, ANNA, "C", "", NOW, ("language", "length"))

    ledger.write(Written(records=(asked, told)), now=NOW)

    assert ledger.ask(asked.id) == asked
    assert ledger.answered(asked.id) == told


def test_posted_links_are_kept_until_they_are_dropped(ledger: SqlLedger) -> None:
    posted = PostedLinks("1", "composer", "U1-abc", "", "", "U1", ("https://a.test/ü?x=<1>", "b"), NOW)
    ledger.write(Written(records=(posted, replace(posted, id="2"))), now=NOW)

    ledger.drop_posted_links("2")

    assert (ledger.posted_links("1"), ledger.posted_links("2")) == (posted, None)


def test_shown_links_are_found_when_it_is_time_and_by_what_they_show(ledger: SqlLedger) -> None:
    posted = PostedLinks("1", "conversations_history", "", "C", "1.0", "U1", ("a",), NOW)
    ledger.write(Written(records=tuple(replace(posted, id=one) for one in "123")), now=NOW)
    hour = timedelta(hours=1)
    some = [
        replace(posted, id=one, shows="x", about=("asset a", f"share {one}"), look_at=NOW + int(one) * hour)
        for one in "1239"
    ]

    ledger.keep_posted_links(some)

    assert ledger.posted_links("9") is None
    assert [one.id for one in ledger.old_posted_links(now=NOW + 2 * hour, limit=9)] == ["1", "2"]
    ledger.look_at_links(["share 3", "asset b"], now=NOW)
    assert ledger.old_posted_links(now=NOW, limit=9) == [replace(some[2], look_at=NOW)]
    ledger.look_at_links(["asset a"], now=NOW - hour)
    assert [one.id for one in ledger.old_posted_links(now=NOW, limit=2)] == ["1", "2"]


def test_shares_that_were_revoked_lately_are_known(ledger: SqlLedger) -> None:
    some = tuple(share(id=one, token=f"token-{one}") for one in ("ended", "before", "live"))
    ledger.write(Written(records=some), now=NOW)
    ledger.revoke_share("before", at=NOW - timedelta(hours=1))
    ledger.revoke_share("ended", at=NOW)

    assert ledger.ended_shares(since=NOW) == ["ended"]
