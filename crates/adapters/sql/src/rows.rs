//! What a row is in each table, and the way between rows and domain values.

mod activities;
mod api_keys;
mod assets;
mod audit;
mod cluster;
mod device;
mod graph;
mod jobs;
mod keys;
mod mailboxes;
mod messages;
mod organizations;
mod places;
mod sessions;
mod users;
mod vault;

pub use activities::ActivityRow;
pub use api_keys::ApiKeyRow;
pub use assets::AssetRow;
pub use audit::{ChainKey, ChainRow, EntryRow, chain_key, chain_of, number};
pub use cluster::InstanceRow;
pub use device::{device_id, device_number};
use diesel::QueryResult;
use diesel::result::Error as DieselError;
pub use graph::{BatchRow, CertificateRow, KnownRow, NotificationRow, SubscriptionRow};
pub use jobs::JobRow;
pub use keys::{DeviceRow, KeyChangeRow, KeyLogRow, PrekeyRow, PublicKeyRow};
pub use mailboxes::{ConversationRow, DeliveryRow, LastPlace, MailboxRow};
pub use messages::{MessageRow, NoticeDocument, PurgedRow, RetentionRow};
pub use organizations::{InvitationEntry, MembershipRow, OrganizationRow, named_member, role};
pub use places::{SiteRow, UnitRow};
pub use sessions::{RefreshTokenRow, RevocationRow, SessionRow, digest};
pub use users::UserRow;
pub use vault::{CredentialRow, SealedRow};

/// Passes on a value that was read, or says that the database holds what the domain would never have stored.
pub fn sound<T, E: std::error::Error + Send + Sync + 'static>(parsed: Result<T, E>) -> QueryResult<T> {
    parsed.map_err(|error| DieselError::DeserializationError(Box::new(error)))
}
