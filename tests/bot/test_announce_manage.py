"""What an author does with what was sent, what a librarian approves, and the Home tab."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from enablement import announcing
from enablement.model import Announcement
from tests.bot.announce_desk import (
    choose,
    deliver,
    kept,
    press,
    submit,
    top,
    value_of,
    words,
    write,
)
from tests.doors import DEALS, MAYA, NOVA, RAFA, Stage, until

VERA = "U0VERA"


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """Send an announcement to everybody, as Nova."""
    write(stage)
    submit(stage)
    deliver(stage)
    return stage


def running(stage: Stage) -> Announcement:
    return next(one for one in kept(stage) if one.state in ("running", "ended", "withdrawn"))


def manage(stage: Stage, *, user: str = NOVA) -> dict[str, Any]:
    """Press Manage in the list and return what opens."""
    stage.do("command", user=user, channel=DEALS, command="/announce", text="list")
    stage.click(stage.last(DEALS, user=user), "announcement.manage", user=user)
    return until(lambda: stage.views(user))[-1]


def readers_text(stage: Stage, *, user: str = RAFA) -> str:
    """Return what the message of the announcement says to a reader."""
    return "\n".join(words(one) for one in stage.bot_messages(f"D{user[1:]}", user=user))


def home(stage: Stage, *, user: str) -> str:
    before = stage.see("state", **{"as": user})["home"]
    stage.do("open_home", user=user)
    stage.drain("reply")
    drawn = until(lambda: _other(stage.see("state", **{"as": user})["home"], before))
    return words(drawn)


def _other(home: Any, before: Any) -> Any:
    return home if home and home["hash"] != (before or {}).get("hash") else None


def test_how_far_it_is_stands_above_what_can_be_done(sent: Stage) -> None:
    said = words(manage(sent))

    assert "running" in said
    assert "delivered to 3 of 3" in said


def test_a_changed_text_changes_the_messages_that_were_sent(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.edit_what")
    assert submit(sent, title="Newer deck", text="It was wrong.") == {}
    deliver(sent)

    assert "Newer deck" in readers_text(sent)
    assert "Edited since it was first sent." in readers_text(sent)
    one = running(sent)
    assert (one.revision, one.counts_from) == (2, 1)


def test_who_confirmed_is_asked_again_only_if_the_author_says_so(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.edit_what")

    submit(sent, text="It was wrong.", ask_again="yes")

    one = running(sent)
    assert (one.revision, one.counts_from) == (2, 2)


def test_another_language_can_be_chosen_while_changing(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.edit_what")

    choose(sent, "language", "fr")
    submit(sent, title="Nouveau", text="Il est là.")

    assert [wording.language for wording in running(sent).wordings] == ["en", "fr"]


def test_a_change_of_somebody_else_meanwhile_is_not_overwritten(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.edit_what")
    announcing.pin(running(sent).id, NOVA, sent.services, now=sent.clock(), pinned=True)

    errors = submit(sent, title="Newer deck")

    assert list(errors.values()) == ["Somebody changed this meanwhile. Open it again."]
    assert running(sent).wordings[0].title == "New deck"


def test_who_leaves_the_audience_is_told_no_more(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.edit_who")

    submit(sent, everyone=[], people=[RAFA])

    assert running(sent).aim.people == (RAFA,)
    assert running(sent).aim.everyone is False


def test_an_audience_that_grows_beyond_a_threshold_is_confirmed(sent: Stage) -> None:
    object.__setattr__(sent.services, "confirm_beyond", 1)
    manage(sent)
    press(sent, "announcement.edit_who")

    submit(sent, everyone=[], people=[RAFA, MAYA])
    assert "It goes to 2 people then." in words(top(sent))
    assert running(sent).aim.everyone
    submit(sent)

    assert sorted(running(sent).aim.people) == [MAYA, RAFA]


def test_withdrawn_messages_say_only_that(sent: Stage) -> None:
    manage(sent)

    said = press(sent, "announcement.withdraw")
    deliver(sent)

    assert "Withdrawn: the messages that were sent are being changed." in words(said)
    assert "It is here." not in readers_text(sent)
    assert "This was withdrawn" in readers_text(sent)


def test_stopped_it_has_ended_and_can_go_on_later(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.stop")
    assert running(sent).state == "ended"

    press(sent, "announcement.extend")
    day = (sent.clock() + timedelta(days=30)).date().isoformat()
    assert submit(sent, ends_at=day) == {}

    assert running(sent).state == "running"
    assert running(sent).ends_at.date().isoformat() == day


def test_an_earlier_end_is_refused_as_an_extension(sent: Stage) -> None:
    manage(sent)
    press(sent, "announcement.extend")

    errors = submit(sent, ends_at=(sent.clock() + timedelta(days=2)).date().isoformat())

    assert errors == {"ends_at": "Choose an end that is later than before."}


def test_a_copy_is_a_new_draft_in_the_form(sent: Stage) -> None:
    manage(sent)

    begun = press(sent, "announcement.duplicate")

    assert value_of(begun, "title") == "New deck"
    assert sorted(one.state for one in kept(sent)) == ["draft", "running"]


def test_a_pinned_one_stays_on_the_home_tab_after_it_is_confirmed(sent: Stage) -> None:
    assert "To confirm" in home(sent, user=RAFA)
    assert "It is here." in home(sent, user=RAFA)
    manage(sent)
    press(sent, "announcement.pin")
    receipt = announcing.receipt_id(running(sent).id, RAFA)
    announcing.acknowledge(receipt, RAFA, sent.services, now=sent.clock())

    shown = home(sent, user=RAFA)

    assert "To confirm" not in shown
    assert "It is here." in shown.partition("Pinned")[2]


def test_what_is_not_pinned_leaves_the_home_tab_once_confirmed(sent: Stage) -> None:
    receipt = announcing.receipt_id(running(sent).id, RAFA)
    announcing.acknowledge(receipt, RAFA, sent.services, now=sent.clock())

    assert "It is here." not in home(sent, user=RAFA)


def test_the_home_tab_offers_to_announce_only_to_those_who_may(sent: Stage) -> None:
    assert "What you sent" in home(sent, user=NOVA)
    assert "What you sent" not in home(sent, user=MAYA)


def test_a_guest_sees_nothing_on_the_home_tab(sent: Stage) -> None:
    assert home(sent, user="U0GUEST") == "Touchline answers members of this workspace only."


def test_somebody_elses_announcement_is_not_managed(sent: Stage) -> None:
    view = manage(sent)
    one = running(sent)
    sent.services.announcements.save(
        replace(one, author_slack_id=RAFA, version=one.version + 1), was=one.version
    )
    object.__setattr__(sent.services, "librarians", ())

    said = press(sent, "announcement.withdraw")

    assert view["hash"] != said["hash"]
    assert "Only its author and librarians may change this." in words(said)
    assert running(sent).state == "running"


@pytest.fixture
def managed(stage: Stage) -> Stage:
    """Let Vera be there, above Maya and Rafa, who needs approval."""
    source = stage.see("workspace")
    source["users"].append(
        {"id": VERA, "name": "vera", "real_name": "Vera Moss", "email": "vera@harbourline.test"}
    )
    stage.do("workspace", **source)
    object.__setattr__(stage.services, "announce_approval", "managers")
    announcing.read_colleagues(stage.services, now=stage.clock())
    return stage


def ask_for_approval(stage: Stage) -> dict[str, Any]:
    """Send, as Vera, to Rafa; return what the librarian is asked."""
    stage.do("open_dm", user=VERA)
    stage.do("command", user=VERA, channel="D0VERA", command="/announce")
    until(lambda: stage.views(VERA))
    submit(stage, user=VERA, title="New deck", text="It is here.")
    assert submit(stage, user=VERA, people=[RAFA], at_once=["yes"]) == {}
    assert top(stage, user=VERA)["submit"]["text"] == "Send for approval"
    submit(stage, user=VERA)
    deliver(stage)
    return stage.last("D0NOVA", user=NOVA)


def test_a_managers_audience_is_their_own_team(managed: Stage) -> None:
    managed.do("open_dm", user=VERA)
    managed.do("command", user=VERA, channel="D0VERA", command="/announce")
    until(lambda: managed.views(VERA))
    submit(managed, user=VERA, title="New deck", text="It is here.")

    errors = submit(managed, user=VERA, people=[RAFA, NOVA])

    assert errors["people"].startswith("You may announce to your own team.")
    assert "Everybody in the workspace" not in words(top(managed, user=VERA))


def test_what_a_librarian_approves_is_sent(managed: Stage) -> None:
    asked = ask_for_approval(managed)
    assert "New deck" not in readers_text(managed)

    managed.click(asked, "announcement.approve", user=NOVA, channel="D0NOVA")
    deliver(managed)

    assert "It is here." in readers_text(managed)
    until(lambda: "You approved it" in managed.text(managed.last("D0NOVA", user=NOVA)))


def test_what_is_declined_is_a_draft_again_and_its_author_hears_why(managed: Stage) -> None:
    asked = ask_for_approval(managed)

    managed.click(asked, "announcement.decline", user=NOVA, channel="D0NOVA")
    until(lambda: managed.views(NOVA))
    submit(managed, why="Please name the <price>.")
    deliver(managed)

    assert [one.state for one in kept(managed)] == ["draft"]
    heard = managed.last("D0VERA", user=VERA)
    assert "was not approved" in managed.text(heard)
    assert "They wrote: Please name the &lt;price&gt;." in str(heard["blocks"])
    [told] = until(lambda: settled(managed, asked))
    assert "Its author hears why" in managed.text(told)
    assert "It is here." not in readers_text(managed)


def test_an_earlier_message_approves_nothing_that_its_reader_has_not_seen(managed: Stage) -> None:
    asked = ask_for_approval(managed)
    [waiting] = kept(managed)
    kept_again = announcing.keep(waiting, managed.services, now=managed.clock())
    announcing.send(kept_again, VERA, managed.services, now=managed.clock())

    managed.click(asked, "announcement.approve", user=NOVA, channel="D0NOVA")

    [told] = until(lambda: settled(managed, asked))
    assert "This does not wait for approval any more." in managed.text(told)
    assert [one.state for one in kept(managed)] == ["in_review"]


def settled(stage: Stage, asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what stands in place of a request for approval, once it has no buttons any more."""
    there = [one for one in stage.bot_messages("D0NOVA", user=NOVA) if one["ts"] == asked["ts"]]
    return [one for one in there if all(block["type"] != "actions" for block in one["blocks"])]


def test_nobody_but_a_librarian_approves(managed: Stage) -> None:
    asked = ask_for_approval(managed)
    object.__setattr__(managed.services, "librarians", ())

    managed.click(asked, "announcement.approve", user=NOVA, channel="D0NOVA")
    deliver(managed)

    assert [one.state for one in kept(managed)] == ["in_review"]
