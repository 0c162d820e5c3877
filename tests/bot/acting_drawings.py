"""What people see of saved assets, requests and the reasons why something is not useful: each text at least once."""

from dataclasses import replace

from slack_sdk.models.blocks import ActionsBlock

from bot.not_useful import reason_form
from bot.payload import Carried
from bot.request_blocks import (
    begin_button,
    decline_form,
    done_modal,
    fill_form,
    merge_form,
    request_form,
    requests,
    tidings,
)
from bot.saved_blocks import saved
from enablement.feedback import Complaint
from enablement.requests import Decided, Listed, NewRequests, RequestsPage
from enablement.saved import Kept, SavedPage
from enablement.wording import feedback_reasons
from tests.bot.drawings import URL, Drawing, _ask, _asset, _deal
from tests.builders import NOW, asker, content_request, suggestion


def saved_lists() -> Drawing:
    kept = (
        Kept(_asset(), suggestion(), _deal(), NOW),
        Kept(_asset(audience="internal"), suggestion(), _deal(), NOW),
        Kept(_asset(), suggestion(), None, NOW),
    )
    pages = (
        SavedPage(_ask(), kept, 2, 3, 12),
        SavedPage(_ask(), kept[:1], 1, 1, 1),
        SavedPage(_ask(), (), 1, 1, 0),
    )
    return Drawing(tuple(saved(one, public_url=URL, now=NOW) for one in pages))


def requested() -> Drawing:
    one = content_request(
        "Λέξεις", stage="Φάση", industry="Άλφα", region="Άλφα", size="Άλφα", products=("Άλφα",), language="fr"
    )
    filled = replace(one, state="filled", asset_id="1")
    declined = replace(one, state="declined", note="Όχι")
    listed = (
        Listed(one, 1, ("Όνομα",)),
        Listed(one, 2),
        Listed(filled, 1, asset=_asset()),
        Listed(filled, 1),
        Listed(declined, 1),
    )
    complaints = tuple(Complaint(_asset(), reason, 2, ("Λέξεις",)) for reason in feedback_reasons())
    complaints = (*complaints, Complaint(_asset(), "other", 1, ()))
    pages = [
        RequestsPage(_ask(), listed[:count], 2, 3, count, decides, complaints if decides else ())
        for count in (5, 1, 0)
        for decides in (True, False)
    ]
    told: tuple[NewRequests | Decided, ...] = (
        *(NewRequests(some) for some in (listed[:1], listed)),
        Decided(asker(), filled, _asset(), _deal()),
        Decided(asker(), filled, _asset(), None),
        Decided(asker(), declined, None, None),
    )
    bare = replace(
        _deal(),
        stage="",
        industry=None,
        region=None,
        size=None,
        products=(),
        competitors=(),
        language=None,
    )
    below = [ActionsBlock(elements=[begin_button(_ask())])], "Όχι"
    return Drawing(
        messages=(*map(requests, pages), *(tidings(one) for one in told), below),
        views=(
            request_form(_ask(), _deal()),
            request_form(replace(_ask(), question=""), bare),
            done_modal("Ναι", "Στάλθηκε"),
            fill_form(Carried("1"), one, f"{URL}/1"),
            decline_form(Carried("1"), one, f"{URL}/1"),
            merge_form(Carried("1"), one, [one], f"{URL}/1"),
            reason_form("1", "Τίτλος"),
        ),
    )


CASES = (saved_lists, requested)
