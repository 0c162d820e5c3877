"""The sample library fits the sample world, so that suggestions in a demo have something to stand on."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from enablement.adapters.extract import Extracted, extract_many
from enablement.adapters.folder_rules import read_rules
from sandbox.world import COMPETITORS, OPEN_STAGES, PRODUCTS, ROLLOUT_NAME, generate

LIBRARY = Path(__file__).parents[3] / "samples" / "library"
KEYS = {
    *(
        "title",
        "kind",
        "language",
        "audience",
        "collection",
        "owner",
        "products",
        "industries",
        "regions",
        "sizes",
    ),
    *("stages", "personas", "competitors", "translation_of", "review_every_days", "reviewed_on", "released"),
    *("expires", "replaces", "url", "text"),
}
KINDS = {
    *("deck", "case study", "battlecard", "one-pager", "guide", "white paper", "email template", "datasheet"),
    "faq",
}
REGIONS = {"Europe", "North America", "Latin America", "Asia Pacific"}
LARGEST_BYTES = 3_000_000


def _is_link(path: Path) -> bool:
    return path.name.endswith(".link.yml")


def _read(path: Path) -> dict[str, Any]:
    """Return what the folder's rules and the file itself say of it."""
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8").split("---\n")[1]
    else:
        said_in = path if _is_link(path) else path.with_name(f"{path.name}.yml")
        text = said_in.read_text(encoding="utf-8")
    return {**RULES.said_of(path), **yaml.safe_load(text)}


RULES = read_rules(LIBRARY / "library.yml")
FILES = sorted(
    path for path in LIBRARY.rglob("*") if path.is_file() and (path.suffix != ".yml" or _is_link(path))
)
FACTS = {path.name: _read(path) for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_what_is_said_about_a_file_holds_in_the_world(path: Path) -> None:
    world = generate(today=date(2026, 11, 20))
    facts = FACTS[path.name]

    assert facts.keys() <= KEYS
    assert facts["kind"] in KINDS
    assert facts["audience"] in ("customer", "internal")
    assert facts["owner"] in {person.email for person in world.people}
    assert set(facts.get("products", ())) <= set(PRODUCTS)
    assert set(facts.get("competitors", ())) <= set(COMPETITORS)
    assert set(facts.get("industries", ())) <= {account.industry for account in world.accounts} | {"Energy"}
    assert set(facts.get("stages", ())) <= set(OPEN_STAGES)
    assert set(facts.get("regions", ())) <= REGIONS
    assert set(facts.get("sizes", ())) <= {"small", "mid", "enterprise"}
    assert facts.get("replaces", path.name) in FACTS
    assert path.stat().st_size < 200_000


def test_every_language_and_format_is_there_often_enough() -> None:
    languages = Counter(facts["language"] for facts in FACTS.values())
    formats = Counter(path.suffix for path in FILES)

    assert len([path for path in FILES if not _is_link(path)]) >= 60
    assert set(languages) == {"en", "fr", "pt-BR", "th", "zh-TW", "ko"}
    assert min(languages.values()) >= 8
    assert min(formats[suffix] for suffix in (".pptx", ".docx", ".pdf", ".html")) >= 9
    assert min(formats[".txt"], sum(map(_is_link, FILES))) >= 2
    assert sum(path.stat().st_size for path in LIBRARY.rglob("*") if path.is_file()) < LARGEST_BYTES


def test_every_title_and_file_name_is_there_once() -> None:
    titles = [facts["title"] for facts in FACTS.values()]

    assert sorted(set(titles)) == sorted(titles)
    assert len(FACTS) == len(FILES)


def test_a_translation_is_of_an_original_in_another_language_and_for_the_same_readers() -> None:
    siblings = [
        (facts, FACTS[facts["translation_of"]]) for facts in FACTS.values() if "translation_of" in facts
    ]

    assert len(siblings) >= 20
    for facts, original in siblings:
        assert facts["language"] != original["language"], facts["title"]
        assert facts["audience"] == original["audience"], facts["title"]
        assert "translation_of" not in original, facts["title"]
    of_one = Counter((facts["translation_of"], facts["language"]) for facts, _ in siblings)
    assert max(of_one.values()) == 1


def test_competitors_are_never_named_to_buyers() -> None:
    for_buyers = [path for path in FILES if FACTS[path.name]["audience"] == "customer"]
    links = [path for path in for_buyers if _is_link(path)]
    texts = {path.name: str(FACTS[path.name]["text"]) for path in links}
    for path, read in extract_many([path for path in for_buyers if path not in links]):
        assert isinstance(read, Extracted), path.name
        texts[path.name] = "\n".join(f"{page.title}\n{page.text}" for page in read.pages)

    named = {name for name, text in texts.items() if any(competitor in text for competitor in COMPETITORS)}

    assert named == set()
    assert all(len(text) > 300 for text in texts.values())


def test_one_paper_fits_norfields_rollout_on_every_count() -> None:
    world = generate(today=date(2026, 11, 20))
    deal = next(deal for deal in world.opportunities if deal.name == ROLLOUT_NAME)
    account = next(account for account in world.accounts if account.key == deal.account)

    fitting = [
        name
        for name, facts in FACTS.items()
        if account.industry in facts.get("industries", ())
        and deal.stage in facts.get("stages", ())
        and facts["language"] == account.language
        and facts["audience"] == "customer"
        and set(deal.competitors) & set(facts.get("competitors", ()))
    ]

    assert fitting == ["roi-food-manufacturing-harrowmoor.pdf"]
