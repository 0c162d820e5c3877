"""Assets at hand as columns: what many of them score for a deal alone is reckoned at once."""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from math import exp

import numpy as np
from numpy.typing import NDArray

from enablement.access import may_show
from enablement.exploring import fresh_days
from enablement.model import Asset
from enablement.ports import AssetFilter, Catalog, Lessons
from enablement.weighing import (
    ALL_WEIGHTS,
    FRESH_LOSS,
    HABIT,
    LEAST_EVIDENCE,
    NEUTRAL_EVIDENCE,
    NEUTRAL_FIT,
    OTHER_LANGUAGE,
    STALE_DAYS,
    WEIGHTS,
    WRONG,
    Known,
    made_for,
)

Floats = NDArray[np.float64]
# Of so many values that deals have it is remembered which assets are made for them: 80 KB each in a large library.
VALUES_REMEMBERED = 500


class Columns:
    """Assets by id, and what their scores are made of as arrays in the same order."""

    def __init__(self, assets: Iterable[Asset]) -> None:
        self._assets = sorted(assets, key=lambda one: one.id)
        self._places = {one.id: place for place, one in enumerate(self._assets)}
        self._says = {name: np.zeros(len(self._assets), bool) for name in WEIGHTS}
        self._having: dict[tuple[str, str], list[int]] = {}
        for place, one in enumerate(self._assets):
            for name, values in made_for(one):
                self._says[name][place] = True
                for value in values:
                    self._having.setdefault((name, value), []).append(place)
        self._days = np.array([one.updated_at.toordinal() for one in self._assets], np.int64)
        self._languages = np.array([one.language[:2] for one in self._assets], np.str_)
        self._shares: dict[tuple[str, frozenset[str]], Floats] = {}
        self._shown: tuple[AssetFilter | None, list[bool]] = (None, [])
        self._fresh: tuple[date | None, frozenset[str]] = (None, frozenset())

    def assets(self, ids: Iterable[str]) -> list[Asset]:
        """Return these assets, those that are here, by id."""
        return [self._assets[place] for place in sorted(self._placed(ids))]

    def may_be_fresh(self, now: datetime) -> frozenset[str]:
        """Return the ids of what came lately: fresh, unless many deals used it."""
        if self._fresh[0] != now.date():
            fresh = [one.id for one in self._assets if fresh_days(one, deals=0, now=now) is not None]
            self._fresh = now.date(), frozenset(fresh)
        return self._fresh[1]

    def scores(
        self, ids: Collection[str], about: Known, *, lessons: Lessons, only: AssetFilter
    ) -> list[tuple[float, Asset]]:
        """Return what these assets score, by id, as `weighing.score` says one by one; `about` needs no effects.

        What may not be shown, or has nothing that speaks for it, is left out.
        """
        shown = self._may_be_shown(only)
        places = np.array(sorted([place for place in self._placed(ids) if shown[place]]), np.int64)
        fitness, speaks = self._fit(places, about)
        likely = np.full(len(self._assets), -1.0)
        habits = [
            (place, habit)
            for one, habit in about.habits.items()
            if (place := self._places.get(one)) is not None
        ]
        likely[[place for place, _habit in habits]] = [habit.likely for _place, habit in habits]
        likely = likely[places]
        found = speaks | ((likely >= 0) & (fitness >= NEUTRAL_FIT))
        places, fitness, likely = places[found], fitness[found], likely[found]
        assets = [self._assets[place] for place in places.tolist()]
        proofs = np.ones(len(assets))
        if about.run:
            fitness = (1 - HABIT) * fitness + HABIT * np.maximum(likely, 0.0) / about.commonest
            odds = lessons.odds([one.id for one in assets], about.deal)
            # As `weighing.proof`; NumPy's own exp has another last digit.
            ratios = np.fromiter(map(exp, odds), np.float64, len(assets))
            proofs = np.clip(NEUTRAL_EVIDENCE * ratios, LEAST_EVIDENCE, 1.0)
        if about.past.wrong:
            fitness = np.where([one.id in about.past.wrong for one in assets], fitness * WRONG, fitness)
        scores = fitness * proofs * self._readiness(places, about)
        # NumPy rounds some halves elsewhere than Python does.
        return [(round(score, 4), one) for score, one in zip(scores.tolist(), assets, strict=True)]

    def _placed(self, ids: Iterable[str]) -> list[int]:
        return [place for one in ids if (place := self._places.get(one)) is not None]

    def _may_be_shown(self, only: AssetFilter) -> list[bool]:
        if self._shown[0] != only:
            self._shown = only, [may_show(one, only) for one in self._assets]
        return self._shown[1]

    def _fit(self, places: NDArray[np.int64], about: Known) -> tuple[Floats, NDArray[np.bool_]]:
        """Return how well each fits, and whether anything but its language speaks for it."""
        said, speaks = np.zeros(len(places)), np.zeros(len(places), bool)
        for name in WEIGHTS:
            if about.wanted[name]:
                share = self._share(name, about.wanted[name])[places]
                said += share
                if name != "language":
                    speaks |= share > 0
        return NEUTRAL_FIT + said / ALL_WEIGHTS, speaks

    def _share(self, name: str, wanted: frozenset[str]) -> Floats:
        """Return what a facet gives each asset where a deal has these values, or takes from it."""
        known = self._shares.get((name, wanted))
        if known is None:
            known = np.where(self._says[name], -WEIGHTS[name], 0.0)
            for value in wanted:
                known[self._having.get((name, value), [])] = WEIGHTS[name]
            if len(self._shares) >= VALUES_REMEMBERED:
                self._shares.clear()
            self._shares[name, wanted] = known
        return known

    def _readiness(self, places: NDArray[np.int64], about: Known) -> Floats:
        age = np.maximum(0, about.now.toordinal() - self._days[places])
        kept: Floats = 1 - FRESH_LOSS * np.minimum(1.0, age / STALE_DAYS)
        if not about.deal.language:
            return kept
        return np.where(self._languages[places] == about.deal.language[:2], kept, kept * OTHER_LANGUAGE)


class Shelf:
    """Assets read once for as long as the library stays as it is; the `whole` of it, for who makes lists of many deals.

    For one thread alone.
    """

    def __init__(self, catalog: Catalog, *, whole: bool = False) -> None:
        self._catalog = catalog
        self._whole = whole
        self._stands_at = -1
        self._assets: dict[str, Asset] = {}
        self._columns: Columns | None = None

    def columns(self, ids: Collection[str], stands_at: int) -> Columns:
        """Return columns that hold these assets of the library as it stands at this change."""
        if stands_at != self._stands_at:
            self._assets, self._columns, self._stands_at = {}, None, stands_at
        if self._whole:
            self._columns = self._columns or Columns(self._catalog.assets())
            return self._columns
        missing = [one for one in ids if one not in self._assets]
        self._assets |= {one.id: one for one in self._catalog.assets(missing)} if missing else {}
        return Columns(self._assets[one] for one in ids if one in self._assets)
