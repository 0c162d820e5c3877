"""What was understood of a follow-up, and the form to ask from anywhere: drawn as Block Kit."""

from collections.abc import Sequence
from datetime import datetime

from slack_sdk.models.blocks import (
    Block,
    ExternalDataSelectElement,
    InputBlock,
    Option,
    PlainTextInputElement,
    SectionBlock,
)
from slack_sdk.models.views import View

from bot.mrkdwn import escape
from bot.parts import button, label, mrkdwn, option
from bot.payload import Carried
from enablement import wording
from enablement.answering import Answer
from enablement.language import _
from enablement.model import Deal, Refinement
from enablement.refining import LONGEST_QUESTION

BACK = "find.back"
FORM, QUESTION, FOR_DEAL = "find.anywhere", "find.question", "find.for_deal"


def understood(said: Answer) -> list[Block]:
    """Draw what a question was taken for, with the way back; nothing where that leaves nothing out."""
    if not said.ask.refines or _is_plain(said):
        return []
    lines = _wanted(said) or [_("Your question before, changed as you asked.")]
    back = button(_("Undo this"), BACK, about=said.deal.name, carried=Carried(said.ask.id))
    return [SectionBlock(text=mrkdwn("\n".join(escape(one, most=600) for one in lines)), accessory=back)]


def aside(said: Answer) -> list[str]:
    """Return what a first question was taken for, where that needs no way back."""
    return _wanted(said) if _is_plain(said) else []


def _wanted(said: Answer) -> list[str]:
    """Return what was asked for beside the words, and what of it nothing met, each as a sentence."""
    met, missed = wording.refinement(said.ask.refined, missed=said.missed)
    nearest = _("Not found: {what}. This comes nearest.", what=missed) if missed else ""
    return [one for one in (met, nearest) if one]


def _is_plain(said: Answer) -> bool:
    """Say whether somebody asked a first question, for whom something is at most: that is no correction."""
    wish = said.ask.refined
    return not said.follows and wish == Refinement(persona=wish.persona)


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


def deal_options(some: Sequence[Deal], *, now: datetime) -> list[Option]:
    return [option(deal.id, deal.name, wording.deal_facts(deal, now=now)) for deal in some]
