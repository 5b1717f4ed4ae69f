use std::str::FromStr;

use tenon_kernel::{GraphChange, GraphSubscriptionId, Invalid, NotificationId, OrganizationId, Timestamp};

use crate::BatchId;

/// What Graph told of, or somebody who posed as Graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    pub id: NotificationId,
    /// In which batch, and where in it, from 0.
    pub batch: BatchId,
    pub position: u32,
    /// Whose it is; nobody's, when the subscription is not known.
    pub organization: Option<OrganizationId>,
    pub subscription: Option<GraphSubscriptionId>,
    pub state: State,
    pub change: GraphChange,
    /// Graph's path of what changed, at most 1,000 characters.
    pub resource: String,
    /// Whether the resource came with it, encrypted.
    pub is_rich: bool,
    pub received_at: Timestamp,
    /// When it came to its state.
    pub settled_at: Timestamp,
}

/// What became of a notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was told to the organization.
    Processed,
    /// It was not believed.
    Quarantined(Quarantine),
}

/// Why a notification is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quarantine {
    /// The body that it came in is not a batch.
    Malformed,
    /// No subscription has this id.
    UnknownSubscription,
    /// The client state is not the subscription's.
    ClientState,
    /// A validation token is missing or not valid.
    Token,
    /// The directory is not the one of the token or of the app.
    Tenant,
    /// The encrypted content names a certificate that is not there.
    UnknownCertificate,
    /// The encrypted content does not open.
    Content,
    /// The credential that the subscription stands on cannot be used.
    Credential,
}

/// Which notifications are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// `Some(true)`: those in quarantine; `Some(false)`: the others.
    pub is_quarantined: Option<bool>,
}

/// Whose notifications are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// An organization's.
    Of(OrganizationId),
    /// Those that are nobody's: for the operator.
    Nobodys,
}

/// What is to become of one notification of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub id: NotificationId,
    pub position: u32,
    pub organization: Option<OrganizationId>,
    pub subscription: Option<GraphSubscriptionId>,
    pub change: GraphChange,
    pub resource: String,
    pub is_rich: bool,
    pub verdict: Verdict,
}

/// What a notification has in common with those that say the same: SHA-256 digests. Nothing can tell one without any from another.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Marks {
    /// Of the name that Graph gave the notification.
    pub name: Option<[u8; 32]>,
    /// Of the change: Graph tells of one edit several times, under different names.
    pub edit: Option<[u8; 32]>,
}

/// Whether a notification is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is, unless one with the same mark was before.
    Believed(Marks),
    Doubted(Quarantine),
}

impl State {
    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Processed => "processed",
            Self::Quarantined(_) => "quarantined",
        }
    }

    /// Why it is in quarantine, if it is.
    pub const fn reason(self) -> Option<Quarantine> {
        match self {
            Self::Processed => None,
            Self::Quarantined(reason) => Some(reason),
        }
    }
}

impl Quarantine {
    const ALL: [Self; 8] = [
        Self::Malformed,
        Self::UnknownSubscription,
        Self::ClientState,
        Self::Token,
        Self::Tenant,
        Self::UnknownCertificate,
        Self::Content,
        Self::Credential,
    ];

    /// Whether it was the resource that was doubted, and not the subscription.
    pub const fn is_of_content(self) -> bool {
        match self {
            Self::Malformed | Self::UnknownSubscription | Self::ClientState => false,
            Self::Token | Self::Tenant | Self::UnknownCertificate | Self::Content | Self::Credential => true,
        }
    }

    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::UnknownSubscription => "unknown_subscription",
            Self::ClientState => "client_state",
            Self::Token => "validation_token",
            Self::Tenant => "tenant",
            Self::UnknownCertificate => "unknown_certificate",
            Self::Content => "encrypted_content",
            Self::Credential => "credential",
        }
    }
}

impl FromStr for Quarantine {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|reason| reason.as_str() == text);
        found.ok_or_else(|| Invalid::new("unknown_reason", "No such reason."))
    }
}

impl NotificationFilter {
    /// Reads the name of a state.
    ///
    /// # Errors
    ///
    /// `invalid_state`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let is_quarantined = match text {
            "quarantined" => true,
            "processed" => false,
            _ => return Err(Invalid::new("invalid_state", "Must be processed or quarantined.")),
        };
        Ok(Self {
            is_quarantined: Some(is_quarantined),
        })
    }
}
