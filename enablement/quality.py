"""How complete the CRM's deals are: a score from 0 to 100."""

from collections.abc import Sequence

from enablement.model import QualityPart


def score(parts: Sequence[QualityPart]) -> int | None:
    """Return how many of a hundred checks the deals pass, over all parts together; None when there are no deals.

    Rounded down: 100 means that nothing is missing.
    """
    of = sum(part.of for part in parts)
    missing = sum(part.missing for part in parts)
    return 100 * (of - missing) // of if of else None
