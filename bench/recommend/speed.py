"""Does use speed deals up? Weekly hazards with planted effects, ours beside what is usually computed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from bench.figures import Figure, Options, Promise
from enablement.evidence.speed import speed
from enablement.evidence.study import Flags, Floats, Ints, Study, Words
from enablement.model import Effect

DEALS, QUICK_DEALS = 30_000, 12_000
ASSETS = 40
SEEDS, QUICK_SEEDS = 5, 2
# Deals begin within so many days; who is still open on the last day is known no further.
BEGINS_DAYS, LAST_DAY = 300.0, 420.0
STAGES = ("Discovery", "Evaluation", "Proposal")
REGIONS = ("North", "South", "East", "West")
# How deals live: by themselves; or those that are stuck are given the more content the longer they are, some fall back
# a stage, and deals of one account share its pace.
Mechanism = Literal["plain", "stuck"]
BACK_A_WEEK, DEALS_AN_ACCOUNT, ACCOUNTS_APART = 0.02, 4, 0.3
# The chance that a deal uses something in a week, and is lost in it.
USES_A_WEEK, LOST_A_WEEK = 0.12, 0.03
# So many of the assets do nothing at all; the others change the weekly rate by 10 % and more, up or down.
NULL = 0.3
LEAST, MOST = 0.1, 0.7
LANDMARK_DAYS = 28.0


@dataclass(frozen=True)
class Planted:
    """Deals with uses, and by how much (log rate) each asset really speeds them up, 0 for those that do nothing."""

    study: Study
    truth: Floats


def effects(seed: int, assets: int = ASSETS) -> Floats:
    """Draw what assets do (log rate): three in five of those that do something help."""
    chance = np.random.default_rng([seed, 1])
    sign = np.where(chance.random(assets) < 0.6, 1.0, -1.0)
    return sign * chance.uniform(LEAST, MOST, assets) * (np.arange(assets) >= NULL * assets)


def planted(seed: int, *, deals: int, truth: Floats, mechanism: Mechanism = "plain") -> Planted:
    """Let deals live week by week: they use assets that suit them, move on, are lost, or are open in the end.

    Slow deals live longer and so use more; what suits a kind of deal is used by it, and kinds differ in speed.
    """
    chance = np.random.default_rng(seed)
    assets = len(truth)
    region = chance.integers(len(REGIONS), size=deals)
    amount = chance.lognormal(10, 1, deals)
    begun = chance.uniform(0, BEGINS_DAYS, deals)
    pace = np.log(0.12) + np.array([-0.5, -0.2, 0.2, 0.5])[region] - 0.25 * (np.log(amount) - 10)
    pace += chance.normal(0, 0.3, deals)
    suits = chance.dirichlet(np.full(assets, 0.5), size=len(REGIONS)).cumsum(axis=1)
    account = np.arange(deals) // DEALS_AN_ACCOUNT
    if mechanism == "stuck":
        pace += chance.normal(0, ACCOUNTS_APART, deals)[account]
    life = _Life(begun, deals, assets, mechanism)
    for week in range(int(LAST_DAY / 7)):
        life.live(week, pace, truth, suits[region], chance)
    study = life.study(
        {"region": np.array(REGIONS)[region], "amount": amount}, {"region": np.array(REGIONS)[region]}
    )
    if mechanism == "stuck":
        study = replace(study, accounts=np.char.add("account", account.astype(str)))
    return Planted(study, truth)


class _Life:
    """How deals stand, week after week."""

    def __init__(self, begun: Floats, deals: int, assets: int, mechanism: Mechanism) -> None:
        self.begun = begun
        self.are_stuck = mechanism == "stuck"
        # The week in which each deal came to its stage.
        self.came = np.zeros(deals)
        self.stage = np.zeros(deals, np.int64)
        self.used = np.zeros((deals, assets), bool)
        self.ended = np.full(deals, np.nan)
        self.won = np.zeros(deals, bool)
        self.stays: list[tuple[Ints, Ints, Floats]] = [(np.arange(deals), self.stage.copy(), begun)]
        self.uses: list[tuple[Ints, Ints, Floats]] = []

    def live(
        self, week: int, pace: Floats, truth: Floats, suits: Floats, chance: np.random.Generator
    ) -> None:
        """Let a week pass: what is used is used as it begins, and works from then on."""
        here = np.flatnonzero(np.isnan(self.ended) & (self.begun + 7 * week < LAST_DAY))
        if self.are_stuck:
            self._fall_back(here, week, chance)
        more = 0.5 + 0.25 * np.minimum(week - self.came[here], 8) if self.are_stuck else 1.0
        using = here[chance.random(len(here)) < USES_A_WEEK * more]
        which = np.minimum((suits[using] < chance.random(len(using))[:, None]).sum(axis=1), len(truth) - 1)
        self.used[using, which] = True
        self.uses.append((using, which, self.begun[using] + 7 * week))
        at = np.full(len(here), float(week))
        while len(here):
            rate = np.exp(pace[here] + self.used[here] @ truth - 0.3 * self.stage[here])
            at = at + chance.exponential(1 / (rate + LOST_A_WEEK))
            moved = chance.random(len(here)) < rate / (rate + LOST_A_WEEK)
            within = at < np.minimum(week + 1, (LAST_DAY - self.begun[here]) / 7)
            here, at, moved = here[within], at[within], moved[within]
            last = self.stage[here] == len(STAGES) - 1
            self.won[here[moved & last]] = True
            over = ~moved | last
            self.ended[here[over]] = self.begun[here[over]] + 7 * at[over]
            here, at = here[~over], at[~over]
            self.stage[here] += 1
            self.came[here] = at
            self.stays.append((here, self.stage[here], self.begun[here] + 7 * at))

    def _fall_back(self, here: Ints, week: int, chance: np.random.Generator) -> None:
        back = here[(chance.random(len(here)) < BACK_A_WEEK) & (self.stage[here] > 0)]
        self.stage[back] -= 1
        self.came[back] = week
        self.stays.append((back, self.stage[back], self.begun[back] + 7 * week))

    def study(self, facts: dict[str, Words | Floats], segments: dict[str, Words]) -> Study:
        deals, assets = self.used.shape
        stay_deal, stay_stage, stay_from = (np.concatenate(one) for one in zip(*self.stays, strict=True))
        use_deal, use_asset, use_at = (np.concatenate(one) for one in zip(*self.uses, strict=True))
        nothing, never = np.empty(0, np.int64), np.empty(0)
        return Study(
            deals=np.array([f"deal{number:07}" for number in range(deals)]),
            accounts=np.full(deals, ""),
            facts=facts,
            segments=segments,
            begun=self.begun,
            ended=self.ended,
            won=self.won,
            stages=STAGES,
            stay_deal=stay_deal,
            stay_stage=stay_stage,
            stay_from=stay_from,
            assets=np.array([f"asset{number:05}" for number in range(assets)]),
            use_deal=use_deal,
            use_asset=use_asset,
            use_at=use_at,
            lot_deal=nothing,
            lot_asset=nothing,
            lot_shown=nothing.astype(bool),
            lot_chance=never,
            lot_at=never,
        )


def ours(study: Study) -> list[Effect]:
    """Return what is told of speed in all deals, one for each asset."""
    found = {one.asset_id: one for one in speed(study, seed=0) if not one.segment}
    return [found[asset] for asset in study.assets.tolist()]


def held(found: Sequence[Effect], truth: Floats) -> tuple[Flags, Flags]:
    """Return for each asset whether its interval holds the truth, and for those without effect whether they are said
    to help."""
    ends = np.log([(one.interval.low, one.interval.high) for one in found])
    said = np.array([one.verdict == "helps" for one in found])
    # An end that lies on no effect holds it.
    return (ends[:, 0] <= truth + 1e-9) & (truth <= ends[:, 1] + 1e-9), said[truth == 0]


def days_naively(study: Study) -> Floats:
    """Return how much sooner won deals that used it were won than those that did not (log ratio of mean days)."""
    won = study.won
    days, used = (study.ended - study.begun)[won], _ever(study)[won]
    return np.array([np.log(days[~one].mean() / days[one].mean()) for one in used.T])


def days_regressed(study: Study) -> Floats:
    """Return ordinary least squares of the log of won deals' weeks on what they ever used and their facts."""
    won = study.won
    weeks = np.log((study.ended - study.begun)[won] / 7)
    design = np.column_stack([_ever(study)[won], _plain_facts(study)[won]])
    return -np.linalg.lstsq(design, weeks, rcond=None)[0][: len(study.assets)]


def landmark(study: Study) -> Floats:
    """Return the same of the time left on day 28, for deals open and not yet won by then, on what they had used."""
    early = study.use_at <= study.begun[study.use_deal] + LANDMARK_DAYS
    there = study.won & (study.ended - study.begun > LANDMARK_DAYS)
    left = np.log((study.ended - study.begun - LANDMARK_DAYS)[there] / 7)
    design = np.column_stack([_ever(study, early)[there], _plain_facts(study)[there]])
    return -np.linalg.lstsq(design, left, rcond=None)[0][: len(study.assets)]


def run(options: Options) -> list[Figure]:
    """Measure how often each estimator has the sign right, where there is one, and how far it is off."""
    deals, seeds = (QUICK_DEALS, QUICK_SEEDS) if options.quick else (DEALS, SEEDS)
    peers: Sequence[tuple[str, Callable[[Study], Floats]]] = (
        ("mean days of won deals", days_naively),
        ("regression on ever used", days_regressed),
        ("landmark on day 28", landmark),
    )
    off: dict[str, list[Floats]] = {name: [] for name in ("", *(name for name, _ in peers))}
    signs: dict[str, list[Floats]] = {name: [] for name in off}
    for seed in range(1, seeds + 1):
        options.say(f"Speed: {deals} deals, seed {seed} of {seeds}…")
        world = planted(seed, deals=deals, truth=effects(seed))
        told_ours = ours(world.study)
        found = np.array([one.logit for one in told_ours])
        real = world.truth != 0
        for name, told in (("", found), *((name, peer(world.study)) for name, peer in peers)):
            off[name].append(told - world.truth)
            signs[name].append((np.sign(told) == np.sign(world.truth))[real])
    right = {name: float(np.mean(some)) for name, some in signs.items()}
    error = {name: float(np.sqrt(np.mean(np.square(some)))) for name, some in off.items()}
    figures = [
        figure
        for name, _ in peers
        for figure in (
            Figure(f"speed: right sign where there is an effect, beside {name}", "", right[""], right[name]),
            Figure(f"speed: error of the log ratio (RMSE), beside {name}", "", error[""], error[name]),
        )
    ]
    return [
        Figure("speed: right sign where there is an effect", "", right[""], promise=Promise(0.98, "least")),
        *figures,
        *_as_sure_as_said("plain", options),
        *_as_sure_as_said("stuck", options),
    ]


def _as_sure_as_said(mechanism: Mechanism, options: Options) -> list[Figure]:
    """Measure how many intervals hold the truth, and how many assets without effect are told to help."""
    deals, seeds = (QUICK_DEALS, QUICK_SEEDS) if options.quick else (DEALS, SEEDS)
    covered, false = [], []
    for seed in range(1, seeds + 1):
        options.say(f"Speed, intervals: {deals} deals ({mechanism}), seed {seed} of {seeds}…")
        world = planted(seed, deals=deals, truth=effects(seed), mechanism=mechanism)
        holds, said = held(ours(world.study), world.truth)
        covered.append(holds)
        false.append(said)
    return [
        Figure(f"speed: 90 % intervals that hold the truth, {mechanism}", "", float(np.mean(covered))),
        Figure(
            f"speed: assets without effect said to help, {mechanism}",
            "",
            float(np.mean(false)),
            promise=Promise(0.05),
        ),
    ]


def _ever(study: Study, which: Flags | None = None) -> Flags:
    used = np.zeros((len(study.deals), len(study.assets)), bool)
    taken = slice(None) if which is None else which
    used[study.use_deal[taken], study.use_asset[taken]] = True
    return used


def _plain_facts(study: Study) -> Floats:
    region = study.facts["region"][:, None] == np.array(REGIONS)[None, :]
    return np.column_stack([region, np.log(np.asarray(study.facts["amount"], float))])
