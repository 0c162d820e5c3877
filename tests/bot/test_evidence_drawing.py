"""What librarians see of evidence is taken by Slack whatever stands in titles and names, and calls nobody."""

from hypothesis import given, settings, strategies as st

from bot.evidence_blocks import drawn
from enablement.language import speaking
from enablement.model import LANGUAGES
from sandbox.slack.blocks import check_message_blocks
from tests.bot.evidence_views import views
from tests.bot.test_announce_drawing import called
from tests.bot.test_results_drawing import any_text

seeded = settings(derandomize=True, deadline=None, max_examples=12)


@seeded
@given(any_text, st.sampled_from(LANGUAGES), st.sampled_from([1, 40]))
def test_any_text_in_any_language_is_within_slacks_limits(text: str, language: str, count: int) -> None:
    with speaking(language):
        made = [drawn(one) for one in views(text, count=count)]

    for blocks, said in made:
        rows = [block.to_dict() for block in blocks]
        assert check_message_blocks(rows) == []
        assert called(rows) == []
        assert 0 < len(said) <= 300
