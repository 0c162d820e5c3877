"""The manual is true: links lead somewhere, commands and settings exist, every dependency has its argument."""

import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli import cli
from enablement.model import LANES
from jobs.kinds import KINDS
from settings import read_settings
from tests.ops.installation import ROOT

MANUAL = sorted(
    [
        *ROOT.glob("docs/**/*.md"),
        *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "GLOSSARY.md", "SECURITY.md")),
        ROOT / "crm" / "salesforce" / "README.md",
    ]
)
DECISIONS = ROOT / "docs" / "decisions"
NEEDED = {
    "SLACK_SIGNING_SECRET": "secret",
    "SLACK_BOT_TOKEN": "xoxb-token",
    "SALESFORCE_URL": "https://harbourline.my.salesforce.com",
    "SALESFORCE_CLIENT_ID": "client",
    "SALESFORCE_CLIENT_SECRET": "secret",
}
_LINK = re.compile(r"\]\((?!https?:)([^)#\s]+)")
_PICTURE = re.compile(r"images/([\w.-]+\.\w+)")
_COMMAND = re.compile(r"(?:^|`|bin/)touchline ((?:[a-z-]+ ?)+[^`\n#]*)", re.MULTILINE)
_MAKE = re.compile(r"(?:^|`)make ([a-z-]+)", re.MULTILINE)


class Recorder(dict[str, str]):
    """An environment that keeps the names it was asked for."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__(values)
        self.asked: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.asked.add(name)
        return super().get(name, default)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def project() -> dict[str, Any]:
    return tomllib.loads(read(ROOT / "pyproject.toml"))["project"]  # type: ignore[no-any-return]  # TOML is untyped


def documented_settings() -> dict[str, str]:
    """Return the settings of the manual's table with their defaults."""
    table = (
        read(ROOT / "docs" / "install.md")
        .partition("| name | default | what it is |")[2]
        .partition("\n\n")[0]
    )
    rows = [line.split("|")[1:3] for line in table.splitlines() if line.startswith("| `")]
    return {name.strip(" `"): default.strip(" `") for name, default in rows}


def dependencies() -> set[str]:
    return {re.split(r"[^a-z0-9-]", line)[0] for line in project()["dependencies"]}


def argued(heading: str = "") -> dict[str, str]:
    """Return the dependencies of the decision's page (or of one of its parts) with what is said of each."""
    text = read(DECISIONS / "0002-dependencies.md")
    part = text.partition(f"## {heading}")[2].partition("\n## ")[0] if heading else text
    return dict(re.findall(r"^- \*\*(.+?)\*\*: (.+)$", part, re.MULTILINE))


def commands_in(text: str) -> Iterator[list[str]]:
    for found in _COMMAND.finditer(text):
        yield shlex.split(found[1].replace("|", " ").split("  ")[0])


def unknown_in(words: list[str]) -> str:
    """Return what of a command line the command line does not know, or nothing."""
    command: Any = typer.main.get_command(cli)
    while words and (inner := getattr(command, "commands", None)) is not None:
        name, *words = words
        if name == "--help":
            return ""
        if name not in inner:
            return name
        command = inner[name]
    known = {option for parameter in command.params for option in parameter.opts} | {"--help"}
    return next((word for word in words if word.startswith("--") and word not in known), "")


def test_every_picture_that_is_named_exists_and_none_lies_unused() -> None:
    named = {name for page in MANUAL for name in _PICTURE.findall(read(page))}

    pictures = {path.name: path for path in (ROOT / "docs" / "images").iterdir()}

    assert named == set(pictures)
    # Whoever clones the repository carries them.
    assert [name for name, path in pictures.items() if path.stat().st_size > 160_000] == []


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = [link for link in _LINK.findall(read(page)) if not (page.parent / link).exists()]

    assert dead == []


@pytest.mark.parametrize("page", MANUAL, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_that_is_named_exists(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.MULTILINE))

    unknown = [words for words in commands_in(read(page)) if unknown_in(words)]

    assert unknown == []
    assert set(_MAKE.findall(read(page))) - targets == set()


def test_an_unknown_command_or_option_would_be_noticed() -> None:
    assert [
        unknown_in(words) for words in commands_in("`touchline serv --port 3`\n`touchline up --prot 3`")
    ] == [
        "serv",
        "--prot",
    ]


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    environ = Recorder(NEEDED)

    read_settings(environ)

    assert {name for name in environ.asked if not name.endswith("_FILE")} == set(documented_settings())


def test_the_documented_defaults_are_the_defaults() -> None:
    defaults = {name: text for name, text in documented_settings().items() if not text.startswith("–")}

    assert len(defaults) > 5
    assert read_settings({**NEEDED, **defaults}) == read_settings(NEEDED)


def test_what_is_documented_as_needed_is_what_is_needed() -> None:
    needed = {name for name, text in documented_settings().items() if "needed" in text}

    assert needed == set(NEEDED) - {"SALESFORCE_CLIENT_SECRET"}


def test_every_kind_of_work_is_explained_where_dead_letters_are() -> None:
    table = read(ROOT / "docs" / "operations.md").partition("### Dead letters")[2].partition("\n## ")[0]
    said = re.findall(r"`([a-z_.]+)(…?)`", table)

    unknown = [
        kind
        for lane in LANES
        for kind in KINDS[lane]
        if not any(kind == name or (more and kind.startswith(name)) for name, more in said)
    ]

    assert unknown == []


def test_every_dependency_has_its_one_sentence_of_argument() -> None:
    said = argued()

    assert set(said) == dependencies()
    assert [
        name for name, text in said.items() if not re.fullmatch(r"[^.]+(?:\.\w[^.]*)*\.|.+\]\(.+\)\.", text)
    ] == []


def test_the_dependencies_that_are_said_to_be_unused_are_unused() -> None:
    unused = set(argued("Declared, not used yet"))
    parts = ("bot", "crm", "enablement", "jobs", "web")
    modules = [*ROOT.glob("*.py"), *(path for part in parts for path in (ROOT / part).rglob("*.py"))]

    imported = {
        name
        for path in modules
        for name in re.findall(r"^\s*(?:import|from) ([a-z_]+)", read(path), re.MULTILINE)
    }

    assert unused & imported == set()


def test_every_decision_is_in_the_index_under_its_own_title() -> None:
    index = read(DECISIONS / "README.md")
    pages = sorted(DECISIONS.glob("0*.md"))

    rows = [f"[{page.name[:4]}]({page.name}) | {read(page).splitlines()[0][7:]} |" for page in pages]

    assert [row for row in rows if row not in index] == []
    assert [page.name[:4] for page in pages] == [f"{number:04d}" for number in range(1, len(pages) + 1)]


def test_every_decision_says_context_options_choice_and_cost() -> None:
    for page in DECISIONS.glob("0*.md"):
        text = read(page)
        places = [text.find(f"**{part}.**") for part in ("Context", "Options", "Choice", "Cost")]

        assert -1 not in places, page.name
        assert places == sorted(places), page.name


def test_the_procfile_runs_commands_that_exist_and_a_worker_for_every_lane() -> None:
    processes = dict(line.split(": ", 1) for line in read(ROOT / "Procfile").splitlines())
    commands = {name: shlex.split(line)[1:] for name, line in processes.items()}

    assert [words for words in commands.values() if unknown_in(words)] == []
    assert {words[1] for words in commands.values() if words[0] == "worker"} == set(LANES)
    assert {"release", "web", "relay"} < set(processes)


def test_ci_runs_on_every_python_that_we_say_we_support() -> None:
    matrix = yaml.safe_load(read(ROOT / ".github" / "workflows" / "ci.yml"))["jobs"]["run"]["strategy"][
        "matrix"
    ]

    said = [line.rpartition(" :: ")[2] for line in project()["classifiers"] if "Python :: 3." in line]

    assert matrix["python"] == said
