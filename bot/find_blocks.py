"""What was understood of a follow-up, and the form to ask from anywhere: drawn as Block Kit."""

from collections.abc import Sequence

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.asks import LONGEST_QUESTION
from bot.mrkdwn import escape
from bot.parts import button, label, mrkdwn, option
from bot.payload import Carried
from enablement import wording
from enablement.answering import Answer
from enablement.language import _
from enablement.model import Deal

BACK = "find.back"
FORM, QUESTION, FOR_DEAL = "find.anywhere", "find.question", "find.for_deal"


def understood(said: Answer) -> list[Block]:
    """Draw what a follow-up was taken for, with the way back; nothing for a question of its own."""
    if not said.ask.refines:
        return []
    met, missed = wording.refinement(said.ask.refined, missed=said.missed)
    lines = [met or _("Your question before, changed as you asked.")]
    if missed:
        lines.append(_("Not found: {what}. This comes nearest.", what=missed))
    back = button(_("Undo this"), BACK, about=said.deal.name, carried=Carried(said.ask.id))
    return [SectionBlock(text=mrkdwn("\n".join(escape(one, most=600) for one in lines)), accessory=back)]


def form() -> View:
    """Draw the form of the shortcut: a question, and the deal that it is for."""
    question = PlainTextInputElement(
        action_id=QUESTION, max_length=LONGEST_QUESTION, focus_on_load=True, multiline=False
    )
    deal = ExternalDataSelectElement(
        action_id=FOR_DEAL, min_query_length=0, placeholder=label(_("Choose a deal"))
    )
    return View(
        type="modal",
        callback_id=FORM,
        title=label(_("Find content")),
        submit=label(_("Find")),
        close=label(_("Cancel")),
        blocks=[
            InputBlock(
                block_id=QUESTION,
                label=label(_("What do you need?")),
                element=question,
                optional=True,
                hint=label(_("Leave it empty for what fits the deal best.")),
            ),
            InputBlock(block_id=FOR_DEAL, label=label(_("For which deal?")), element=deal, optional=True),
        ],
    )


def deal_options(some: Sequence[Deal]) -> list[Option]:
    return [option(deal.id, deal.name, wording.deal_facts(deal)) for deal in some]
