"""What a person may not see changes nothing in what they are answered: it is the same as if it were not there."""

import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete

from enablement.adapters.sql.database import Database
from enablement.adapters.sql.tables import metadata
from enablement.answering import FINALISTS, Answer, answer, as_json
from enablement.model import Ask, Asset, ChannelLink, CrmRole, CrmUser, Deal, Facets, Place, Written
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.fakes import World

PAIRS = 200
PARTS = 10
DAY = timedelta(days=1)
SHARED = "C-SHARED"
ROLES = (CrmRole("top", None), CrmRole("emea", "top"), CrmRole("apac", "top"), CrmRole("rep", "emea"))
ACCOUNTS = ("Norfield Foods", "Halden Retail", "Siam Cold", "Pennarvor", "Sol Poente", "Taipei Parts")
TOPICS = ("Yard rollout", "Warehouse pilot", "Renewal 2027", "Store pilot")
WORDS = (
    "pricing",
    "security",
    "questionnaire",
    "battlecard",
    "dockwright",
    "korvane",
    "roadmap",
    "discount",
    "food",
)
QUESTIONS = (
    "pricing for norfield",
    "halden security questionnaire",
    "battlecard dockwright",
    "",
    "renewal",
    "zebra",
)
COMPETITORS = ("Dockwright", "Korvane")


Papers = tuple[tuple[Asset, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Facts:
    """All that there is, and who may read which deal."""

    users: tuple[CrmUser, ...]
    deals: tuple[Deal, ...]
    papers: Papers
    readers: frozenset[tuple[str, str]]
    links: tuple[ChannelLink, ...]
    ask: Ask

    def without_unseen_deals(self) -> "Facts":
        """Return the world without the deals that the asker may not read."""
        asker = next(one for one in self.users if one.email == self.ask.email)
        return replace(self, deals=tuple(one for one in self.deals if (asker.id, one.id) in self.readers))

    def without_unseen_papers(self) -> "Facts":
        """Return the world without what is not valid today and, where outsiders read along, what is internal."""
        outside = self.ask.place.channel == SHARED
        return replace(
            self,
            papers=tuple(
                (one, texts)
                for one, texts in self.papers
                if not (outside and one.audience == "internal")
                and not (one.released and one.released > NOW.date())
                and not (one.expires and one.expires < NOW.date())
            ),
        )


def library(seed: int) -> Papers:
    """Return papers by chance: for customers or not, of today, of yesterday, of tomorrow."""
    chance = random.Random(seed)
    return tuple(
        (
            asset(
                f"Paper {n}",
                audience=chance.choice(["customer", "internal"]),
                released=chance.choice([None, None, NOW.date(), NOW.date() + DAY]),
                expires=chance.choice([None, None, NOW.date(), NOW.date() - DAY]),
                facets=Facets(competitors=tuple(chance.sample(COMPETITORS, chance.randrange(2)))),
                updated_at=NOW - chance.randrange(900) * DAY,
            ),
            tuple(
                " ".join(chance.choices(WORDS, k=chance.randrange(1, 30)))
                for _ in range(chance.randrange(1, 4))
            ),
        )
        for n in range(16)
    )


def drawn(seed: int, papers: Papers) -> Facts:
    """Return a world by chance: people in a hierarchy, deals that some may read, a question of one of them."""
    chance = random.Random(seed)
    people = tuple(
        user(f"u{n}", id=f"005U{n}", role_id=chance.choice([None, *(role.id for role in ROLES)]))
        for n in range(5)
    )
    deals = tuple(
        deal(
            f"{chance.choice(ACCOUNTS)} – {chance.choice(TOPICS)}",
            id=f"006D{n:02}",
            owner_id=chance.choice(people).id,
            team=tuple(one.id for one in chance.sample(people, chance.randrange(3))),
            competitors=tuple(chance.sample(COMPETITORS, chance.randrange(2))),
            is_closed=chance.random() < 0.15,
            modified_at=NOW - chance.randrange(50) * DAY,
        )
        for n in range(chance.randrange(1, 14))
    )
    readers = frozenset((one.id, each.id) for one in people for each in deals if chance.random() < 0.6)
    channel = chance.choice(["", "C-OURS", SHARED])
    links = (ChannelLink(channel, chance.choice(deals).id, people[0].email, NOW),) if channel else ()
    asked = ask(
        chance.choice(QUESTIONS),
        id="ask",
        email=chance.choice(people).email,
        place=Place(channel=channel),
        deal_id=chance.choice([None, None, None, chance.choice(deals).id]),
    )
    return Facts(people, deals, papers, readers, links, asked)


class Scene:
    """Builds one world after the other; a library of the same papers is read and indexed once."""

    def __init__(self, empty: Path, folder: Path) -> None:
        self._empty = empty
        self._folder = folder
        self._shelves: dict[Papers, World] = {}
        self._world = self._built()

    def answered(self, facts: Facts) -> tuple[dict[str, object], Sequence[object]]:
        """Return what is said, as the command line prints it, and the deals offered to choose from."""
        shelf = self._shelves.get(facts.papers) or self._shelve(facts.papers)
        world = self._emptied()
        world.messenger.shared_outside.add(SHARED)
        world.crm.readers = set(facts.readers)
        world.mirror.store(users=facts.users, roles=ROLES, deals=facts.deals)
        world.ledger.write(Written(records=facts.links), now=NOW)
        services = replace(world.services, catalog=shelf.catalog, index=shelf.index)
        said = answer(facts.ask, services, now=NOW)
        return as_json(said), getattr(said, "deals", ())

    def close(self) -> None:
        for world in (self._world, *self._shelves.values()):
            world.database.close()

    def _shelve(self, papers: Papers) -> World:
        shelf = self._shelves[papers] = self._built()
        for one, texts in papers:
            publish(shelf.catalog, one, *texts)
        shelf.index.follow()
        return shelf

    def _emptied(self) -> World:
        with self._world.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
        return World(self._world.database, self._folder / "no index")

    def _built(self) -> World:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        shutil.copy(self._empty, folder / "touchline.db")
        return World(Database(f"sqlite:///{folder / 'touchline.db'}"), folder / "index")


@pytest.fixture
def scene(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(migrated_sqlite, tmp_path)
    yield made
    made.close()


def differences(part: int, lessen: Callable[[Facts], Facts], scene: Scene) -> tuple[dict[int, object], int]:
    """Return what differs between each world and what is left of it, and how many asks had an answer at all."""
    different: dict[int, object] = {}
    answers = 0
    papers = library(part)
    for seed in range(part, PAIRS, PARTS):
        facts = drawn(seed, papers)
        whole, rest = scene.answered(facts), scene.answered(lessen(facts))
        answers += "answer" in whole[0]
        if whole != rest:
            different[seed] = (whole, rest)
    return different, answers


@pytest.mark.parametrize("part", range(PARTS))
def test_deals_that_may_not_be_seen_change_nothing(part: int, scene: Scene) -> None:
    different, answers = differences(part, Facts.without_unseen_deals, scene)

    assert different == {}
    assert answers > 3, "the worlds must be such that something is answered"


@pytest.mark.parametrize("part", range(PARTS))
def test_papers_that_may_not_be_seen_change_nothing(part: int, scene: Scene) -> None:
    different, answers = differences(part, Facts.without_unseen_papers, scene)

    assert different == {}
    assert answers > 3, "the worlds must be such that something is answered"


def test_deals_that_may_not_be_seen_take_no_place_among_those_asked_for(world: World) -> None:
    """A manager's people own more deals than are asked for in one call; most of them are closed to the manager."""
    seen = deal("Halden Retail – Store pilot", modified_at=NOW - 100 * DAY)
    unseen = [deal(f"Unseen {n} – Halden", id=f"006U{n}") for n in range(2 * FINALISTS)]
    world.mirror.store(users=[user()], deals=[seen, *unseen])
    world.crm.allow(user().id, seen.id)

    said = answer(ask("pricing", place=Place()), world.services, now=NOW)

    assert isinstance(said, Answer)
    assert (said.deal, said.how) == (seen, "only")


def test_the_deal_of_a_place_is_found_among_very_many(world: World) -> None:
    ours = deal("Halden Retail – Store pilot", modified_at=NOW - 100 * DAY)
    newer = [deal(f"Newer {n} – Rollout", id=f"006N{n}") for n in range(2 * FINALISTS)]
    world.mirror.store(users=[user()], deals=[ours, *newer])
    world.crm.allow(user().id, ours.id, *(one.id for one in newer))
    world.ledger.write(Written(records=(ChannelLink("C1", ours.id, user().email, NOW),)), now=NOW)

    said = answer(ask("pricing", place=Place(channel="C1")), world.services, now=NOW)

    assert isinstance(said, Answer)
    assert (said.deal, said.how) == (ours, "channel")
