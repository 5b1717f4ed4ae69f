//! What this domain needs of the outside. Every MUST is a contract test that runs on each adapter.

mod api_keys;
mod organizations;
mod places;
mod security;
mod sessions;
mod users;

pub use api_keys::{ApiKeys, KeyUse};
pub use organizations::{
    Acceptance, Accepted, InvitationRow, Invitations, MemberAddError, MemberChangeError, Members, Organizations,
};
pub use places::{RemoveError, Sites, UnitCreateError, Units};
pub use security::{
    AccessTokens, Attempts, HashError, InvalidToken, Passwords, RevocationFeed, Revocations, Secrets, Verification,
};
pub use sessions::{Rotated, Rotation, Sessions};
pub use users::{Opening, PasswordChange, RegisterError, Registration, Users};
