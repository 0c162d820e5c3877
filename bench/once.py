"""Judge what arrived: each touch once, on its deal, for its recipient, and nothing else."""

from collections import Counter
from collections.abc import Iterable, Mapping

Meant = tuple[str, str]


def violations(meant: Mapping[str, Meant], found: Iterable[tuple[str, str, str]]) -> list[str]:
    """Compare what was meant, (deal, recipient) by reference, with rows found: (reference, deal, recipient)."""
    rows = list(found)
    counts = Counter(ref for ref, _, _ in rows)
    wrong = {(ref, deal, to) for ref, deal, to in rows if ref in meant and meant[ref] != (deal, to)}
    return [
        *(f"lost: {ref}" for ref in meant if ref not in counts),
        *(f"{count} times: {ref}" for ref, count in counts.items() if count > 1),
        *(f"nobody meant: {ref}" for ref in counts if ref not in meant),
        *(f"wrong: {ref} on {deal} for {to}" for ref, deal, to in sorted(wrong)),
    ]
