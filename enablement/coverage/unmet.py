"""What a search that nothing met asked for, in a reader's language."""

from enablement import wording
from enablement.model import Answered, Ask


def unmet_words(ask: Ask, answered: Answered) -> str:
    """Return a question, with what else was asked for and not found: “pricing (in Korean)”."""
    question = " ".join(ask.question.split())
    missing = wording.refinement(ask.refined, missed=answered.missed)[1]
    return f"{question} ({missing})" if question and missing else question or missing
