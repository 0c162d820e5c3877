"""The name tables of the sample world, read from `names.json` once asked for."""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("names.json")


@dataclass(frozen=True)
class Spelling:
    """A word in its own script and in Latin letters; both are the same for Latin languages."""

    local: str
    latin: str


@dataclass(frozen=True)
class Names:
    """Words to build companies, contacts and deals from; the first key is always a language."""

    nouns: Mapping[str, Mapping[str, Sequence[str | Sequence[str]]]]
    stems: Mapping[str, Sequence[str | Sequence[str]]]
    first_names: Mapping[str, Sequence[str]]
    last_names: Mapping[str, Sequence[str]]
    titles: Mapping[str, Sequence[str]]
    motions: Mapping[str, Mapping[str, Sequence[str]]]
    languages: Mapping[str, str]
    cities: Mapping[str, Sequence[str]]
    next_steps: Sequence[str]
    loss_reasons: Sequence[str]
    lead_sources: Sequence[str]


@cache
def names() -> Names:
    """Read the tables."""
    tables = json.loads(_FILE.read_text(encoding="utf-8"))
    countries = tables.pop("countries")
    return Names(
        languages={country: facts["language"] for country, facts in countries.items()},
        cities={country: facts["cities"] for country, facts in countries.items()},
        **tables,
    )


def spelling(word: str | Sequence[str]) -> Spelling:
    """Read one entry of a table, which is a word or a pair of local and Latin spelling."""
    return Spelling(word, word) if isinstance(word, str) else Spelling(word[0], word[1])


def slug(words: str) -> str:
    """Write Latin words as they stand in an e-mail address or host name: ASCII, lower case, no spaces."""
    decomposed = unicodedata.normalize("NFKD", words)
    return re.sub(r"[^a-z0-9]+", "", decomposed.encode("ascii", "ignore").decode().lower())
