"""What learning from a million uses costs, and how long lists take with what was learned and a real store."""

import resource
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from random import Random
from time import monotonic, perf_counter, sleep
from typing import cast

import numpy as np

from bench import library
from bench.figures import Figure, Options, Promise, percentile
from bench.recommend.made_up import SIZES, history
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
from enablement.copying import RENEW, SLICE, renewal_of_all
from enablement.evidence import habits
from enablement.evidence.learn import learn
from enablement.evidence.study import Study
from enablement.meaning import QuestionEmbedder
from enablement.model import Deal, Effect, Interval, Recommended, Run, Touch, Written
from enablement.ports import HABITS, Crm, Services
from enablement.recommend import Past, recommend
from jobs.kinds import KINDS
from jobs.lanes import drain
from jobs.queue import NoWork
from sandbox.world import COMPETITORS, OPEN_STAGES, PRODUCTS

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SEED = 7
ASSETS, QUICK_ASSETS = 10_000, 2_000
OPEN, QUICK_OPEN = 20_000, 600
# How many uses are learned from; each deal has so many, and there is an asset to so many deals.
LEARNED, QUICK_LEARNED = (10_000, 100_000, 1_000_000), (3_000, 10_000)
USES_EACH, DEALS_TO_ASSET = 10, 10
# What lists are made with was learned from so many deals; each open deal used so many assets.
CLOSED, USED = 10_000, 3
# Lists are made by two workers, which look so often for something to do.
WORKERS, LOOK_AGAIN_S = 2, 0.05
SINGLE, COLD = 100, 20
ALL_WITHIN_S, ONE_WITHIN_MS = 60.0, 200.0
LEARN_WITHIN_S, LEARN_WITHIN_GB = 90.0, 3.0
# A use may cost so much more with ten times as many of them.
LINEAR = 1.5
LANGUAGES = ("en", "fr", "pt-BR", "th")
BANK = {"en": ("What it costs and what it brings in the first year.", "How a rollout goes, week by week.")}


class _NobodyListens:
    """A CRM that shows no suggestions."""

    def stale_suggestions(self, _shown: Mapping[str, Sequence[Recommended]]) -> list[str]:
        return []


def run(options: Options) -> Iterator[Figure]:
    """Yield what learning costs, and how long lists take: of one deal while a rep waits, of all open deals at night."""
    yield from _learning(options)
    assets = QUICK_ASSETS if options.quick else ASSETS
    count = QUICK_OPEN if options.quick else OPEN
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as folder:
        options.say(f"publishing {assets} assets, and what was learned of them")
        _fill(Path(folder), assets, count)
        yield from _one(Path(folder), assets)
        options.say(f"making the lists of {count} open deals")
        yield _all(Path(folder), assets, count)


def _learning(options: Options) -> Iterator[Figure]:
    """Yield wall time and memory of learning, each size in a process of its own."""
    took: dict[int, float] = {}
    for uses in QUICK_LEARNED if options.quick else LEARNED:
        options.say(f"learning from {uses} uses")
        # Not a pool: its processes may have no children.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            took[uses], size = process.submit(_learn, uses).result()
        whole = uses == LEARNED[-1]
        promise = Promise(LEARN_WITHIN_S) if whole else None
        yield Figure(f"learning from {uses} uses, time", "s", took[uses], promise=promise)
        promise = Promise(LEARN_WITHIN_GB) if whole else None
        yield Figure(f"learning from {uses} uses, memory of both processes", "GB", size, promise=promise)
    *_, fewer, most = took
    more = (took[most] / most) / (took[fewer] / fewer)
    promise = None if options.quick else Promise(LINEAR)
    yield Figure(f"learning: time a use, {most} uses to {fewer}", "ratio", more, promise=promise)


def _learn(uses: int) -> tuple[float, float]:
    """Return the seconds that learning took, and the sum of its processes' highest memory in GB."""
    deals = uses // USES_EACH
    study = history(uses, deals=deals, assets=deals // DEALS_TO_ASSET, seed=SEED)
    begun = perf_counter()
    learn(study, seed=SEED, on_step=lambda *_: None, saved=lambda _: None, save=lambda *_: None)
    took = perf_counter() - begun
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return took, sum(used) * 1024 / 1e9


def _one(folder: Path, assets: int) -> Iterator[Figure]:
    services = _services(folder)
    deals = _deals(SINGLE, Random(f"{SEED}:single"))
    _timed(services, deals[0])
    promise = Promise(ONE_WITHIN_MS)
    times = [_timed(services, deal) for deal in deals]
    yield Figure(f"list of one deal, {assets} assets, p95", "ms", percentile(times, 95), promise=promise)
    evidence = services.evidence
    times = [
        _timed(replace(services, lessons=LearnedLessons(evidence, alert=_fail)), deal)
        for deal in deals[:COLD]
    ]
    name = f"the first list after something was learned, {assets} assets, p95"
    yield Figure(name, "ms", percentile(times, 95), promise=promise)


def _timed(services: Services, deal: Deal) -> float:
    """Return how many milliseconds a list takes that nothing is kept of."""
    only = asset_filter(shared_outside=False, now=NOW)
    used = tuple(sorted(one.asset_id for one in services.ledger.touches_of(deal.id)))
    begun = perf_counter()
    recommend((), deal, within=services, only=only, now=NOW, past=Past(used))
    return 1000 * (perf_counter() - begun)


def _all(folder: Path, assets: int, count: int) -> Figure:
    services = _services(folder)
    with get_context("spawn").Pool(WORKERS) as pool:
        # What a worker does once, when it starts, is not the night's.
        pool.map(_idle, range(WORKERS), chunksize=1)
        services.outbox.add([renewal_of_all("bench")], now=NOW)
        begun = perf_counter()
        pool.starmap(_work, [(folder, f"worker {number}") for number in range(WORKERS)], chunksize=1)
        took = perf_counter() - begun
    if none := [
        one.id for one in _deals(count, Random(f"{SEED}:open")) if not services.shortlists.of(one.id)
    ]:
        raise RuntimeError(f"{len(none)} deals have no list")
    whole = count == OPEN
    promise = Promise(ALL_WITHIN_S) if whole else None
    return Figure(f"lists of {count} open deals, {assets} assets", "s", took, promise=promise)


def _idle(_number: int) -> None:
    sleep(1.0)


def _work(folder: Path, owner: str) -> None:
    """Do what is due in the lane, as a worker does, until nothing is left to do for anybody."""
    services, kinds = _services(folder), {kind: KINDS["compute"][kind] for kind in (RENEW, SLICE)}
    while services.outbox.letters(states=("due", "leased"), limit=1):
        if not drain("compute", kinds, services, owner=owner):
            sleep(LOOK_AGAIN_S)


def _services(folder: Path) -> Services:
    database = Database(f"sqlite:///{folder / 'touchline.db'}")
    catalog, evidence = SqlCatalog(database), SqlEvidence(database)
    begun = monotonic()
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
        "clock": lambda: NOW + timedelta(seconds=monotonic() - begun),
        "work": NoWork(),
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
    services.ledger.write(Written(records=tuple(_touches(count, ids))), now=NOW)
    evidence = SqlEvidence(database)
    run = Run("bench", "learning", NOW, None, "", 0.0, CLOSED, CLOSED * USES_EACH, "bench")
    evidence.begin(run)
    evidence.save(run.id, HABITS, habits.fit(_used(ids)))
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


def _touches(count: int, asset_ids: Sequence[str]) -> Iterator[Touch]:
    chance = Random(f"{SEED}:touches")
    for deal in _deals(count, Random(f"{SEED}:open")):
        for number, asset_id in enumerate(chance.sample(asset_ids, USED)):
            yield Touch(
                id=f"{deal.id} {number}",
                kind="shared",
                deal_id=deal.id,
                asset_id=asset_id,
                version_id=asset_id,
                email="rep@example.test",
                recipient="",
                channel="",
                share_id="",
                occurred_at=NOW - timedelta(days=chance.randrange(1, 60)),
            )


def _used(asset_ids: Sequence[str]) -> Study:
    """Return a history of uses of these assets."""
    made = history(CLOSED * USES_EACH, deals=CLOSED, assets=len(asset_ids), seed=SEED)
    return replace(made, assets=np.array(asset_ids))


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
