//! Accounts and tenancy: who people are, how they sign in, which organizations they belong to, and what those
//! organizations are made of.
//!
//! [`Accounts`] is the service for people and their sessions, [`Tenancy`] for organizations, members and invitations,
//! [`Places`] for sites and units, [`ApiAccess`] for the keys of an organization's own servers.

mod accounts;
mod api_access;
mod api_key;
mod backoff;
mod email;
mod invitation;
mod organization;
mod password;
mod place;
mod places;
mod ports;
mod revocation;
mod session;
mod tenancy;
mod token;
mod user;

pub use accounts::{
    Access, Accounts, AccountsConfig, AccountsPorts, AuthenticationError, ChangePasswordError, LoginError,
    OperatorAccess, Profile, RefreshError, RegisterAccountError, Registering, ResetPasswordError, SessionError,
    SignedIn, SwitchError, TokenStanding,
};
pub use api_access::{ApiAccess, ApiAccessPorts, ApiKeyError, KeyRefusal, KnownKeys};
pub use api_key::{ApiKey, ApiKeyDraft, ApiKeyName, ApiKeyToken, IssuedKey, KeyPrefix};
pub use backoff::backoff;
pub use email::Email;
pub use invitation::{Invitation, Invited};
pub use organization::{Membership, NamedMember, Organization, OrganizationName};
pub use password::{Password, PasswordAttempt, PasswordHash};
pub use place::{PlaceName, Site, Unit, UnitDraft};
pub use places::{PlaceError, Places};
pub use ports::*;
pub use revocation::{Revocation, RevokedTokens, Subject};
pub use session::{Session, SessionName};
pub use tenancy::{AcceptError, AdministrationError, Denied, MemberError, OrganizationError, Tenancy, TenancyPorts};
pub use tenon_kernel::Device;
pub use token::{AccessToken, Claims, Identity, Lifetimes, OpaqueToken, Salt, TokenDigest};
pub use user::{Account, DisplayName, User};
