"""The questions of an announcement, one after the other in a window: each answered once, and told at once if right."""

from collections.abc import Mapping, Sequence
from typing import Any

from slack_sdk.models.blocks import Block, DividerBlock, InputBlock, RadioButtonsElement
from slack_sdk.models.views import View

from bot.mrkdwn import escape, plain
from bot.parts import label, option, section
from bot.payload import Carried, UnknownButton, read
from enablement.language import _
from enablement.model import Announcement, QuizAnswer, QuizQuestion, Receipt, Wording

QUIZ_FORM, ANSWER = "announcement.answer", "answer"


def quiz(one: Announcement, receipt: Receipt, wording: Wording, answers: Sequence[QuizAnswer]) -> View:
    """Draw what was answered so far, and the first question that was not."""
    given = {answer.question: answer.option for answer in answers}
    done = [at for at in range(len(wording.questions)) if at in given]
    blocks = [_result(wording.questions[at], given[at], one.right[at]) for at in done]
    left = next((at for at in range(len(wording.questions)) if at not in given), None)
    if left is None:
        return View(type="modal", title=label(_("Questions")), close=label(_("Done")), blocks=blocks)
    return View(
        type="modal",
        callback_id=QUIZ_FORM,
        title=label(_("Questions")),
        submit=label(_("Answer")),
        close=label(_("Close")),
        private_metadata=Carried(receipt.id, page=left).to_json(),
        blocks=[*blocks, *([DividerBlock()] if blocks else []), _question(wording.questions[left], left)],
    )


def outcome(one: Announcement, wording: Wording, answers: Sequence[QuizAnswer]) -> str:
    """Return in a line, escaped, what somebody answered to all questions."""
    if len(answers) > 1:
        correct = sum(given.is_right for given in answers)
        counts = _("You answered {n} questions, {right} of them right.", n=len(answers), right=correct)
        return f":ballot_box_with_check: {counts}"
    [given] = answers
    options, right = wording.questions[given.question].options, one.right[given.question]
    if given.option != right:
        return _wrong(options, given.option, right)
    chosen = escape(options[right], most=300)
    return ":white_check_mark: " + _("You answered: {answer}. That is right.", answer=chosen)


def read_answer(view: Mapping[str, Any]) -> tuple[str, int, int]:
    """Return the receipt, the question and the option of an answer; raises UnknownButton."""
    carried = read(str(view.get("private_metadata") or ""))
    try:
        chosen = view["state"]["values"][_block(carried.page)][ANSWER]["selected_option"]["value"]
        return carried.id, carried.page, int(chosen)
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownButton(_("Choose an answer.")) from error


def refusal(view: Mapping[str, Any], text: str) -> dict[str, str]:
    """Return an error for the form that is open, in Slack's terms."""
    return {str(view["blocks"][-1]["block_id"]): plain(text, most=150)}


def _question(question: QuizQuestion, at: int) -> InputBlock:
    options = [option(str(number), text) for number, text in enumerate(question.options)]
    # With a new id for each question, or Slack would keep what was chosen in the one before.
    return InputBlock(
        block_id=_block(at),
        label=label(plain(question.text, most=2000)),
        element=RadioButtonsElement(action_id=ANSWER, options=options),
    )


def _block(at: int) -> str:
    return f"{ANSWER}.{at}"


def _result(question: QuizQuestion, given: int, right: int) -> Block:
    text = f"*{escape(question.text, most=600)}*"
    if given != right:
        return section(f"{text}\n{_wrong(question.options, given, right)}")
    chosen = escape(question.options[given], most=300)
    return section(f"{text}\n:white_check_mark: " + _("{answer}. That is right.", answer=chosen))


def _wrong(options: Sequence[str], given: int, right: int) -> str:
    chosen, best = (escape(options[at], most=300) for at in (given, right))
    return ":x: " + _("You answered: {answer}. Right is: {right}.", answer=chosen, right=best)
