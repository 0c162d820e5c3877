"""Hold the sandbox's SOQL against two other parsers: each disagreement must be one that is explained."""

import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from re import Pattern

from judges.soql_corpus import statements
from judges.stage import HERE, NODE, node_environment
from judges.tally import say
from sandbox.salesforce.errors import ApiError
from sandbox.salesforce.soql_parser import parse
from tests.sandbox.salesforce.statements import corpus as tests_corpus

SEED, WHOLE, BROKEN, OF_THE_TESTS = 7, 3000, 3000, 5000
PEERS = ("jetstream", "apex")
_SHOWN = 15


@dataclass(frozen=True)
class Disagreement:
    """One parser takes what the other refuses; the words are those of the refusal, a ¦ stands where we refuse."""

    statement: str
    peer: str
    we_refuse: bool
    words: str
    other_peer_is_with_us: bool


@dataclass(frozen=True)
class Explanation:
    """A class of disagreements and its reason, from soql_disagreements.json."""

    name: str
    reason: str
    peers: tuple[str, ...]
    we_refuse: bool
    alone: bool
    words: Pattern[str] = field(repr=False)
    statement: Pattern[str] = field(repr=False)

    def fits(self, one: Disagreement) -> bool:
        """Tell whether this is why."""
        return (
            one.peer in self.peers
            and one.we_refuse is self.we_refuse
            and (one.other_peer_is_with_us or not self.alone)
            and self.words.search(one.words) is not None
            and self.statement.search(one.statement) is not None
        )


def main() -> int:
    """Judge the whole corpus and return the exit code."""
    drawn = statements(seed=SEED, whole=WHOLE, broken=BROKEN)
    corpus = list(dict.fromkeys([*drawn, *(one.soql for one in tests_corpus(OF_THE_TESTS, SEED))]))
    found = list(_disagreements(corpus))
    explained: Counter[str] = Counter()
    unexplained = []
    explanations = _explanations()
    for one in found:
        why = next((each for each in explanations if each.fits(one)), None)
        if why is None:
            unexplained.append(one)
        else:
            explained[why.name] += 1
    for one in unexplained[:_SHOWN]:
        who = "we refuse, it takes" if one.we_refuse else "we take, it refuses"
        say(f"UNEXPLAINED {one.peer} ({who}: {one.words}): {one.statement}")
    unused = [each.name for each in explanations if not explained[each.name]]
    if unused:
        say(f"NEVER MET, take it out of soql_disagreements.json: {', '.join(unused)}")
    for name, count in explained.most_common():
        say(f"{count:5} {name}")
    say(f"{len(corpus)} statements, each put to {len(PEERS)} parsers: {len(found)} disagreements")
    failed = len(unexplained) + len(unused)
    say(f"{len(corpus) * len(PEERS) - len(unexplained)} passed, {failed} failed")
    return 1 if failed else 0


def _disagreements(corpus: list[str]) -> Iterator[Disagreement]:
    for statement, theirs in zip(corpus, _peers(corpus), strict=True):
        ours = _refusal(statement)
        for peer, other in (PEERS, PEERS[::-1]):
            if (ours is None) is not (theirs[peer] is None):
                words, marked = ours or (str(theirs[peer]), statement)
                with_us = (theirs[other] is None) is (ours is None)
                yield Disagreement(marked, peer, ours is not None, words, with_us)


def _refusal(statement: str) -> tuple[str, str] | None:
    try:
        parse(statement)
    except ApiError as error:
        place, _, words = str(error).rpartition("\n")
        row, column = map(int, re.findall(r"\d+", place.rpartition("\n")[2]))
        start = sum(map(len, statement.splitlines(keepends=True)[: row - 1])) + column - 1
        return words, f"{statement[:start]}¦{statement[start:]}"
    return None


def _peers(corpus: Iterable[str]) -> list[dict[str, str | None]]:
    done = subprocess.run(
        [NODE, HERE / "soql_peers.mjs"],
        cwd=HERE,
        env=node_environment({}),
        input="".join(f"{json.dumps(statement)}\n" for statement in corpus),
        stdout=subprocess.PIPE,
        text=True,
        timeout=300,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def _explanations() -> list[Explanation]:
    read = json.loads((HERE / "soql_disagreements.json").read_text(encoding="utf-8"))
    return [
        Explanation(
            name=each["name"],
            reason=each["reason"],
            peers=tuple(each["peers"]),
            we_refuse=each["we"] == "refuse",
            alone=each.get("only_where_the_other_parser_is_with_us", False),
            words=re.compile(each.get("words", ""), re.IGNORECASE),
            statement=re.compile(each.get("statement", ""), re.IGNORECASE | re.DOTALL),
        )
        for each in read
    ]


if __name__ == "__main__":
    sys.exit(main())
