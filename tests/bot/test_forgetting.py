"""`/content forget me`, from the words to an empty search; and a command that tells the CRM."""

from enablement.forgetting import forget
from enablement.model import FORGOTTEN
from tests.bot.test_share import contact, opened_form, submit
from tests.doors import MAYA, Stage

QUESTION = "payback for the Norfield warehouse"
EMAIL, BUYER = "maya@harbourline.test", "aoife@norfield.test"


def test_a_person_is_forgotten_at_their_own_word(stage: Stage) -> None:
    stage.ask(QUESTION)
    who = stage.services.forgetting.identify(EMAIL)
    warned = stage.ask("forget me")

    stage.click(warned, "forget.me")
    stage.drain("write")

    assert who.slack_ids == (MAYA,)
    assert stage.services.forgetting.left(who) == []
    assert stage.services.mirror.profile(MAYA) is None
    assert stage.services.journal.audits(limit=1)[0].action == "people.forget"


def test_a_shared_touch_stays_with_its_deal_and_names_neither_rep_nor_buyer(stage: Stage) -> None:
    view = opened_form(stage)
    submit(stage, view, contacts=[contact(view, "Aoife")], note="As discussed")
    stage.drain("write")
    before = stage.touch_rows()

    done = [
        forget(said, stage.services, by="ada@harbourline.test", now=stage.clock()) for said in (EMAIL, BUYER)
    ]
    stage.drain("write")
    again = forget(EMAIL, stage.services, by="ada@harbourline.test", now=stage.clock())

    (was,), (row,) = before, stage.touch_rows()
    assert [one.told_crm for one in done] == [1, 1]
    assert (row["Id"], row["Opportunity__c"]) == (was["Id"], was["Opportunity__c"])
    assert row["Actor__c"] is None
    assert row["Recipient__c"] == done[1].pseudonym
    assert row["Recipient__c"].startswith(FORGOTTEN)
    assert again.handled == ()
    assert "active user of Salesforce" in " ".join(done[0].back)
