"""What speaks for an asset in a deal: the factors of its score, and the reasons that can be checked.

Fit comes from what the asset is made for and from what deals like this one use; evidence is what deals that used it
gained in odds of winning. Where nothing was learned yet, stated weights decide alone.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from math import exp, prod
from typing import Protocol

from enablement.exploring import Ranked, fresh_days
from enablement.facets import deal_facets, deal_segments, facet
from enablement.model import Asset, Audience, Deal, Effect, Facets, Habit, Reason

# How much each facet says about fit: a match adds its share, a mismatch takes it away. Stated by judgement, in the
# order of how specific a facet is to one deal: at the start there are no outcomes to learn from.
WEIGHTS = {
    "competitors": 0.3,
    "stages": 0.2,
    "products": 0.15,
    "industries": 0.15,
    "language": 0.15,
    "regions": 0.1,
    "sizes": 0.05,
}
ALL_WEIGHTS = 2 * sum(WEIGHTS.values())
NEUTRAL_FIT = 0.5
# How much of fit comes from what deals like this one use: so little that no habit outweighs a clear effect.
HABIT = 0.1
# So many of what deals like this one use are looked at beside what is made for them.
HABITS = 50
# Of a habit is told when so many deals have it: fewer could be known by name.
FEWEST_TOLD = 5
# What no effect on the odds of winning gives; twice the odds give twice as much, up to four times.
NEUTRAL_EVIDENCE = 0.25
LEAST_EVIDENCE = 0.02
# How much of the score words alone give; the rest is fit, and again evidence.
WORDS_ALONE = 0.4
# What is left of the score of an asset that the account may be unable to read: shown when there is little else.
OTHER_LANGUAGE = 0.5
# What is left of the score of an asset that is not for whom something was asked for: of one for colleagues alone, where
# something to send is wanted, and of one for customers, where a battlecard is.
OTHER_AUDIENCE = 0.5
# What is left of the fit of an asset that several people found wrong for the deal.
WRONG = 0.5
# A page loses up to a tenth of its score as it ages to two years.
FRESH_LOSS = 0.1
STALE_DAYS = 730


MadeFor = tuple[tuple[str, frozenset[str]], ...]


class Learned(Protocol):
    """What was learned, as weighing needs it: see `ports.Lessons`."""

    @property
    def model(self) -> str: ...
    def effects(self, asset_ids: Collection[str], deal: Deal) -> Mapping[str, Effect]: ...
    def habits(self, deal: Deal, used: Collection[str]) -> Mapping[str, Habit]: ...


@dataclass(frozen=True)
class Past:
    """What happened in a deal so far: the assets it used, and those that several people found wrong for it."""

    used: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True)
class Known:
    """A deal, its past, and what was learned that matters to it; `run` is empty where nothing was.

    `wanted` is what an asset should be made for, folded; `commonest` is how likely the likeliest habit is; `segment`
    is the first of the deal's.
    """

    deal: Deal
    past: Past
    now: datetime
    run: str
    effects: Mapping[str, Effect]
    habits: Mapping[str, Habit]
    wanted: Mapping[str, frozenset[str]]
    commonest: float
    segment: str


def known(deal: Deal, past: Past, asset_ids: Collection[str], lessons: Learned, now: datetime) -> Known:
    """Gather what was learned of a deal, of these assets and of what deals like it use."""
    run = lessons.model
    habits = lessons.habits(deal, past.used) if run else {}
    effects = lessons.effects(asset_ids, deal) if run and asset_ids else {}
    commonest = max((one.likely for one in habits.values()), default=1.0)
    segment = next((f"{name}:{value}" for name, value in deal_segments(deal).items()), "")
    return Known(deal, past, now, run, effects, habits, _wanted(deal), commonest, segment)


def fit(asset: Asset, deal: Deal) -> tuple[float, tuple[Reason, ...]]:
    """Return how well an asset fits a deal (0..1, .5 when neither says anything) and what speaks for it."""
    wanted = _wanted(deal)
    made = made_for(asset)
    return _fit(made, wanted), tuple(_in_common(asset, made, wanted))


def score(asset: Asset, about: Known) -> float | None:
    """Return what an asset scores for a deal alone; None where nothing speaks for it but its language."""
    made = made_for(asset)
    fitness = _fit(made, about.wanted)
    speaks = any(name != "language" and not about.wanted[name].isdisjoint(values) for name, values in made)
    if not speaks and not (asset.id in about.habits and fitness >= NEUTRAL_FIT):
        return None
    return _product(_parts(asset, about, None, fitness))


def by_fit(asset: Asset, about: Known) -> Ranked | None:
    """Weigh an asset for a deal alone, as `score` does."""
    return None if score(asset, about) is None else weighed(asset, about)


def weighed(asset: Asset, about: Known) -> Ranked:
    """Weigh for a deal alone an asset that something speaks for."""
    return _weighed(asset, about, None, ())


def by_words(
    asset: Asset, about: Known, relevance: float, why: Reason, *, audience: Audience | None = None
) -> Ranked:
    """Weigh an asset whose page answers a question, with this relevance (0..1) and for this reason.

    `audience` is who is to have it, where the question says so.
    """
    return _weighed(asset, about, relevance, (why,), audience)


def days_fresh(asset: Asset, about: Known) -> int | None:
    """Return for how many days an asset has been there, None when it is not fresh."""
    effect = about.effects.get(asset.id)
    return fresh_days(asset, deals=effect.deals if effect else 0, now=about.now)


def evidence(effect: Effect | None) -> float:
    """Return what an effect on winning makes of a score (0..1)."""
    return proof(effect.logit if effect else 0.0)


def proof(logit: float) -> float:
    """Return what the log of a shrunk ratio of odds makes of a score (0..1): a quarter where it is 0."""
    return min(1.0, max(LEAST_EVIDENCE, NEUTRAL_EVIDENCE * exp(logit)))


def _weighed(
    asset: Asset,
    about: Known,
    relevance: float | None,
    why: Sequence[Reason],
    audience: Audience | None = None,
) -> Ranked:
    made = made_for(asset)
    parts = _parts(asset, about, relevance, _fit(made, about.wanted))
    if audience and asset.audience != audience:
        parts = (*parts, OTHER_AUDIENCE)
    effect, habit = about.effects.get(asset.id), about.habits.get(asset.id)
    said = [*why, *_in_common(asset, made, about.wanted), *_learned(about, effect, habit)]
    said += [*_fresh(asset, about), *_unknown(made, about.wanted)]
    numbers = ("" if relevance is None else _number(relevance), *map(_number, parts[1:]))
    return Ranked(asset, _product(parts), (*said, Reason("parts", numbers)))


def _parts(asset: Asset, about: Known, relevance: float | None, fitness: float) -> tuple[float, ...]:
    """Return relevance, fit, evidence and freshness: their product is the score."""
    proven = 1.0
    if about.run:
        habit = about.habits.get(asset.id)
        fitness = (1 - HABIT) * fitness + (HABIT * habit.likely / about.commonest if habit else 0.0)
        proven = evidence(about.effects.get(asset.id))
    if asset.id in about.past.wrong:
        fitness *= WRONG
    ready = _readiness(asset, about.deal, about.now)
    if relevance is None:
        return 1.0, fitness, proven, ready
    fitness = WORDS_ALONE + (1 - WORDS_ALONE) * fitness
    return relevance, fitness, WORDS_ALONE + (1 - WORDS_ALONE) * proven if about.run else 1.0, ready


def _product(parts: Sequence[float]) -> float:
    return round(prod(parts), 4)


def _wanted(deal: Deal) -> dict[str, frozenset[str]]:
    wanted = deal_facets(deal)
    theirs = {name: frozenset(map(facet, getattr(wanted, name))) for name in WEIGHTS if name != "language"}
    return {**theirs, "language": frozenset([deal.language[:2]] if deal.language else [])}


@lru_cache(maxsize=20_000)
def _folded(facets: Facets, language: str) -> MadeFor:
    said = {name: frozenset(map(facet, getattr(facets, name))) for name in WEIGHTS if name != "language"}
    said["language"] = frozenset([language[:2]] if language else [])
    return tuple((name, said[name]) for name in WEIGHTS if said[name])


def made_for(asset: Asset) -> MadeFor:
    """Return by facet what an asset is made for, folded, in the order of WEIGHTS; what it does not say is left out."""
    return _folded(asset.facets, asset.language)


def _fit(made: MadeFor, wanted: Mapping[str, frozenset[str]]) -> float:
    said = 0.0
    for name, values in made:
        if wanted[name]:
            said += -WEIGHTS[name] if values.isdisjoint(wanted[name]) else WEIGHTS[name]
    return NEUTRAL_FIT + said / ALL_WEIGHTS


def _in_common(asset: Asset, made: MadeFor, wanted: Mapping[str, frozenset[str]]) -> list[Reason]:
    """Return what an asset is made for that a deal has, as the asset spells it."""
    reasons = []
    for name, values in made:
        if not values.isdisjoint(wanted[name]):
            # A language is no word to fold.
            spelt = [asset.language[:2]] if name == "language" else getattr(asset.facets, name)
            one = spelt[0] if len(values) == 1 else next(one for one in spelt if facet(one) in wanted[name])
            reasons.append(Reason(name, (one,)))
    return reasons


def _learned(about: Known, effect: Effect | None, habit: Habit | None) -> list[Reason]:
    if not about.run:
        return []
    said = []
    if habit and habit.used >= FEWEST_TOLD:
        said.append(Reason("habit", (str(habit.used), str(habit.deals), habit.segment)))
    if effect is None:
        return [*said, Reason("evidence", ("not_enough", "", "", "", "0", *[""] * 7, about.run))]
    plain = effect.plain
    counts = (plain.used_won, plain.won, plain.used_lost, plain.lost, plain.stage) if plain else [""] * 5
    interval = effect.interval
    values = (
        effect.verdict,
        *map(_number, (interval.estimate, interval.low, interval.high)),
        str(effect.deals),
        effect.segment,
        "" if effect.segment else about.segment,
        *map(str, counts),
        about.run,
    )
    return [*said, Reason("evidence", values)]


def _fresh(asset: Asset, about: Known) -> list[Reason]:
    days = days_fresh(asset, about)
    return [] if days is None else [Reason("fresh", (str(days),))]


def _unknown(made: MadeFor, wanted: Mapping[str, frozenset[str]]) -> list[Reason]:
    """Say what an asset is made for that the deal does not tell of itself."""
    names = tuple([name for name, _values in made if not wanted[name]])
    return [Reason("unknown", names)] if names else []


def _readiness(asset: Asset, deal: Deal, now: datetime) -> float:
    """Return what age and a language that is not the account's leave of a score (0..1)."""
    age = max(0, (now.date() - asset.updated_at.date()).days)
    is_readable = not deal.language or asset.language[:2] == deal.language[:2]
    return (1 - FRESH_LOSS * min(1.0, age / STALE_DAYS)) * (1 if is_readable else OTHER_LANGUAGE)


def _number(value: float) -> str:
    return f"{value:.4f}"
