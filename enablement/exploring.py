"""Chance where it costs nothing: near ties are ordered by lot, and something fresh that fits has a place.

What chance decided is kept with its probability, so that it can be told later what showing an asset did (Horvitz and
Thompson 1952). Lots are drawn among what a person may see: what they may not see moves nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from enablement.model import Asset, Lot, Reason, key

# Scores this close to the best of their group are ties: finer than what a score can tell.
TIE = 0.05
# Among so many of the best the ties are looked for, however many more there are.
REACH = 8
# So many fresh assets beyond these, the best, take part in the lot on a place.
FRESH = 5
# An asset this much worse than the best is not worth a rep's time.
WORTH_SHOWING = 0.5
FRESH_FOR = timedelta(days=30)
# From so many deals on an asset stands by what is known of it.
FRESH_BELOW_DEALS = 30


@dataclass(frozen=True)
class Ranked:
    """An asset with its score in 0..1 and the reasons for it, the strongest first.

    `propensity` is how likely (0..1) it was to have this rank, before lots were drawn.
    """

    asset: Asset
    score: float
    reasons: tuple[Reason, ...]
    propensity: float = 1.0


@dataclass(frozen=True)
class Chance:
    """That it was left to a lot whether an asset is shown, and how likely (0..1) it was to be."""

    asset_id: str
    shown: bool
    chance: float


def best_first(ranked: Sequence[Ranked], *, seed: str = "") -> list[Ranked]:
    """Return these by score; a lot puts equals in an order, or without a seed title and id."""
    many = Counter(one.score for one in ranked)
    # To draw one is most of the work, and most have no equal.
    lot = {one.asset.id: _lot(seed, one.asset.id, 0) for one in ranked if seed and many[one.score] > 1}
    return sorted(
        ranked, key=lambda one: (-one.score, lot.get(one.asset.id, 0.0), one.asset.title, one.asset.id)
    )


def worth_showing(ordered: Sequence[Ranked], most: int) -> list[Ranked]:
    """Return the first, at most so many, of what stands best first, without what is much worse than the very first."""
    return [one for one in ordered[:most] if one.score >= WORTH_SHOWING * ordered[0].score]


def draw(ordered: Sequence[Ranked], *, most: int, seed: str) -> tuple[list[Ranked], list[Chance]]:
    """Return of what stands best first at most so many, ties by lot, and the lots on whether an asset is shown.

    If nothing fresh is within reach of these places, the last of them is for a fresh one that is worth showing.
    """
    worth = worth_showing(ordered, len(ordered))
    fresh = {one.asset.id for one in worth if is_fresh(one)}
    reach = worth[:REACH]
    contending = [group for start, group in _ties(reach) if start < most]
    guest: list[Ranked] = []
    chances: list[Chance] = []
    if not any(one.asset.id in fresh for group in contending for one in group):
        beyond = [one for one in worth if one.asset.id in fresh][:FRESH]
        guest, chances = _contest(beyond, 1, seed)
        reach = [one for one in reach if one not in beyond]
    shown: list[Ranked] = []
    for _start, group in _ties(reach):
        places = most - len(guest) - len(shown)
        if places > 0:
            has_fresh = any(is_fresh(one) for one in shown)
            taken, more = _contest(group, places, seed, fresh_first=not has_fresh)
            shown, chances = [*shown, *taken], [*chances, *more]
    return [_said(one) for one in (*shown, *guest)], chances


def lots(chances: Sequence[Chance], *, deal_id: str, seed: str, model: str, now: datetime) -> tuple[Lot, ...]:
    """Return lots as they are kept: for the same deal, list and asset it is the same one."""
    listed = sorted((one.asset_id, one.chance) for one in chances)
    return tuple(
        Lot(
            id=key("lot", deal_id, seed, listed, one.asset_id),
            deal_id=deal_id,
            asset_id=one.asset_id,
            shown=one.shown,
            chance=one.chance,
            model=model,
            drawn_at=now,
        )
        for one in chances
    )


def is_fresh(one: Ranked) -> bool:
    """Say whether an asset is shown among others because it is fresh: its reasons say so."""
    return any(reason.kind == "fresh" for reason in one.reasons)


def fresh_days(asset: Asset, *, deals: int, now: datetime) -> int | None:
    """Return for how many days an asset has been there, None when it is not fresh; so many deals used it."""
    if deals >= FRESH_BELOW_DEALS or (asset.version > 1 and asset.released is None):
        return None
    days = (now.date() - (asset.released or asset.updated_at.date())).days
    return max(0, days) if days <= FRESH_FOR.days else None


def _ties(ordered: Sequence[Ranked]) -> list[tuple[int, list[Ranked]]]:
    """Return groups whose scores are within reach of their best, each with the place (from 0) where it begins."""
    groups: list[tuple[int, list[Ranked]]] = []
    for place, one in enumerate(ordered):
        if groups and one.score >= (1 - TIE) * groups[-1][1][0].score:
            groups[-1][1].append(one)
        else:
            groups.append((place, [one]))
    return groups


def _contest(
    group: Sequence[Ranked], places: int, seed: str, *, fresh_first: bool = False
) -> tuple[list[Ranked], list[Chance]]:
    """Return who of a group takes the places, in the order of another lot, and the lots on who did.

    `fresh_first`: the first place is one of the fresh ones', by lot.
    """
    by_lot = sorted(group, key=lambda one: _lot(seed, one.asset.id, 1))
    many, taking = len(by_lot), min(places, len(by_lot))
    # A lot of its own: who lost it is as likely as all others to win the next.
    fresh = sorted(
        (one for one in by_lot if fresh_first and is_fresh(one)), key=lambda one: _lot(seed, one.asset.id, 3)
    )
    taken = [*fresh[:1], *(one for one in by_lot if one not in fresh[:1])][:taking]
    others = (taking - 1) / (many - 1) if fresh and many > 1 else taking / max(1, many)
    first = 1 / len(fresh) if fresh else 0.0
    chance = {one.asset.id: first + (1 - first) * others if one in fresh else others for one in by_lot}
    in_order = sorted(taken, key=lambda one: _lot(seed, one.asset.id, 2))
    return (
        [replace(one, propensity=round(chance[one.asset.id] / taking, 6)) for one in in_order],
        [
            Chance(one.asset.id, one in taken, round(chance[one.asset.id], 6))
            for one in sorted(group, key=lambda one: one.asset.id)
            if 0 < chance[one.asset.id] < 1
        ],
    )


def _said(one: Ranked) -> Ranked:
    """Say among the reasons that a place was a lot's; the last reason stays the last."""
    if one.propensity == 1:
        return one
    lot = Reason("lot", (f"{one.propensity:.4g}",))
    return replace(one, reasons=(*one.reasons[:-1], lot, *one.reasons[-1:]))


def _lot(seed: str, asset_id: str, which: int) -> float:
    """Draw a number in 0..1, the same for the same arguments whatever else there is."""
    return Random(f"{seed}:{which}:{asset_id}").random()  # noqa: S311 - a fair lot, not a secret
