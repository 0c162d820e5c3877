"""`ask`: how soon a rep has the ack and the answer, in an open loop through all processes, beside a bare Bolt echo."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random

from bench import commands, crowd, disk, library
from bench.commands import Command
from bench.figures import Bench, BenchFailed, Figure, Options, Promise, median_ratio, percentile
from bench.openloop import Request, Sent, fire
from bench.running import running
from demo import Demo

REPS = 20
ASKS_A_SECOND = 10
LASTS_S, QUICK_LASTS_S = 60, 15
ASSETS = 10_000
SEED = 20
ACK_P99_MS, WARM_P95_MS, COLD_P95_MS = 100.0, 400.0, 800.0
# The echo's requests go out between ours, so that neither waits for the other's sending.
PEER_AFTER_S = 0.5 / ASKS_A_SECOND


@dataclass(frozen=True)
class Street:
    """All that runs: the product with its sandbox, the echo, the people of both phases, the words they ask."""

    demo: Demo
    echo_url: str
    channel: str
    reps: Sequence[crowd.Seller]
    strangers: Sequence[crowd.Seller]
    chance: Random

    @property
    def secret(self) -> str:
        return self.demo.settings.slack_signing_secrets[0]


@dataclass(frozen=True)
class Phase:
    """Seconds from the moment each command was due, ours and the echo's, pair by pair; and what the disk took."""

    acks: Sequence[float]
    answers: Sequence[float]
    peer_acks: Sequence[float]
    peer_answers: Sequence[float]
    late: Sequence[float]
    disk: Sequence[float]


def run(options: Options) -> list[Figure]:
    """Measure with a warm and with a cold access cache; raises BenchFailed when anything is not answered."""
    count = (QUICK_LASTS_S if options.quick else LASTS_S) * ASKS_A_SECOND
    with _street(count, options) as street:
        options.say("Each rep asks once, so that what Salesforce says of them is known…")
        _measure(street, street.reps)
        options.say(f"{count} asks of {REPS} reps, {ASKS_A_SECOND} a second…")
        warm = _measure(street, [street.reps[number % REPS] for number in range(count)])
        options.say(f"{count} asks of {count} people of whose deals nothing is known yet…")
        cold = _measure(street, street.strangers)
    return [
        *_figures("warm", warm, answer_p95_ms=WARM_P95_MS),
        *_figures("cold", cold, answer_p95_ms=COLD_P95_MS),
    ]


BENCH = Bench("ask", "A question in Slack: ack and answer, beside a bare Bolt echo (no data needed).", run)


@contextmanager
def _street(strangers: int, options: Options) -> Iterator[Street]:
    with running(
        options, sellers=REPS + strangers, assets=ASSETS, seed=SEED, peer="bench.echo:web()"
    ) as all_of_it:
        reps, others = all_of_it.sellers[:REPS], all_of_it.sellers[REPS:]
        chance = Random(f"{SEED}:asks")
        yield Street(all_of_it.demo, all_of_it.peer_url, all_of_it.channel, reps, others, chance)


def _measure(street: Street, askers: Sequence[crowd.Seller]) -> Phase:
    ours, peers = _commands(street, askers)
    after = commands.position(street.demo.slack_url)
    due = [number / ASKS_A_SECOND for number in range(len(askers))]
    with disk.probing(street.demo.settings.data_dir) as written:
        sent = fire(
            [
                *(Request(at, one.send) for at, one in zip(due, ours, strict=True)),
                *(Request(at + PEER_AFTER_S, one.send) for at, one in zip(due, peers, strict=True)),
            ]
        )
    half = len(ours)
    _refuse_errors("Touchline", sent[:half])
    _refuse_errors("the echo", sent[half:])
    shown = commands.wait_for_answers(
        street.demo.slack_url, [one.mark for one in (*ours, *peers)], after=after
    )
    missing = sum(one.mark not in shown.at for one in ours), sum(one.mark not in shown.at for one in peers)
    if any(missing):
        said = "\n".join(shown.others[:3])
        raise BenchFailed(
            f"Of {len(ours)} asks {missing[0]} were not answered (echo: {missing[1]}). Said:\n{said}"
        )
    took = [shown.at[one.mark] - done.due for one, done in zip((*ours, *peers), sent, strict=True)]
    return Phase(
        acks=[one.done for one in sent[:half]],
        answers=took[:half],
        peer_acks=[one.done for one in sent[half:]],
        peer_answers=took[half:],
        late=[one.late for one in sent],
        disk=written,
    )


def _commands(street: Street, askers: Sequence[crowd.Seller]) -> tuple[list[Command], list[Command]]:
    ours, peers = [], []
    # Two forms for each ask: the echo answers the same person.
    made = commands.forms(
        street.demo.slack_url, [one.slack_id for one in askers for _ in range(2)], street.channel
    )
    for asker, (form, other) in zip(askers, zip(made, made, strict=True), strict=True):
        text = _question(asker, street.chance)
        ours.append(commands.ask(form, text, app_url=street.demo.app_url, secret=street.secret))
        peers.append(commands.echo(other, text, app_url=street.echo_url, secret=street.secret))
    return ours, peers


def _question(asker: crowd.Seller, chance: Random) -> str:
    """Draw a question that names one of the asker's deals, in any of the languages of the library."""
    language = chance.choices(list(library.SHARES), list(library.SHARES.values()))[0]
    return f"{chance.choice(library.TOPICS[language])} {chance.choice(asker.accounts)}"


def _refuse_errors(whose: str, sent: Sequence[Sent]) -> None:
    errors = [one.error for one in sent if one.error]
    if errors:
        raise BenchFailed(
            f"{len(errors)} of {len(sent)} commands to {whose} failed, the first with {errors[0]}"
        )


def _figures(name: str, phase: Phase, *, answer_p95_ms: float) -> Iterator[Figure]:
    for what, ours, peers, promised in (
        ("ack", phase.acks, phase.peer_acks, (99, ACK_P99_MS)),
        ("answer", phase.answers, phase.peer_answers, (95, answer_p95_ms)),
    ):
        for percent in (50, 95, 99):
            yield Figure(
                f"{name}: {what} p{percent}",
                "ms",
                _ms(percentile(ours, percent)),
                _ms(percentile(peers, percent)),
                ratio=round(median_ratio(ours, peers), 3) if percent == 50 else None,
                promise=Promise(promised[1]) if percent == promised[0] else None,
            )
    yield Figure(f"{name}: asks answered", "", len(phase.answers), len(phase.peer_answers))
    yield Figure(f"{name}: sent late, p99", "ms", _ms(percentile(phase.late, 99)))
    # Our ack waits for a durable write and the echo's for none: when the disk stalls, this tells.
    yield Figure(f"{name}: disk, durable write p99", "ms", _ms(percentile(phase.disk, 99)))
    yield Figure(f"{name}: disk, durable write max", "ms", _ms(max(phase.disk)))


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 2)
