"""What a person may not see changes nothing in what they are told: it is the same as if it were not there."""

import json
import random
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.blocks import reply as draw
from enablement.access import CachedAccess
from enablement.adapters.sql.database import Database
from enablement.answering import Answer, Reply, answer, as_json, link_channel, pick
from enablement.asked_deals import FINALISTS
from enablement.following import suggest
from enablement.model import (
    Ask,
    Asset,
    ChannelLink,
    CrmRole,
    CrmUser,
    Deal,
    Effect,
    Facets,
    Feedback,
    Habit,
    Interval,
    Place,
    Profile,
    Refinement,
    Standing,
    Written,
)
from enablement.ports import Services
from tests.builders import NOW, ask, asset, deal, publish, user
from tests.fakes import FakeLessons, World

# Each world is compared with what is left of it in two ways, ask by ask.
PARTS, WORLDS, ASKS, WAYS = 10, 20, 5, 2
PAIRS = PARTS * WORLDS * ASKS * WAYS
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
    '"security questionnaire" korvane',
    "pricng for nordfield",
    "norfield",
    "",
    "",
    "renewal",
    "zebra",
    "Hi, thanks! We would like to see pricing, security and the roadmap. Is there a discount on food?",
)
NOTHING = Refinement()
# What follow-ups ask for besides.
WISHES = [
    Refinement(language="fr"),
    Refinement(persona="CFO"),
    Refinement(format="battlecards"),
    Refinement(most_pages=1),
]
COMPETITORS = ("Dockwright", "Korvane")
WRITTEN = ("answers", "asks", "suggestions", "channel_links", "outbox")
ALL = (*WRITTEN, "feedback", "recommended", "profiles", "deal_team", "deals", "crm_users", "crm_roles")


# What was learned is learned from all, for all: of every second paper an effect, of every third a habit.
LEARNED = FakeLessons(
    "run",
    (
        Effect(f"Paper {n}", "winning", "", Interval(n / 200, 0.0, n / 100), "helps", 40, n / 40, 0.1)
        for n in range(0, 16, 2)
    ),
    {f"Paper {n}": Habit(1 / (1 + n), 30 - n, 60, "") for n in range(0, 16, 3)},
)


Papers = tuple[tuple[Asset, tuple[str, ...]], ...]
Respond = Callable[..., Reply]


@dataclass(frozen=True)
class Facts:
    """All that there is, who may read which deal, and what one of the people asks, one thing after the other."""

    users: tuple[CrmUser, ...]
    deals: tuple[Deal, ...]
    readers: frozenset[tuple[str, str]]
    links: tuple[ChannelLink, ...]
    dismissed: tuple[Feedback, ...]
    asker: Profile
    asks: tuple[tuple[Respond, Ask], ...]
    are_kept: bool
    is_down: bool

    def unseen(self) -> list[str]:
        """Return the deals that the asker may not read."""
        known = next((one.id for one in self.users if one.email == self.asker.email), "")
        return [one.id for one in self.deals if (known, one.id) not in self.readers]


def seen_papers(papers: Papers, *, outside: bool) -> Papers:
    """Return papers without what is not valid today and, where outsiders read along, what is internal."""
    return tuple(
        (one, texts)
        for one, texts in papers
        if not (outside and one.audience == "internal")
        and one.status == "published"
        and not (one.released and one.released > NOW.date())
        and not (one.expires and one.expires < NOW.date())
    )


def library(seed: int) -> Papers:
    """Return papers by chance: for customers or not, of today, of yesterday, of tomorrow."""
    chance = random.Random(seed)
    return tuple(
        (
            asset(
                f"Paper {n}",
                audience=chance.choice(["customer", "internal"]),
                status=chance.choice(["published"] * 6 + ["archived"]),
                released=chance.choice([None, None, NOW.date(), NOW.date() + DAY]),
                expires=chance.choice([None, None, NOW.date(), NOW.date() - DAY]),
                facets=Facets(competitors=tuple(chance.sample(COMPETITORS, chance.randrange(3)))),
                updated_at=NOW - chance.randrange(900) * DAY,
            ),
            tuple(
                " ".join(chance.choices(WORDS, k=chance.randrange(1, 30)))
                for _ in range(chance.randrange(1, 4))
            ),
        )
        for n in range(16)
    )


def drawn(seed: int) -> Facts:
    """Return a world by chance: people in a hierarchy, deals that some may read, what one of the people asks."""
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
    email = chance.choice([*(one.email for one in people for _ in range(6)), "nobody@stowmark.example"])
    standing: Standing = "guest" if chance.random() < 0.03 else "member"
    return Facts(
        users=people,
        deals=deals,
        readers=frozenset((one.id, each.id) for one in people for each in deals if chance.random() < 0.6),
        links=tuple(
            ChannelLink(channel, chance.choice(deals).id, people[0].email, NOW)
            for channel in ("C-OURS", SHARED)
        ),
        dismissed=tuple(
            Feedback(
                f"f{n}",
                "s",
                chance.choice(deals).id,
                f"Paper {chance.randrange(16)}",
                email,
                "not_useful",
                NOW,
            )
            for n in range(chance.randrange(3))
        ),
        asker=Profile("U1", email, "", "", "", standing, NOW),
        asks=tuple(_asking(n, deals, chance) for n in range(ASKS)),
        are_kept=chance.random() < 0.5,
        is_down=chance.random() < 0.03,
    )


def _asking(n: int, deals: Sequence[Deal], chance: random.Random) -> tuple[Respond, Ask]:
    respond: Respond = chance.choice([answer] * 8 + [link_channel, pick])
    return respond, ask(
        chance.choice(QUESTIONS),
        id=f"ask {n}",
        slack_id="U1",
        email="",
        place=Place(channel=chance.choice(["", "C-OURS", SHARED]), thread=chance.choice(["", "1.1"])),
        deal_id=chance.choice([None, None, None, chance.choice(deals).id]),
        refined=chance.choice([NOTHING] * 20 + WISHES),
    )


class Scene:
    """Builds one world after the other over one library and what is left of it inside and among outsiders."""

    def __init__(self, papers: Papers, empty: Path, folder: Path) -> None:
        self._empty = empty
        self._folder = folder
        self._world = self._built(())
        self._whole = self._built(papers)
        self._seen = {outside: self._built(seen_papers(papers, outside=outside)) for outside in (False, True)}

    def build(self, facts: Facts) -> None:
        world = self._world
        self._forget(*ALL)
        world.messenger.profiles = {"U1": facts.asker}
        world.messenger.shared_outside = {SHARED}
        world.crm.readers, world.crm.is_down = set(facts.readers), facts.is_down
        world.mirror.store(users=facts.users, roles=ROLES, deals=facts.deals)
        world.ledger.write(Written(records=facts.dismissed), now=NOW, lazily=True)
        if facts.are_kept:
            suggest([one.id for one in facts.deals], self._services(self._whole), now=NOW)

    def said(self, facts: Facts, *, lessened: bool = False) -> list[object]:
        """Return all that is said to the asker; `lessened`: in a library without what they may not see."""
        self._forget(*WRITTEN)
        self._world.ledger.write(Written(records=facts.links), now=NOW, lazily=True)
        shelves = self._seen if lessened else dict.fromkeys((False, True), self._whole)
        services = {outside: self._services(shelf) for outside, shelf in shelves.items()}
        return [
            _told(respond(one, services[one.place.channel == SHARED], now=NOW)) for respond, one in facts.asks
        ]

    def lose(self, deal_ids: Sequence[str]) -> None:
        self._world.mirror.forget(deal_ids)

    def close(self) -> None:
        for world in (self._world, self._whole, *self._seen.values()):
            world.database.close()

    def _services(self, shelf: World) -> Services:
        access = CachedAccess(self._world.crm.readable, self._world.clock)
        return replace(
            self._world.services, catalog=shelf.catalog, index=shelf.index, access=access, lessons=LEARNED
        )

    def _forget(self, *names: str) -> None:
        with self._world.database.writing(lazily=True) as connection:
            for name in names:
                connection.exec_driver_sql(f"DELETE FROM {name}")  # noqa: S608 - names of above

    def _built(self, papers: Papers) -> World:
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        shutil.copy(self._empty, folder / "touchline.db")
        shelf = World(Database(f"sqlite:///{folder / 'touchline.db'}"), folder / "index")
        for one, texts in papers:
            publish(shelf.catalog, one, *texts)
        shelf.index.follow()
        return shelf


def _told(reply: Reply) -> tuple[object, ...]:
    """Return what is said, as the command line prints it and as Slack gets it, without what is minted by chance."""
    blocks, text = draw(reply, public_url="http://touchline.example", now=NOW)
    shown = json.dumps([one.to_dict() for one in blocks], ensure_ascii=False)
    return as_json(reply), text, re.sub(r"/o/[A-Za-z0-9_-]+", "", shown)


@pytest.fixture
def scene(request: pytest.FixtureRequest, migrated_sqlite: Path, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(library(request.param), migrated_sqlite, tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(("scene", "part"), [(part, part) for part in range(PARTS)], indirect=["scene"])
def test_what_may_not_be_seen_changes_nothing_that_is_said(part: int, scene: Scene) -> None:
    """Papers go first, then deals; each answer, picker, refusal and error stays the same to the byte."""
    different: dict[tuple[int, str], object] = {}
    answers = compared = 0
    for seed in range(part, PARTS * WORLDS, PARTS):
        facts = drawn(seed)
        scene.build(facts)
        whole = scene.said(facts)
        without_papers = scene.said(facts, lessened=True)
        scene.lose(facts.unseen())
        without_deals = scene.said(facts)
        answers += sum("'answer'" in str(one) for one in whole)
        compared += len(without_papers) + len(without_deals)
        for way, rest in (("papers", without_papers), ("deals", without_deals)):
            if whole != rest:
                different[seed, way] = (whole, rest)

    assert different == {}
    assert compared == PAIRS / PARTS
    assert answers > 20, "the worlds must be such that something is answered"


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
