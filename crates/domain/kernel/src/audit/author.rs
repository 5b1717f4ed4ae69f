use uuid::Uuid;

use crate::{Actor, Device, Member, UserId};

/// What kind of somebody does something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuthorKind {
    User,
    Operator,
    ApiKey,
    /// The server by itself.
    System,
}

/// Who did something, and from where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    pub kind: AuthorKind,
    /// The user's or the key's. Nobody's of a stranger, of the operator and of the server.
    pub id: Option<Uuid>,
    /// Of a user. What is not given is filled in when the entry is stored.
    pub email: Option<String>,
    pub device: Device,
}

impl Author {
    fn new(kind: AuthorKind, id: Option<Uuid>, device: &Device) -> Self {
        Self {
            kind,
            id,
            email: None,
            device: device.clone(),
        }
    }

    /// Whoever a token speaks for.
    pub fn of(actor: &Actor, device: &Device) -> Self {
        match actor {
            Actor::Member(member) => Self::member(member, device),
            Actor::Operator { .. } => Self::operator(device),
            Actor::ApiKey(holder) => Self::new(AuthorKind::ApiKey, Some(holder.key.uuid()), device),
        }
    }

    /// A user.
    pub fn user(user: UserId, device: &Device) -> Self {
        Self::new(AuthorKind::User, Some(user.uuid()), device)
    }

    /// A user in an organization.
    pub fn member(member: &Member, device: &Device) -> Self {
        Self::user(member.user, device)
    }

    /// Somebody who gave this address and did not prove that it is theirs; the account that it belongs to, if there is one.
    pub fn claimed(email: &str, account: Option<UserId>, device: &Device) -> Self {
        Self {
            email: Some(email.to_owned()),
            ..Self::new(AuthorKind::User, account.map(UserId::uuid), device)
        }
    }

    /// The operator of the installation.
    pub fn operator(device: &Device) -> Self {
        Self::new(AuthorKind::Operator, None, device)
    }

    /// The server by itself.
    pub fn system() -> Self {
        Self::new(AuthorKind::System, None, &Device::default())
    }

    /// The user, if it was one who is known.
    pub fn user_id(&self) -> Option<UserId> {
        let id = self.id.filter(|_| self.kind == AuthorKind::User);
        id.map(UserId::from_uuid)
    }
}

impl AuthorKind {
    /// The name in the database and in the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Operator => "operator",
            Self::ApiKey => "apiKey",
            Self::System => "system",
        }
    }
}
