"""Facet values compared across spellings: a stage, an industry, a region or a size is one folded word."""

from collections.abc import Iterator
from dataclasses import fields
from functools import lru_cache

from enablement.analyser import fold
from enablement.model import Deal, Facets

# Where the bounds lie is the customers' habit: the EU's small and large enterprise, counted in employees.
SMALL_BELOW = 250
ENTERPRISE_FROM = 1000


@lru_cache(maxsize=20_000)
def facet(value: str) -> str:
    """Return one spelling for one value: "Closed Won", "closed-won" and "closed won" are the same."""
    return " ".join(fold(value).replace("-", " ").replace("_", " ").split())


def size_band(employees: int | None) -> str | None:
    """Return small, mid or enterprise for a number of employees; None when it is not known."""
    if employees is None or employees <= 0:
        return None
    if employees < SMALL_BELOW:
        return "small"
    return "mid" if employees < ENTERPRISE_FROM else "enterprise"


def deal_facets(deal: Deal) -> Facets:
    """Return what an asset should be made for to fit this deal."""
    return Facets(
        products=deal.products,
        industries=_known(deal.industry),
        regions=_known(deal.region),
        sizes=_known(deal.size),
        stages=_known(deal.stage),
        competitors=deal.competitors,
    )


def deal_segments(deal: Deal) -> dict[str, str]:
    """Return by dimension which segment a deal belongs to: of several products or competitors the first it names.

    What is not known is left out. "stage" is where the deal stands now.
    """
    first = {
        name: next(iter(values), "")
        for name, values in (("product", deal.products), ("competitor", deal.competitors))
    }
    known = {"industry": deal.industry, "region": deal.region, "size": deal.size, "language": deal.language}
    return {name: value for name, value in {**known, **first, "stage": deal.stage}.items() if value}


def facet_terms(facets: Facets) -> Iterator[tuple[str, str]]:
    """Yield (facet name, folded value) of every value."""
    for field in fields(facets):
        for value in getattr(facets, field.name):
            yield field.name, facet(value)


def _known(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()
