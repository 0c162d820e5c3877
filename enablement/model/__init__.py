"""The nouns of the product: plain, frozen values."""

from enablement.model.announcing import (
    Aim as Aim,
    Announcement as Announcement,
    AnnouncementState as AnnouncementState,
    DealFilter as DealFilter,
    ProgressMessage as ProgressMessage,
    QuizAnswer as QuizAnswer,
    QuizQuestion as QuizQuestion,
    Receipt as Receipt,
    Wording as Wording,
)
from enablement.model.asking import (
    Answered as Answered,
    Ask as Ask,
    Basis as Basis,
    ChannelLink as ChannelLink,
    Feedback as Feedback,
    FeedbackReason as FeedbackReason,
    FeedbackVerdict as FeedbackVerdict,
    How as How,
    Place as Place,
    Reason as Reason,
    Recommended as Recommended,
    Refinement as Refinement,
    Suggestion as Suggestion,
    Surface as Surface,
    unasked as unasked,
)
from enablement.model.common import (
    LANES as LANES,
    LANGUAGES as LANGUAGES,
    Audience as Audience,
    Lane as Lane,
    key as key,
)
from enablement.model.deals import (
    Contact as Contact,
    Copy as Copy,
    CopyKind as CopyKind,
    Deal as Deal,
    DealChange as DealChange,
    DealSummary as DealSummary,
    QualityPart as QualityPart,
    Stage as Stage,
    StageHop as StageHop,
    Withdrawal as Withdrawal,
)
from enablement.model.evidence import (
    Effect as Effect,
    EffectOn as EffectOn,
    Habit as Habit,
    Interval as Interval,
    Lot as Lot,
    Plain as Plain,
    Run as Run,
    RunCheck as RunCheck,
    RunState as RunState,
    Verdict as Verdict,
)
from enablement.model.forgetting import (
    FORGOTTEN as FORGOTTEN,
    Forgotten as Forgotten,
    Handled as Handled,
    Identity as Identity,
    Left as Left,
)
from enablement.model.health import (
    DeadLetters as DeadLetters,
    Incident as Incident,
    IntegrationDay as IntegrationDay,
    Signal as Signal,
    Waiting as Waiting,
)
from enablement.model.home import (
    HomeState as HomeState,
    HomeTab as HomeTab,
    LibraryFigures as LibraryFigures,
    Seen as Seen,
    SeenDeal as SeenDeal,
)
from enablement.model.library import (
    Asset as Asset,
    Change as Change,
    Collection as Collection,
    Decision as Decision,
    DecisionKind as DecisionKind,
    Edition as Edition,
    Facets as Facets,
    Fetched as Fetched,
    Notice as Notice,
    NoticeKind as NoticeKind,
    Page as Page,
    Preview as Preview,
    Status as Status,
    Upload as Upload,
    Vectors as Vectors,
    Version as Version,
    Vocabulary as Vocabulary,
)
from enablement.model.links import LinkSource as LinkSource, PostedLinks as PostedLinks
from enablement.model.nudging import (
    Nudge as Nudge,
    NudgeMeasure as NudgeMeasure,
    NudgeState as NudgeState,
    Stood as Stood,
)
from enablement.model.people import (
    ROLES as ROLES,
    Audit as Audit,
    CrmRole as CrmRole,
    CrmUser as CrmUser,
    PersonLink as PersonLink,
    Profile as Profile,
    Role as Role,
    RoleRule as RoleRule,
    Standing as Standing,
)
from enablement.model.preferences import (
    NUDGE_KINDS as NUDGE_KINDS,
    NudgeKind as NudgeKind,
    Preferences as Preferences,
)
from enablement.model.requests import (
    Asker as Asker,
    ContentRequest as ContentRequest,
    RequestState as RequestState,
    SavedAsset as SavedAsset,
    SigningKey as SigningKey,
)
from enablement.model.sharing import (
    Opening as Opening,
    Share as Share,
    Touch as Touch,
    TouchKind as TouchKind,
)
from enablement.model.work import (
    Claimed as Claimed,
    Letter as Letter,
    LetterState as LetterState,
    Task as Task,
)
from enablement.model.written import Event as Event, Record as Record, Written as Written
