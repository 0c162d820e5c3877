"""Judge an announcement's delivery: each reader got one message and nobody else, and each act of theirs counts once."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from enablement.model import Receipt


def violations(
    meant: Collection[str], arrived: Iterable[str], receipts: Iterable[Receipt], acknowledged: Collection[str]
) -> list[str]:
    """Compare who was meant and who acknowledged, by Slack id, with the messages that are there and with our receipts.

    `arrived` names the reader of each message, as often as there are messages.
    """
    mine: dict[str, list[Receipt]] = {}
    for one in receipts:
        mine.setdefault(one.slack_id, []).append(one)
    return [*_messages(meant, Counter(arrived)), *_receipts(meant, acknowledged, mine)]


def most_in_a_minute(at: Iterable[float]) -> int:
    """Return how many of these moments, in seconds, lie within any sixty seconds; the sixtieth is outside."""
    moments, most, first = sorted(at), 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 60:
            first += 1
        most = max(most, last - first + 1)
    return most


def _messages(meant: Collection[str], counts: Counter[str]) -> Iterator[str]:
    yield from (f"lost: {who}" for who in meant if not counts[who])
    yield from (f"{count} times: {who}" for who, count in counts.items() if count > 1)
    yield from (f"nobody meant: {who}" for who in counts if who not in meant)


def _receipts(
    meant: Collection[str], acknowledged: Collection[str], mine: dict[str, list[Receipt]]
) -> Iterator[str]:
    yield from (f"no receipt: {who}" for who in meant if who not in mine)
    yield from (f"{len(some)} receipts: {who}" for who, some in mine.items() if len(some) > 1)
    yield from (f"nobody meant has a receipt: {who}" for who in mine if who not in meant)
    for who, [one, *_more] in mine.items():
        if not one.ts or one.failed:
            yield f"not known as delivered: {who}"
        if bool(one.acknowledged_at) != (who in acknowledged):
            yield f"{'wrongly' if one.acknowledged_at else 'not'} acknowledged: {who}"
