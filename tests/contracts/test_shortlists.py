"""What is kept of a deal's suggestions, on both databases."""

from dataclasses import replace

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.recommended import SqlShortlists
from enablement.model import Reason, Recommended
from tests.builders import NOW, deal
from tests.fakes import at_once

DEAL = deal()


def row(rank: int, *, asset_id: str = "a", score: float = 0.1 + 0.2) -> Recommended:
    reasons = (Reason("stages", ("Negotiation",)), Reason("language", ("en",)))
    return Recommended(DEAL.id, rank, asset_id, "v", score, reasons, "model", "made from", NOW)


def test_what_is_kept_comes_back_as_it_was_best_first(database: Database) -> None:
    shortlists = SqlShortlists(database)

    shortlists.keep({DEAL.id: [row(2, asset_id="b"), row(1), row(10, asset_id="c")]})

    assert shortlists.of(DEAL.id) == [row(1), row(2, asset_id="b"), row(10, asset_id="c")]
    assert shortlists.of("another") == []


def test_a_list_takes_the_place_of_the_one_before_as_a_whole(database: Database) -> None:
    shortlists = SqlShortlists(database)
    shortlists.keep({DEAL.id: [row(1), row(2), row(3)]})
    shortlists.keep({"other": [replace(row(1), deal_id="other")]})

    shortlists.keep({DEAL.id: [row(1, asset_id="new")]})

    assert shortlists.of(DEAL.id) == [row(1, asset_id="new")]
    shortlists.keep({DEAL.id: []})
    assert shortlists.of(DEAL.id) == []
    assert len(shortlists.of("other")) == 1


def test_of_lists_kept_at_once_one_is_kept_whole(database: Database) -> None:
    shortlists = SqlShortlists(database)
    lists = [[row(rank, asset_id=str(n)) for rank in range(1, 6 + n)] for n in range(4)]

    at_once(4, lambda n: shortlists.keep({DEAL.id: lists[n]}))

    assert shortlists.of(DEAL.id) in lists


def test_with_a_deal_goes_what_was_kept_for_it(database: Database) -> None:
    mirror, shortlists = SqlMirror(database), SqlShortlists(database)
    mirror.store(deals=[DEAL])
    shortlists.keep({DEAL.id: [row(1)]})

    mirror.forget([DEAL.id])

    assert shortlists.of(DEAL.id) == []
