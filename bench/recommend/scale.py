"""How long lists of suggestions take, with ten thousand assets, what was learned of them, and a real store."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import perf_counter
from typing import cast

import numpy as np

from bench import library
from bench.figures import Figure, Options, Promise, percentile
from enablement.access import asset_filter
from enablement.adapters.index import PageIndex
from enablement.adapters.lessons import LearnedLessons
from enablement.adapters.sql.catalog import SqlCatalog
from enablement.adapters.sql.database import Database
from enablement.adapters.sql.evidence import SqlEvidence
from enablement.adapters.sql.ledger import SqlLedger
from enablement.adapters.sql.mirror import SqlMirror
from enablement.adapters.sql.outbox import SqlOutbox
from enablement.adapters.sql.recommended import SqlShortlists
from enablement.evidence import habits
from enablement.evidence.study import Study
from enablement.following import suggest
from enablement.meaning import QuestionEmbedder
from enablement.model import Deal, Effect, Interval, Recommended, Run
from enablement.ports import HABITS, Crm, Services
from enablement.recommend import recommend
from sandbox.world import COMPETITORS, OPEN_STAGES, PRODUCTS

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SEED = 7
ASSETS, QUICK_ASSETS = 10_000, 2_000
OPEN, QUICK_OPEN = 20_000, 600
# What was learned from: so many deals, each with so many uses on average.
CLOSED, USES_EACH = 10_000, 10
# Lists are made in two processes, each its half, as two workers would.
WORKERS = 2
AT_ONCE = 50
SINGLE = 100
ALL_WITHIN_S, ONE_WITHIN_MS = 60.0, 200.0
SIZES = ("small", "mid", "enterprise")
LANGUAGES = ("en", "fr", "pt-BR", "th")
BANK = {"en": ("What it costs and what it brings in the first year.", "How a rollout goes, week by week.")}


class _NobodyListens:
    """A CRM that shows no suggestions."""

    def stale_suggestions(self, _shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        return []


def run(options: Options) -> Iterator[Figure]:
    """Yield how long lists take: for one deal as a rep waits for it, and for all open deals at night."""
    assets = QUICK_ASSETS if options.quick else ASSETS
    count = QUICK_OPEN if options.quick else OPEN
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder:
        options.say(f"publishing {assets} assets, and what was learned of them")
        _fill(Path(folder), assets, count)
        yield _one(Path(folder), assets)
        options.say(f"making the lists of {count} open deals")
        yield _all(Path(folder), assets, count)


def _one(folder: Path, assets: int) -> Figure:
    services = _services(folder)
    only = asset_filter(shared_outside=False, now=NOW)
    deals = _deals(SINGLE, Random(f"{SEED}:single"))
    recommend((), deals[0], within=services, only=only, now=NOW)
    times = []
    for deal in deals:
        begun = perf_counter()
        recommend((), deal, within=services, only=only, now=NOW)
        times.append(1000 * (perf_counter() - begun))
    promise = Promise(ONE_WITHIN_MS)
    return Figure(f"list of one deal, {assets} assets, p95", "ms", percentile(times, 95), promise=promise)


def _all(folder: Path, assets: int, count: int) -> Figure:
    ids = [deal.id for deal in _deals(count, Random(f"{SEED}:open"))]
    parts = [ids[start::WORKERS] for start in range(WORKERS)]
    begun = perf_counter()
    with get_context("spawn").Pool(WORKERS) as pool:
        pool.starmap(_make, [(folder, part) for part in parts])
    took = perf_counter() - begun
    whole = count == OPEN
    promise = Promise(ALL_WITHIN_S) if whole else None
    return Figure(f"lists of {count} open deals, {assets} assets", "s", took, promise=promise)


def _make(folder: Path, deal_ids: Sequence[str]) -> None:
    services = _services(folder)
    for start in range(0, len(deal_ids), AT_ONCE):
        suggest(deal_ids[start : start + AT_ONCE], services, now=NOW)


def _services(folder: Path) -> Services:
    database = Database(f"sqlite:///{folder / 'touchline.db'}")
    catalog, evidence = SqlCatalog(database), SqlEvidence(database)
    parts = {
        "catalog": catalog,
        "index": PageIndex(folder / "index", catalog),
        "questions": QuestionEmbedder(None),
        "mirror": SqlMirror(database),
        "shortlists": SqlShortlists(database),
        "ledger": SqlLedger(database),
        "outbox": SqlOutbox(database),
        "evidence": evidence,
        "lessons": LearnedLessons(evidence, alert=_fail),
        "crm": cast("Crm", _NobodyListens()),
        "clock": lambda: NOW,
    }
    absent = dict.fromkeys(name for name in Services.__dataclass_fields__ if name not in parts)
    return Services(**{**absent, **parts, "suggests_in_crm": True})  # type: ignore[arg-type]  # the rest is not asked


def _fail(_kind: str, _subject: str, summary: str) -> None:
    raise RuntimeError(summary)


def _fill(folder: Path, assets: int, count: int) -> None:
    url = f"sqlite:///{folder / 'touchline.db'}"
    database = Database(url)
    database.migrate()
    customers = [f"Customer {number}" for number in range(200)]
    drawn = list(library.draw(BANK, customers, count=assets, seed=SEED, now=NOW))
    library.publish(drawn, url)
    services = _services(folder)
    services.index.follow()
    services.mirror.store(deals=_deals(count, Random(f"{SEED}:open")))
    ids = sorted(one.asset.id for one in drawn)
    evidence = SqlEvidence(database)
    run = Run("bench", "learning", NOW, None, "", 0.0, CLOSED, CLOSED * USES_EACH, "bench")
    evidence.begin(run)
    evidence.save(run.id, HABITS, habits.fit(_study(ids)))
    evidence.finish(replace(run, state="in_use", ended_at=NOW, progress=1.0), _effects(ids))
    database.close()


def _deals(count: int, chance: Random) -> list[Deal]:
    return [
        Deal(
            id=f"006{number:015d}",
            name=f"Account {number} – Rollout",
            account=f"Account {number}",
            stage=chance.choice(OPEN_STAGES),
            amount=1000.0 * chance.randrange(1, 500),
            currency="EUR",
            close_date=None,
            is_closed=False,
            is_won=False,
            owner_id="005000000000001AAA",
            team=(),
            industry=chance.choice(library.INDUSTRIES),
            region=chance.choice(library.REGIONS),
            size=chance.choice(SIZES),
            language=chance.choice(LANGUAGES),
            competitors=(chance.choice(COMPETITORS),),
            products=(chance.choice(PRODUCTS),),
            modified_at=NOW - timedelta(days=chance.randrange(60)),
        )
        for number in range(count)
    ]


def _effects(asset_ids: Collection[str]) -> Iterator[Effect]:
    chance = Random(f"{SEED}:effects")
    segments = [
        "",
        *(f"industry:{one}" for one in library.INDUSTRIES),
        *(f"region:{one}" for one in library.REGIONS),
    ]
    for asset_id in asset_ids:
        for segment in segments:
            logit = chance.gauss(0.1, 0.2)
            points = Interval(logit / 5, logit / 5 - 0.03, logit / 5 + 0.03)
            yield Effect(
                asset_id, "winning", segment, points, "no_clear_effect", chance.randrange(30, 300), logit, 0.1
            )


def _study(asset_ids: Sequence[str]) -> Study:
    chance = np.random.default_rng(SEED)
    count = CLOSED * USES_EACH
    nothing, none = np.zeros(0), np.zeros(0, np.int64)
    segments = {
        "industry": chance.choice(np.array(library.INDUSTRIES), CLOSED),
        "region": chance.choice(np.array(library.REGIONS), CLOSED),
        "size": chance.choice(np.array(SIZES), CLOSED),
    }
    begun = np.full(CLOSED, 20_000.0)
    popular = chance.pareto(1.5, len(asset_ids)) + 0.1
    return Study(
        deals=np.array([f"d{number:06d}" for number in range(CLOSED)]),
        accounts=np.full(CLOSED, ""),
        facts=segments,
        segments=segments,
        begun=begun,
        ended=begun + 60,
        won=chance.random(CLOSED) < 0.25,
        stages=("Open",),
        stay_deal=np.arange(CLOSED),
        stay_stage=np.zeros(CLOSED, np.int64),
        stay_from=begun,
        assets=np.array(asset_ids),
        use_deal=chance.integers(0, CLOSED, count),
        use_asset=chance.choice(len(asset_ids), count, p=popular / popular.sum()),
        use_at=np.full(count, 20_010.0),
        lot_deal=none,
        lot_asset=none,
        lot_shown=none.astype(bool),
        lot_chance=nothing,
        lot_at=nothing,
    )
