"""All that recommendations promise, measured part by part."""

from bench.figures import Bench, Figure, Options
from bench.recommend import artefact, ranking, scale, speed, trials, winning

_PARTS = (winning.run, speed.run, artefact.run, trials.run, ranking.run, scale.run)


def run(options: Options) -> list[Figure]:
    """Run each part and return all their figures."""
    return [figure for part in _PARTS for figure in part(options)]


BENCH = Bench(
    "recommend",
    "effects of content against planted truth, and the list of suggestions against other ways to rank",
    run,
    data="deals",
)
