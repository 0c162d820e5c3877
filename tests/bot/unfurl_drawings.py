"""What links lead to, as it is drawn for all and for one person; no Latin letter stands in the data."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from bot.unfurl_blocks import details_modal, glance_blocks
from enablement.previews import AssetDetails, DealDetails, Details, Glance, Target
from enablement.sent import Sent
from tests.bot.drawings import Drawing
from tests.builders import NOW, asset, deal, share, suggestion


def below_messages() -> Drawing:
    found = [
        Glance(Target("deal", "1")),
        Glance(Target("share", "1"), title="Τίτλος"),
        Glance(Target("open", "1"), newer="Τίτλος", is_over=True),
        Glance(Target("open", "1"), is_over=True),
        Glance(Target("open", "1")),
    ]
    return Drawing(
        tuple((glance_blocks(one, has_details=more), "Έγινε") for one in found for more in (True, False))
    )


def details() -> Drawing:
    one = asset("Τίτλος", kind="Είδος", language="fr")
    mine = share(recipient_name="Ρέα")
    found: list[Details] = [
        DealDetails(deal("Έργο", stage="Φάση", currency="€")),
        AssetDetails(one, is_valid=True, suggestion=suggestion()),
        AssetDetails(replace(one, audience="internal"), is_valid=True, sent=Sent(mine, is_opened=True)),
        AssetDetails(
            one, is_valid=False, newer=replace(one, id="2"), sent=Sent(replace(mine, revoked_at=NOW))
        ),
        AssetDetails(one, is_valid=False, sent=Sent(replace(mine, recipient_name="", recipient=""))),
    ]
    return Drawing(views=tuple(details_modal(each, now=NOW + timedelta(days=1)) for each in found))


CASES: tuple[Callable[[], Drawing], ...] = (below_messages, details)
