"""What the product needs of the world, said as protocols; `Services` is the bundle of them."""

from enablement.ports.announcing import Announcements as Announcements
from enablement.ports.common import (
    AccessUnknown as AccessUnknown,
    CannotFetch as CannotFetch,
    Clock as Clock,
    ShutOut as ShutOut,
    TryLater as TryLater,
    Undeliverable as Undeliverable,
)
from enablement.ports.deals import (
    Access as Access,
    Copies as Copies,
    Mirror as Mirror,
    People as People,
    Shortlists as Shortlists,
    WorkAfter as WorkAfter,
)
from enablement.ports.evidence import (
    HABITS as HABITS,
    Evidence as Evidence,
    History as History,
    Learner as Learner,
    LearnerSays as LearnerSays,
    Lessons as Lessons,
    NoSuchRun as NoSuchRun,
    Use as Use,
)
from enablement.ports.forgetting import Forgetting as Forgetting
from enablement.ports.home import HomeMoved as HomeMoved, Homes as Homes, Turning as Turning
from enablement.ports.ledger import Journal as Journal, Ledger as Ledger, Outbox as Outbox, Work as Work
from enablement.ports.library import (
    AssetFilter as AssetFilter,
    Catalog as Catalog,
    Embedder as Embedder,
    Found as Found,
    Index as Index,
    IndexQuery as IndexQuery,
    PageHit as PageHit,
    Questions as Questions,
    VectorStore as VectorStore,
)
from enablement.ports.nudging import Moving as Moving, Nudges as Nudges
from enablement.ports.outside import (
    CopyCheck as CopyCheck,
    Crm as Crm,
    CrmFile as CrmFile,
    CrmFiles as CrmFiles,
    DealCheck as DealCheck,
    HeldFile as HeldFile,
    Messenger as Messenger,
    Progress as Progress,
    TouchCheck as TouchCheck,
)
from enablement.ports.preferences import Choosing as Choosing, PreferenceStore as PreferenceStore
from enablement.ports.requests import (
    Requests as Requests,
    SavedAssets as SavedAssets,
    SigningKeys as SigningKeys,
)
from enablement.ports.services import Services as Services
