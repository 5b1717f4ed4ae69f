use std::str::FromStr;

use crate::{
    ApiKeyId, AssetId, GraphSubscriptionId, Id, NotificationId, OrganizationId, Role, SessionId, SiteId, Timestamp,
    UnitId, UserId, Version,
};

#[doc(hidden)]
#[derive(Debug)]
pub enum ActivityTag {}

/// Something that happened; [`Id::time`] tells when.
pub type ActivityId = Id<ActivityTag>;

/// Who does something, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Act {
    pub by: UserId,
    /// The API key that acts in their name, if it is not they themselves.
    pub key: Option<ApiKeyId>,
    pub at: Timestamp,
}

impl Act {
    /// What a person does themselves.
    pub const fn of(by: UserId, at: Timestamp) -> Self {
        Self { by, key: None, at }
    }
}

/// Something that happened to what a store keeps. It is stored together with its effect, and told afterwards.
///
/// It names things and does not show them: whoever hears of it reads what they may read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Activity {
    /// Identifies it and tells when it was.
    pub id: ActivityId,
    /// Whose feed it is part of; a person's own matter is part of none.
    pub organization: Option<OrganizationId>,
    /// Who did it; nobody when it was the server.
    pub by: Option<UserId>,
    /// The API key that did it in their name.
    pub key: Option<ApiKeyId>,
    /// To what.
    pub about: About,
    /// What happened to it.
    pub verb: Verb,
}

/// What something happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Asset {
        asset: AssetId,
        owner: UserId,
        /// It has from then on; what was deleted had it at last.
        version: Version,
        /// Where it is, or was when it was deleted.
        place: Place,
        /// Where it was before.
        left: Place,
    },
    Site {
        site: SiteId,
        version: Version,
    },
    Unit {
        unit: UnitId,
        site: SiteId,
        version: Version,
    },
    Member {
        user: UserId,
        /// From then on, or at last.
        role: Role,
    },
    Organization {
        version: Version,
    },
    Session {
        session: SessionId,
        user: UserId,
    },
    /// What Microsoft Graph told of.
    Notification {
        notification: NotificationId,
        subscription: GraphSubscriptionId,
        change: GraphChange,
    },
}

/// What Microsoft Graph tells of: something changed, or a subscription did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GraphChange {
    Created,
    Updated,
    Deleted,
    /// Graph wants to be told that its notifications are still wanted.
    Reauthorize,
    /// Graph has given the subscription up.
    Removed,
    /// Graph has lost notifications.
    Missed,
    /// Something that is not known here.
    Other,
}

/// A site and a unit, as far as there are any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Place {
    pub site: Option<SiteId>,
    pub unit: Option<UnitId>,
}

/// What happened to something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verb {
    /// It is there from then on.
    Created,
    /// It is another than before.
    Updated,
    /// It is gone.
    Deleted,
}

/// The text names nothing that can happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("no such verb")]
pub struct UnknownVerb;

impl Activity {
    /// Something that `act` does in an organization.
    pub fn new(organization: OrganizationId, act: Act, about: About, verb: Verb) -> Self {
        Self {
            id: Id::at(act.at),
            organization: Some(organization),
            by: Some(act.by),
            key: act.key,
            about,
            verb,
        }
    }

    /// Something that happens to a person's session, to be told to them alone.
    pub fn of_session(session: SessionId, user: UserId, at: Timestamp, verb: Verb) -> Self {
        Self {
            id: Id::at(at),
            organization: None,
            by: Some(user),
            key: None,
            about: About::Session { session, user },
            verb,
        }
    }

    /// Something that Microsoft Graph told of, which nobody here did.
    pub fn of_notification(organization: OrganizationId, about: About, at: Timestamp) -> Self {
        Self {
            id: Id::at(at),
            organization: Some(organization),
            by: None,
            key: None,
            about,
            verb: Verb::Created,
        }
    }

    /// What it is called where it is heard: `asset.created`.
    pub const fn name(&self) -> &'static str {
        let [created, updated, deleted] = match self.about {
            About::Asset { .. } => ["asset.created", "asset.updated", "asset.deleted"],
            About::Site { .. } => ["site.created", "site.updated", "site.deleted"],
            About::Unit { .. } => ["unit.created", "unit.updated", "unit.deleted"],
            About::Member { .. } => ["member.added", "member.updated", "member.removed"],
            About::Organization { .. } => ["organization.created", "organization.updated", "organization.deleted"],
            About::Session { .. } => ["session.started", "session.updated", "session.ended"],
            About::Notification { .. } => ["graph.notification"; 3],
        };
        match self.verb {
            Verb::Created => created,
            Verb::Updated => updated,
            Verb::Deleted => deleted,
        }
    }
}

impl GraphChange {
    const ALL: [Self; 7] = [
        Self::Created,
        Self::Updated,
        Self::Deleted,
        Self::Reauthorize,
        Self::Removed,
        Self::Missed,
        Self::Other,
    ];

    /// The name in the database and in the API; Graph's own where it has one.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
            Self::Reauthorize => "reauthorizationRequired",
            Self::Removed => "subscriptionRemoved",
            Self::Missed => "missed",
            Self::Other => "other",
        }
    }
}

impl FromStr for GraphChange {
    type Err = UnknownVerb;

    fn from_str(text: &str) -> Result<Self, UnknownVerb> {
        Self::ALL
            .into_iter()
            .find(|change| change.as_str() == text)
            .ok_or(UnknownVerb)
    }
}

impl Verb {
    /// The name in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl FromStr for Verb {
    type Err = UnknownVerb;

    fn from_str(text: &str) -> Result<Self, UnknownVerb> {
        match text {
            "created" => Ok(Self::Created),
            "updated" => Ok(Self::Updated),
            "deleted" => Ok(Self::Deleted),
            _ => Err(UnknownVerb),
        }
    }
}
