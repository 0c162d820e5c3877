"""`search`: how well and how fast pages are found, beside bm25s and tantivy."""

import os
import tempfile
from pathlib import Path

import app as composition
from bench.figures import Bench, BenchFailed, Figure, Options
from enablement.adapters.sql.database import Database
from enablement.ports import Embedder, TryLater, Undeliverable
from settings import read_settings

SERVICE = "OPENAI_BASE_URL"


def run(options: Options) -> list[Figure]:
    """Measure quality on judged collections and speed on a large library; raises BenchFailed."""
    # The peers are installed for development only.
    from bench.retrieval import quality, speed
    from bench.retrieval.datasets import BadDataset
    from enablement.adapters.embed.use import UseEmbedder

    if options.data is None:
        raise BenchFailed("This benchmark needs its data.")
    embedder = UseEmbedder()
    with tempfile.TemporaryDirectory(prefix="touchline-bench-") as scratch:
        folder = Path(scratch)
        try:
            found = quality.figures(options.data, folder, embedder, options)
            if SERVICE in os.environ:
                found += quality.figures_of_service(options.data, folder, _service(folder), options)
            else:
                name = f"not measured: {SERVICE} is not set"
                found.append(Figure(name, "", None))
            return [*found, *speed.figures(options.data, folder, embedder, options)]
        except (BadDataset, TryLater, Undeliverable) as error:
            raise BenchFailed(str(error)) from error


BENCH = Bench(
    "search", "Finding pages: quality, languages, typos, speed, beside bm25s and tantivy.", run, "retrieval"
)


def _service(folder: Path) -> Embedder:
    """Return the embedder of a service as an installation that chose one has it."""
    # With a folder of its own, what a demo beside it left is not taken for its settings.
    chosen = {**os.environ, "TOUCHLINE_EMBEDDER": "openai", "TOUCHLINE_DATA": str(folder)}
    database = Database(f"sqlite:///{folder / 'budget.db'}")
    database.migrate()
    embedder = composition.embedder(read_settings(chosen, doors=False), database)
    assert embedder
    return embedder
