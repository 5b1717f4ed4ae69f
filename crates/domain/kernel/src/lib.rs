//! What every domain of Tenon shares: typed ids, time, paging, the actor who asks, and the ports that belong to no
//! single domain.
//!
//! Architecture Invariant: this crate does no I/O, knows no database, no wire format and no other domain.

mod activity;
mod actor;
mod api_key;
mod audit;
mod device;
mod error;
mod health;
mod id;
mod json;
mod limits;
mod load;
mod once;
mod page;
mod recoveries;
mod sealing;
mod text;
mod tickets;
mod timestamp;
mod version;

pub use activity::{About, Act, Activity, ActivityId, GraphChange, Place, UnknownVerb, Verb};
pub use actor::{Actor, Member, Principal, Role, UnknownRole};
pub use api_key::{KeyHolder, KeyScope, KeyScopes, UnknownScope};
pub use audit::{Action, Author, AuthorKind, Detail, Entry, EntryId, Journal, Subject, SubjectKind, UnknownAction};
pub use device::Device;
pub use error::{ChangeError, CreateError, Invalid, Unavailable};
pub use health::{Probe, ServiceState};
pub use id::{
    ApiKeyId, AssetId, CredentialId, GraphSubscriptionId, Id, InvalidId, InvitationId, JobId, NotificationId,
    OrganizationId, SessionId, SiteId, TokenId, UnitId, UserId,
};
pub use json::{nested_within, whole_characters};
pub use limits::{Quota, RateLimits, Standing};
pub use load::{Load, Pools};
pub use once::{Answered, Answers, Created, Once, OnceKey, Remembered};
pub use page::{Limit, Page, PageRequest};
pub use recoveries::Recoveries;
pub use sealing::{KeyId, Keyring, OpenError, Seal, Sealed, Slot};
pub use text::{line, paragraph};
pub use tickets::Tickets;
pub use timestamp::{Clock, Timestamp};
pub use version::{Expected, Version};
