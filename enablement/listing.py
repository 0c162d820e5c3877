"""What is listed for an ask whose deal is known: what answers it, or fits, and what a follow-up wants besides."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from enablement import deals
from enablement.analyser import words
from enablement.exploring import Ranked
from enablement.for_whom import asked_audience, without_answering
from enablement.model import Ask
from enablement.narrowing import Question, asked_for, narrowed
from enablement.ports import AssetFilter, Services
from enablement.recommend import Listed, recommend
from enablement.search import phrases_in
from enablement.weighing import Past


def listed(
    ask: Ask,
    chosen: deals.Choice,
    services: Services,
    *,
    only: AssetFilter,
    now: datetime,
    before: Past,
    earlier: Sequence[Ranked] | None,
) -> tuple[Listed, tuple[str, ...]]:
    """Return what is shown, and what of a refinement nothing met."""
    said = _without_name(ask.question, chosen)
    audience = asked_audience(f"{said} {ask.refined.format}", for_persona=bool(ask.refined.persona))
    question = Question(without_answering(chosen.words), said, _phrases(ask, chosen), audience)
    if asked_for(ask.refined):
        return narrowed(question, chosen.deal, ask.refined, within=services, only=only, now=now, past=before)
    found = recommend(
        question.words,
        chosen.deal,
        within=services,
        only=only,
        now=now,
        past=before,
        said=question.said,
        phrases=question.phrases,
        audience=question.audience,
        kept=earlier,
    )
    return found, ()


def leaving_out(shown: Sequence[str], only: AssetFilter, services: Services) -> AssetFilter:
    """Return a filter that leaves out what was shown before, in whichever language it is."""
    if not shown:
        return only
    siblings = services.index.siblings(shown, only=only)
    others = (other for some in siblings.values() for other in some)
    return replace(only, without=tuple(dict.fromkeys((*only.without, *shown, *others))))


def _without_name(question: str, chosen: deals.Choice) -> str:
    """Return a question as it was put, without the words that name the deal."""
    return " ".join(part for part in question.split() if set(words(part)) <= set(chosen.words))


def _phrases(ask: Ask, chosen: deals.Choice) -> tuple[tuple[str, ...], ...]:
    """Return what the person put in quotation marks, except where that is the deal's name."""
    return tuple(phrase for phrase in phrases_in(ask.question) if set(phrase) <= set(chosen.words))
