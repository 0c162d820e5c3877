"""The sample library fits the sample world, so that suggestions in a demo have something to stand on."""

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

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
    *("stages", "personas", "competitors", "translation_of", "review_every_days", "released", "expires"),
}
KINDS = {
    *("deck", "case study", "battlecard", "one-pager", "guide", "white paper", "email template", "datasheet"),
    "faq",
}
REGIONS = {"Europe", "North America", "Latin America", "Asia Pacific"}


def _read(path: Path) -> dict[str, Any]:
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8").split("---\n")[1]
    else:
        text = path.with_name(f"{path.name}.yml").read_text(encoding="utf-8")
    facts: dict[str, Any] = yaml.safe_load(text)
    return facts


FILES = sorted(path for path in LIBRARY.iterdir() if path.suffix != ".yml")
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
    assert set(facts.get("stages", ())) <= set(OPEN_STAGES)
    assert set(facts.get("regions", ())) <= REGIONS
    assert set(facts.get("sizes", ())) <= {"small", "mid", "enterprise"}
    assert facts.get("translation_of", path.name) in FACTS
    assert path.stat().st_size < 200_000


def test_every_language_and_format_is_there_often_enough() -> None:
    languages = Counter(facts["language"] for facts in FACTS.values())
    formats = Counter(path.suffix for path in FILES)

    assert set(languages) == {"en", "fr", "pt-BR", "th", "zh-TW", "ko"}
    assert min(languages.values()) >= 3
    assert formats[".pptx"] >= 4
    assert min(formats[".docx"], formats[".pdf"]) >= 3


def test_competitors_are_never_named_to_buyers() -> None:
    for path in FILES:
        if FACTS[path.name]["audience"] == "customer" and path.suffix in (".md", ".html"):
            body = path.read_text(encoding="utf-8").split("---\n")[-1]
            assert not any(competitor in body for competitor in COMPETITORS), path.name


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
