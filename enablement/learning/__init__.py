"""Learning from deals and the use of content in them: what was, as a study, and a round of learning from it."""

from enablement.learning.history import study_of as study_of
from enablement.learning.packed import digest as digest, packed as packed, unpacked as unpacked
from enablement.learning.rounds import (
    LEARNING as LEARNING,
    LEAST_DEALS as LEAST_DEALS,
    Learn as Learn,
    estimates as estimates,
    learn_round as learn_round,
)
