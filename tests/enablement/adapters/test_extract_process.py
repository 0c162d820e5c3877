"""The process that reads may be ended by a file; the one that asks is not."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from enablement.adapters.extract import Extracted, Limits, UnreadableFile, extract, extract_many
from tests.enablement.adapters.extract_corpus import office_file, paragraph_xml, word_xml

SLOW = "[" * 2_000_000


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.md"
    path.write_text("# Good\n\nwords\n")
    return path


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    path = tmp_path / "slow.md"
    path.write_text(SLOW)
    return path


@pytest.fixture
def vast(tmp_path: Path) -> Path:
    body = "".join(paragraph_xml(f"{number * 7919}") for number in range(200_000))
    return office_file(tmp_path / "vast.docx", {"document.xml": word_xml(body)})


needs_proc = pytest.mark.skipif(
    not Path("/proc/self/task").exists(), reason="children are looked up in /proc"
)


def children() -> set[int]:
    mine = Path(f"/proc/self/task/{os.getpid()}/children")
    return {int(pid) for pid in mine.read_text().split()}


def test_a_file_that_eats_processor_time_is_given_up(good: Path, slow: Path) -> None:
    outcomes = dict(extract_many([slow, good], limits=Limits(cpu_seconds=1)))

    assert "takes too long" in str(outcomes[slow])
    assert isinstance(outcomes[good], Extracted)


def test_a_file_that_takes_too_long_by_the_clock_is_given_up(good: Path, slow: Path) -> None:
    outcomes = dict(extract_many([slow, good], limits=Limits(wall_seconds=0.5)))

    assert "takes too long" in str(outcomes[slow])
    assert isinstance(outcomes[good], Extracted)


def test_a_file_that_eats_memory_is_given_up(good: Path, vast: Path) -> None:
    outcomes = [
        outcome for _, outcome in extract_many([good, vast, good], limits=Limits(memory_bytes=150_000_000))
    ]

    assert isinstance(outcomes[0], Extracted)
    assert "too much memory" in str(outcomes[1])
    assert isinstance(outcomes[2], Extracted)


def test_processor_time_is_counted_for_each_file_anew(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.md" for number in range(12)]
    for path in paths:
        path.write_text("[" * 12_000)

    outcomes = [outcome for _, outcome in extract_many(paths, limits=Limits(cpu_seconds=1))]

    assert all(isinstance(outcome, Extracted) for outcome in outcomes)


@needs_proc
def test_a_child_killed_between_files_is_replaced(good: Path) -> None:
    before = children()
    outcomes = extract_many([good, good])
    next(outcomes)
    (child,) = children() - before

    os.kill(child, 9)
    _, second = next(outcomes)

    assert isinstance(second, Extracted)


@needs_proc
def test_no_process_is_left_behind(good: Path, slow: Path) -> None:
    before = children()

    extract(good)
    with pytest.raises(UnreadableFile):
        extract(slow, limits=Limits(wall_seconds=0.2))
    abandoned = extract_many([good, good])
    next(abandoned)
    assert children() != before
    abandoned.close()

    assert children() == before


def test_paths_are_asked_for_one_by_one(tmp_path: Path, good: Path) -> None:
    asked = []

    def paths() -> Iterator[Path]:
        for _ in range(3):
            asked.append(good)
            yield good

    outcomes = extract_many(paths())
    next(outcomes)

    assert len(asked) == 1
    assert len(list(outcomes)) == 2


@needs_proc
def test_the_child_knows_no_secret_of_the_caller(monkeypatch: pytest.MonkeyPatch, good: Path) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "canary")
    before = children()
    outcomes = extract_many([good])
    next(outcomes)
    (child,) = children() - before

    environment = Path(f"/proc/{child}/environ").read_bytes()
    list(outcomes)

    assert b"canary" not in environment


def test_a_relative_path_is_meant_from_the_callers_folder(
    monkeypatch: pytest.MonkeyPatch, good: Path
) -> None:
    monkeypatch.chdir(good.parent)

    assert extract(Path("good.md")).title == "Good"


def test_a_child_that_cannot_start_is_not_the_files_fault(
    monkeypatch: pytest.MonkeyPatch, good: Path
) -> None:
    monkeypatch.setattr(sys, "executable", "false")

    with pytest.raises(RuntimeError, match="does not start"):
        extract(good)


def test_the_child_ends_with_its_input(good: Path) -> None:
    asked = subprocess.run(
        [sys.executable, "-m", "enablement.adapters.extract.child", json.dumps(asdict(Limits())), "en"],
        input=json.dumps(str(good)) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )

    ready, answer = map(json.loads, asked.stdout.splitlines())
    assert ready == {"ready": True}
    assert answer["extracted"]["title"] == "Good"
