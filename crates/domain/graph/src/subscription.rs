use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use tenon_kernel::{
    CredentialId, GraphSubscriptionId, Id, Invalid, OrganizationId, Timestamp, Unavailable, Version, line,
};

use crate::{RemoteId, Task};

/// An organization's subscription to changes of a resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub id: GraphSubscriptionId,
    pub organization: OrganizationId,
    /// The app that it was made as.
    pub credential: CredentialId,
    pub resource: Resource,
    pub changes: ChangeTypes,
    /// Whether notifications bring the resource with them, encrypted.
    pub is_rich: bool,
    pub state: SubscriptionState,
    /// Graph's id, once it has given one.
    pub remote: Option<RemoteId>,
    /// The certificate that Graph encrypts for.
    pub certificate: Option<String>,
    /// When it ends unless it is renewed.
    pub expires_at: Option<Timestamp>,
    /// When it is to be renewed.
    pub renew_at: Option<Timestamp>,
    /// When Graph last created or renewed it.
    pub confirmed_at: Option<Timestamp>,
    /// What last went wrong at Graph.
    pub problem: Option<String>,
    /// Since when changes may have been missed that a delta query brings.
    pub delta_since: Option<Timestamp>,
    /// Since when changes were missed, so that everything is to be read anew.
    pub resync_since: Option<Timestamp>,
    /// Of its client state; nothing before it was first created at Graph.
    pub client_state: Option<ClientStateDigest>,
    pub version: Version,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A subscription that somebody wants.
#[derive(Debug, Clone)]
pub struct NewSubscription {
    pub credential: CredentialId,
    pub resource: Resource,
    pub changes: ChangeTypes,
    pub is_rich: bool,
}

/// How a subscription does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubscriptionState {
    /// Not at Graph yet.
    Creating,
    Active,
    /// To be deleted at Graph.
    Deleting,
}

/// A path such as `users/{id}/messages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource(String);

/// What is told of: one or more of created, updated and deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangeTypes {
    pub created: bool,
    pub updated: bool,
    pub deleted: bool,
}

/// SHA-256 of a client state. A client state is 128 random bits, so that this is as good as the state for comparing, and worth nothing to a thief.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientStateDigest(pub [u8; 32]);

/// Draws client states.
pub trait ClientStates: Send + Sync {
    /// 128 random bits as 32 hexadecimal digits.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] without randomness.
    fn draw(&self) -> Result<SecretString, Unavailable>;
}

impl Subscription {
    /// What is to be done at Graph so that it lasts, or goes if that is wanted.
    pub const fn task(&self) -> Task {
        match self.state {
            SubscriptionState::Creating => Task::Create(self.organization, self.id),
            SubscriptionState::Active => Task::Renew(self.organization, self.id),
            SubscriptionState::Deleting => Task::Delete(self.organization, self.id),
        }
    }

    /// Since when changes may have been missed, when it is found at `now` that Graph has lost it: since Graph was last known to have it. When
    /// it was lost after that nobody can tell.
    pub fn missed_since(&self, now: Timestamp) -> Timestamp {
        let confirmed = self.confirmed_at.unwrap_or(self.created_at);
        let ended = self.expires_at.unwrap_or(now);
        self.delta_since.unwrap_or(confirmed).min(ended).min(now)
    }

    /// One that Graph is yet to be asked for.
    pub fn new(organization: OrganizationId, wanted: NewSubscription, now: Timestamp) -> Self {
        Self {
            id: Id::at(now),
            organization,
            credential: wanted.credential,
            resource: wanted.resource,
            changes: wanted.changes,
            is_rich: wanted.is_rich,
            state: SubscriptionState::Creating,
            remote: None,
            certificate: None,
            expires_at: None,
            renew_at: None,
            confirmed_at: None,
            problem: None,
            delta_since: None,
            resync_since: None,
            client_state: None,
            version: Version::FIRST,
            created_at: now,
            updated_at: now,
        }
    }
}

impl ClientStateDigest {
    /// SHA-256 of it.
    pub fn of(client_state: &str) -> Self {
        Self(Sha256::digest(client_state).into())
    }

    pub(crate) fn of_secret(client_state: &SecretString) -> Self {
        Self::of(client_state.expose_secret())
    }

    /// Compares in constant time.
    pub fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Resource {
    /// Reads a path of Graph, such as `users/{id}/messages`.
    ///
    /// # Errors
    ///
    /// `required`, `too_long` (1,000), `invalid_characters`, `invalid_resource` when it is a URL or begins with a slash.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = line(text, 1000)?;
        if text.starts_with('/') || text.contains("://") || text.contains(char::is_whitespace) {
            let message = "Must be a path of Graph without a slash in front: users/{id}/messages.";
            return Err(Invalid::new("invalid_resource", message));
        }
        Ok(Self(text))
    }

    /// The path.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl ChangeTypes {
    /// Reads `created,updated,deleted`.
    ///
    /// # Errors
    ///
    /// `invalid_change_type`, `required` when there is none.
    pub fn parse<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Self, Invalid> {
        let mut types = Self {
            created: false,
            updated: false,
            deleted: false,
        };
        for name in names {
            match name {
                "created" => types.created = true,
                "updated" => types.updated = true,
                "deleted" => types.deleted = true,
                _ => {
                    return Err(Invalid::new(
                        "invalid_change_type",
                        "Must be created, updated or deleted.",
                    ));
                }
            }
        }
        if !(types.created || types.updated || types.deleted) {
            return Err(Invalid::new("required", "Must name at least one."));
        }
        Ok(types)
    }

    /// The names, in this order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let all = [
            (self.created, "created"),
            (self.updated, "updated"),
            (self.deleted, "deleted"),
        ];
        all.into_iter()
            .filter_map(|(is_wanted, name)| is_wanted.then_some(name))
    }

    /// The names with commas between them, as Graph writes them.
    pub fn joined(self) -> String {
        self.names().collect::<Vec<_>>().join(",")
    }
}

impl SubscriptionState {
    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Creating => "creating",
            Self::Active => "active",
            Self::Deleting => "deleting",
        }
    }

    /// Reads what [`SubscriptionState::as_str`] says.
    ///
    /// # Errors
    ///
    /// `unknown_state`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "creating" => Ok(Self::Creating),
            "active" => Ok(Self::Active),
            "deleting" => Ok(Self::Deleting),
            _ => Err(Invalid::new("unknown_state", "No such state.")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_may_have_been_missed_since_graph_was_last_known_to_have_the_subscription() {
        let at = Timestamp::from_micros;
        let wanted = NewSubscription {
            credential: Id::at(at(0)),
            resource: Resource::parse("users").unwrap(),
            changes: ChangeTypes::parse(["created"]).unwrap(),
            is_rich: false,
        };
        let mut lost = Subscription::new(Id::at(at(0)), wanted, at(10));
        lost.expires_at = Some(at(50));
        assert_eq!(lost.missed_since(at(40)), at(10));
        lost.confirmed_at = Some(at(30));
        assert_eq!(lost.missed_since(at(40)), at(30));
        assert_eq!(lost.missed_since(at(60)), at(30));
        assert_eq!(lost.missed_since(at(20)), at(20));
        lost.expires_at = Some(at(25));
        assert_eq!(lost.missed_since(at(40)), at(25));
        // What was missed before was not read yet.
        lost.delta_since = Some(at(12));
        assert_eq!(lost.missed_since(at(40)), at(12));
    }

    #[test]
    fn a_resource_is_a_path_of_graph() {
        assert_eq!(
            Resource::parse(" users/1/messages ").unwrap().as_str(),
            "users/1/messages"
        );
        for text in [
            "",
            "/users",
            "https://graph.microsoft.com/users",
            "users/a b",
            "users/\nme",
        ] {
            assert!(Resource::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn change_types_have_one_order() {
        let types = ChangeTypes::parse(["deleted", "created", "deleted"]).unwrap();
        assert_eq!(types.joined(), "created,deleted");
        assert!(ChangeTypes::parse([]).is_err() && ChangeTypes::parse(["Created"]).is_err());
    }
}
