"""What those who look after content see: effects, gaps, what nobody uses, what is used though its time is over."""

from enablement.coverage.matrix import (
    DIMENSIONS as DIMENSIONS,
    Cell as Cell,
    Coverage as Coverage,
    Dimension as Dimension,
    coverage as coverage,
)
from enablement.coverage.unmet import unmet_words as unmet_words
from enablement.coverage.unused import (
    UNUSED_DAYS as UNUSED_DAYS,
    Dead as Dead,
    Outlived as Outlived,
    dead as dead,
    outlived as outlived,
)
from enablement.coverage.views import (
    PICTURE as PICTURE,
    VIEW as VIEW,
    Gap as Gap,
    Gaps as Gaps,
    Overview as Overview,
    Pages as Pages,
    StillInUse as StillInUse,
    StillUsed as StillUsed,
    Unused as Unused,
    View as View,
    Wish as Wish,
    learned as learned,
    telling as telling,
    view as view,
    view_of as view_of,
    wish as wish,
)
