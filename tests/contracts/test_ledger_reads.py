"""What coverage reads of the ledger; the same on both databases."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from enablement.adapters.sql.ledger import SqlLedger
from enablement.model import Answered, Basis, Withdrawal, Written
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


def test_unmet_asks_are_those_in_words_that_nothing_matched(ledger: SqlLedger) -> None:
    def answered(name: str, basis: Basis, *, days_ago: int = 1, question: str = "pricing") -> tuple[Any, Any]:
        asked = ask(question, id=name)
        at = NOW - days_ago * DAY
        return asked, Answered(name, deal().id, "only", basis, False, ANNA, "C", "", at)

    nearest, nothing = answered("1", "nearest", days_ago=3), answered("2", "nothing")
    others = [
        answered("3", "words"),
        answered("4", "nothing", question=""),
        answered("5", "nothing", days_ago=11),
        answered("6", "fit", question=""),
    ]
    unanswered = replace(ask("pricing"), id="7")
    rows = [part for pair in (nearest, nothing, *others) for part in pair]
    ledger.write(Written(records=(*rows, unanswered)), now=NOW)

    assert ledger.unmet(since=NOW - 10 * DAY, limit=9) == [nothing, nearest]
    assert ledger.unmet(since=NOW - 10 * DAY, limit=1) == [nothing]
