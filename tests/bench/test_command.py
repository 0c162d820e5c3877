"""`touchline bench`, with small benchmarks in the place of those that take minutes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cli
from bench import data, registry
from bench.figures import Bench, BenchFailed, Figure, Options, Promise
from terminal import Failed

KEPT = Figure("ack p99", "ms", 42.0, 12.5, promise=Promise(100))
BROKEN = Figure("answer p95", "ms", 1234.5, 5.0, 246.9, promise=Promise(400))
BROKEN_RATIO = Figure("speed", "pages/s", 90.0, 30.0, 3.0, promise=Promise(50, "least", "ratio"))
UNPROMISED = Figure("asks answered", "", 600)


@dataclass
class Recorded:
    """A benchmark that measures nothing and keeps how it was run."""

    figures: Sequence[Figure] = (KEPT, UNPROMISED)
    options: Options | None = None

    def run(self, options: Options) -> Sequence[Figure]:
        self.options = options
        options.say("measuring…")
        return self.figures


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    monkeypatch.delenv("TOUCHLINE_BENCH_DATA", raising=False)
    recorded = Recorded()
    monkeypatch.setitem(registry.BENCHES, "small", Bench("small", "A small one.", recorded.run))
    monkeypatch.setitem(
        registry.BENCHES, "fed", Bench("fed", "One with data.", recorded.run, data="retrieval")
    )
    return recorded


def touchline(*arguments: str) -> Result:
    return CliRunner().invoke(cli.cli, ["bench", *arguments])


def test_the_table_shows_each_figure_and_whether_its_promise_is_kept(bench: Recorded) -> None:
    bench.figures = (KEPT, BROKEN, UNPROMISED)

    said = touchline("small")

    rows = {line.split("  ")[0].strip(): line for line in said.stdout.splitlines()}
    assert said.exit_code == 0
    assert "yes" in rows["ack p99"]
    assert "no" in rows["answer p95"]
    assert "246.9 ×" in rows["answer p95"]
    assert "600" in rows["asks answered"]


def test_json_is_one_document_and_nothing_else_on_standard_output(bench: Recorded) -> None:
    bench.figures = (KEPT, BROKEN)

    said = touchline("small", "--json", "--quick")

    document = json.loads(said.stdout)
    assert [(one["name"], one["ours"], one["peer"], one["kept"]) for one in document["figures"]] == [
        ("ack p99", 42.0, 12.5, True),
        ("answer p95", 1234.5, 5.0, False),
    ]
    assert (document["bench"], document["quick"]) == ("small", True)
    assert document["machine"]["packages"]["slack-bolt"]
    assert "measuring…" in said.stderr


def test_check_passes_when_every_promise_is_kept(bench: Recorded) -> None:
    bench.figures = (KEPT, UNPROMISED)

    said = touchline("small", "--check")

    assert said.exit_code == 0
    assert "Short" not in said.output


def test_check_fails_and_names_what_falls_short_last(bench: Recorded) -> None:
    bench.figures = (BROKEN, KEPT, BROKEN_RATIO)

    said = touchline("small", "--check")

    assert said.exit_code == 1
    assert said.stdout.splitlines()[-3:] == [
        "Short of what was promised:",
        "answer p95: 1,234.5 ms, promised ≤ 400 ms",
        "speed: 3 ×, promised ≥ 50 ×",
    ]


def test_check_with_json_leaves_standard_output_to_the_document(bench: Recorded) -> None:
    bench.figures = (BROKEN,)

    said = touchline("small", "--check", "--json")

    assert said.exit_code == 1
    assert json.loads(said.stdout)["shortfalls"] == ["answer p95: 1,234.5 ms, promised ≤ 400 ms"]
    assert said.stderr.splitlines()[-1] == "answer p95: 1,234.5 ms, promised ≤ 400 ms"


def test_without_check_a_broken_promise_is_shown_but_is_no_failure(bench: Recorded) -> None:
    bench.figures = (BROKEN,)

    said = touchline("small")

    assert said.exit_code == 0


def test_missing_data_is_said_with_the_place_and_the_remedy(bench: Recorded, tmp_path: Path) -> None:
    said = touchline("fed", "--data", str(tmp_path))

    assert isinstance(said.exception, Failed)
    assert str(tmp_path / "retrieval") in str(said.exception)
    assert "--data or TOUCHLINE_BENCH_DATA" in str(said.exception)
    assert bench.options is None


@pytest.mark.parametrize("by", ["option", "environment"])
def test_data_is_taken_from_where_one_says(
    bench: Recorded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str
) -> None:
    (tmp_path / "retrieval").mkdir()
    if by == "environment":
        monkeypatch.setenv("TOUCHLINE_BENCH_DATA", str(tmp_path))

    touchline("fed", *(["--data", str(tmp_path)] if by == "option" else []))

    assert bench.options
    assert bench.options.data == tmp_path / "retrieval"


def test_data_lies_beside_the_checkout_unless_one_says_otherwise() -> None:
    root = Path(cli.__file__).resolve().parent

    assert root.parent / "shared" / "data" == data.BESIDE


def test_a_benchmark_without_data_runs_without_any(bench: Recorded, tmp_path: Path) -> None:
    said = touchline("small", "--data", str(tmp_path / "nowhere"))

    assert said.exit_code == 0
    assert bench.options
    assert bench.options.data is None


def test_an_unknown_name_lists_the_benchmarks() -> None:
    said = touchline("nonsense")

    assert isinstance(said.exception, Failed)
    assert "  ask: " in str(said.exception)


def test_a_measurement_that_breaks_off_is_a_failure_even_without_check(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def run(_: Options) -> Sequence[Figure]:
        raise BenchFailed("3 asks were not answered")

    monkeypatch.setitem(registry.BENCHES, "small", Bench("small", "A small one.", run))

    said = touchline("small")

    assert isinstance(said.exception, Failed)
    assert said.stdout == ""
