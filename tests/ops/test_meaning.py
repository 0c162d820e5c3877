"""What an operator sees of meaning: settings, the check-up, and the command that embeds now."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from doctor import Finding
from enablement.adapters.embed.use import UseEmbedder
from enablement.adapters.sql.vectors import SqlVectors
from enablement.model import Vectors
from settings import MissingSettings, Settings, read_settings
from tests.enablement.adapters.embeddings_service import DIMENSIONS, Service, refusal, serving
from tests.ops.commands import touchline
from tests.ops.installation import Installation

KEY = "sk-canary-8820"
LOCAL = {"TOUCHLINE_DATA": "data"}


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as running:
        yield running


def openai(service: Service) -> dict[str, str]:
    return {"TOUCHLINE_EMBEDDER": "openai", "OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": service.url}


def meaning(installation: Installation, **environ: str) -> list[Finding]:
    installation.environ |= environ
    return [one for one in installation.examine() if one.part == "meaning"]


def embed(installation: Installation, **environ: str) -> "subprocess.CompletedProcess[str]":
    installation.environ |= environ
    environ = {"PATH": os.environ["PATH"], **installation.environ}
    return touchline("library", "embed", "--json", environ=environ)


def read(**environ: str) -> Settings:
    return read_settings({**LOCAL, **environ}, doors=False)


def refused(**environ: str) -> str:
    with pytest.raises(MissingSettings) as refusal:
        read(**environ)
    return str(refusal.value)


def test_without_a_word_the_built_in_embedder_is_used() -> None:
    assert read().embedder == "use"


def test_openai_needs_a_key_and_a_server_of_ones_own_none() -> None:
    own = "http://127.0.0.1:8080/v1"

    said = refused(TOUCHLINE_EMBEDDER="openai")

    assert "OPENAI_API_KEY is not set: TOUCHLINE_EMBEDDER is openai" in said
    assert read(TOUCHLINE_EMBEDDER="openai", OPENAI_BASE_URL=own).openai_base_url == own
    assert read(TOUCHLINE_EMBEDDER="openai", OPENAI_API_KEY=KEY).openai_api_key == KEY
    assert KEY not in repr(read(OPENAI_API_KEY=KEY))


def test_a_key_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{KEY}\n")

    assert read(TOUCHLINE_EMBEDDER="openai", OPENAI_API_KEY_FILE=str(tmp_path / "key")).openai_api_key == KEY


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("TOUCHLINE_EMBEDDER", "bert", "TOUCHLINE_EMBEDDER: should be use, openai or off, not “bert”"),
        (
            "OPENAI_EMBEDDING_PREFIXES",
            "yes",
            "OPENAI_EMBEDDING_PREFIXES: should be auto or none, not “yes”",
        ),
        ("TOUCHLINE_EMBED_BUDGET", "-1", "TOUCHLINE_EMBED_BUDGET: should be a whole number above 0"),
        ("OPENAI_BASE_URL", "localhost:8080", "OPENAI_BASE_URL: should begin with https:// or http://"),
        ("OPENAI_BASE_URL", KEY, "OPENAI_BASE_URL: should begin with https:// or http://"),
    ],
)
def test_a_setting_that_can_not_be_used_is_refused_in_words(name: str, value: str, said: str) -> None:
    found = refused(**{name: value})

    assert said in found
    assert KEY not in found


def test_the_command_embeds_what_is_missing_and_the_doctor_sees_it(installation: Installation) -> None:
    (before,) = meaning(installation)

    done = embed(installation)
    again = embed(installation)

    assert (before.state, before.said) == (
        "warning",
        "0 of 1 published assets are embedded (use-multilingual-3)",
    )
    assert "touchline library embed" in before.mend
    said = {"model": UseEmbedder.model, "embedded": 1, "refused": 0, "waiting": 0}
    assert (done.returncode, json.loads(done.stdout)) == (0, said), done.stderr
    assert (again.returncode, json.loads(again.stdout)) == (0, said)
    (after,) = meaning(installation)
    assert (after.state, after.said) == ("ok", "1 of 1 published assets are embedded (use-multilingual-3)")
    with installation.opened() as database:
        (found,) = SqlVectors(database).of([published(installation)], UseEmbedder.model)
    assert len(found.pages) == UseEmbedder.dimensions


def published(installation: Installation) -> str:
    """Return the version of the one asset."""
    with installation.opened() as database, database.reading() as connection:
        return str(connection.exec_driver_sql("SELECT version_id FROM assets").scalar_one())


def test_when_it_is_off_that_is_well_and_the_command_says_so(installation: Installation) -> None:
    (found,) = meaning(installation, TOUCHLINE_EMBEDDER="off")

    done = embed(installation)

    assert found.state == "ok"
    assert "searched by its words alone" in found.said
    assert done.returncode == 1
    assert "TOUCHLINE_EMBEDDER is off" in done.stderr


def test_a_service_that_works_embeds_the_library(installation: Installation, service: Service) -> None:
    done = embed(installation, **openai(service))

    (found,) = meaning(installation)
    assert json.loads(done.stdout)["embedded"] == 1, done.stderr
    assert (found.state, found.said) == (
        "ok",
        "1 of 1 published assets are embedded (text-embedding-3-small)",
    )
    with installation.opened() as database:
        (kept,) = SqlVectors(database).of([published(installation)], "text-embedding-3-small")
    assert kept.dimensions == DIMENSIONS


def test_a_service_that_refuses_the_key_is_named_and_the_key_is_not(
    installation: Installation, service: Service
) -> None:
    service.faults = [lambda _: refusal(401, f"Incorrect API key provided: {KEY}")] * 9

    done = embed(installation, **openai(service))
    (found,) = meaning(installation)

    assert done.returncode == 1
    assert json.loads(done.stdout)["waiting"] == 1
    for said in (done.stderr, found.said):
        assert "127.0.0.1 refuses the key (401): check OPENAI_API_KEY" in said
    assert found.state == "wrong"
    everything = f"{done.stdout} {done.stderr} {found} {installation.examine()}"
    assert "canary-8820" not in everything


def test_a_key_that_was_pasted_into_another_setting_too_is_not_shown(
    installation: Installation, service: Service
) -> None:
    found = meaning(installation, **openai(service), OPENAI_EMBEDDING_MODEL=KEY)

    assert found[0].said == "0 of 1 published assets are embedded (…)"


def test_the_budget_of_a_day_holds_across_processes(installation: Installation, service: Service) -> None:
    first = embed(installation, **openai(service), TOUCHLINE_EMBED_BUDGET="1")
    calls = len(service.texts)
    installation.add_to_library("Roadmap")

    second = embed(installation)

    assert json.loads(first.stdout)["embedded"] == 1
    assert json.loads(second.stdout) == {
        "model": "text-embedding-3-small",
        "embedded": 1,
        "refused": 0,
        "waiting": 1,
    }
    assert "TOUCHLINE_EMBED_BUDGET" in second.stderr
    assert [text for text in service.texts[calls:] if "Roadmap" in text] == []


def test_the_doctor_counts_what_the_model_refused(installation: Installation) -> None:
    refused = Vectors(published(installation), UseEmbedder.model, 0, b"", b"", ())
    with installation.opened() as database:
        SqlVectors(database).keep([refused])

    found = meaning(installation)

    assert [one.state for one in found] == ["ok", "warning"]
    assert found[1].said == "1 of them are refused by the model and are found by their words alone"
