use std::fmt;

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tenon_kernel::{Detail, Entry, EntryId, OrganizationId};
use uuid::Uuid;

/// SHA-256 of an entry and of all that came before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hash(pub [u8; 32]);

/// Whose entries follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chain {
    /// What concerns no organization.
    Installation,
    Organization(OrganizationId),
}

/// Where a chain ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    pub chain: Chain,
    /// Of the last entry, from 1 on and without holes; 0 of a chain without entries.
    pub sequence: u64,
    /// Of the last entry; of a chain without entries, zeros.
    pub hash: Hash,
}

/// An entry as it is stored. Words are kept as text, so that those of a later version are read and hashed as well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub chain: Chain,
    pub sequence: u64,
    /// Tells when it was, too.
    pub id: EntryId,
    pub action: String,
    pub actor_kind: String,
    pub actor_id: Option<Uuid>,
    pub actor_email: Option<String>,
    pub subject_kind: Option<String>,
    pub subject_id: Option<String>,
    pub address: Option<String>,
    pub user_agent: Option<String>,
    /// A JSON object, byte for byte as it was hashed.
    pub details: String,
    pub hash: Hash,
}

/// In hexadecimal.
impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Chain {
    /// The organization's id, or zeros.
    pub fn id(self) -> Uuid {
        match self {
            Self::Installation => Uuid::nil(),
            Self::Organization(organization) => organization.uuid(),
        }
    }

    /// The chain with this id.
    pub fn from_id(id: Uuid) -> Self {
        if id.is_nil() {
            return Self::Installation;
        }
        Self::Organization(OrganizationId::from_uuid(id))
    }

    /// The chain that an entry belongs to.
    pub fn of(entry: &Entry) -> Self {
        entry.organization.map_or(Self::Installation, Self::Organization)
    }

    /// The organization, if it is one's.
    pub fn organization(self) -> Option<OrganizationId> {
        match self {
            Self::Installation => None,
            Self::Organization(organization) => Some(organization),
        }
    }
}

impl Head {
    /// That of a chain without entries.
    pub fn empty(chain: Chain) -> Self {
        Self {
            chain,
            sequence: 0,
            hash: Hash::default(),
        }
    }

    /// The entry that follows, as it is stored. `email` is the author's where the entry does not have it.
    pub fn followed_by(&self, entry: &Entry, email: Option<String>) -> Recorded {
        let Entry { author, subject, .. } = entry;
        let mut recorded = Recorded {
            chain: self.chain,
            sequence: self.sequence.saturating_add(1),
            id: entry.id,
            action: entry.action.as_str().to_owned(),
            actor_kind: author.kind.as_str().to_owned(),
            actor_id: author.id,
            actor_email: author.email.clone().or(email),
            subject_kind: subject.as_ref().map(|subject| subject.kind.as_str().to_owned()),
            subject_id: subject.as_ref().map(|subject| subject.id.clone()),
            address: author.device.address.map(|address| address.to_string()),
            user_agent: author.device.user_agent.clone(),
            details: details(&entry.details),
            hash: Hash::default(),
        };
        recorded.hash = recorded.hash_after(&self.hash);
        recorded
    }
}

impl Recorded {
    /// The head of its chain as long as nothing follows.
    pub fn head(&self) -> Head {
        Head {
            chain: self.chain,
            sequence: self.sequence,
            hash: self.hash,
        }
    }

    /// What its hash is if the one before has the hash `previous`: SHA-256 of `previous` and of every field, each as its length in
    /// four bytes and itself, all numbers with the most significant byte first. One that is missing has the length `ffffffff`.
    pub fn hash_after(&self, previous: &Hash) -> Hash {
        let mut hash = Sha256::new_with_prefix(b"tenon audit 1 ");
        hash.update(previous.0);
        let mut field = |bytes: Option<&[u8]>| {
            let length = bytes.map_or(u32::MAX, |bytes| u32::try_from(bytes.len()).unwrap_or(u32::MAX - 1));
            hash.update(length.to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        };
        let text = |text: &'_ Option<String>| text.as_ref().map(|text| text.as_bytes().to_vec());
        field(Some(self.chain.id().as_bytes()));
        field(Some(&self.sequence.to_be_bytes()));
        field(Some(self.id.as_bytes()));
        field(Some(self.action.as_bytes()));
        field(Some(self.actor_kind.as_bytes()));
        field(self.actor_id.as_ref().map(|id| id.as_bytes().as_slice()));
        for optional in [
            &self.actor_email,
            &self.subject_kind,
            &self.subject_id,
            &self.address,
            &self.user_agent,
        ] {
            field(text(optional).as_deref());
        }
        field(Some(self.details.as_bytes()));
        Hash(hash.finalize().into())
    }
}

fn details(details: &[(&'static str, Detail)]) -> String {
    let value = |detail: &Detail| match detail {
        Detail::Text(text) => Value::from(text.as_str()),
        Detail::Number(number) => Value::from(*number),
    };
    let object: Map<String, Value> = details
        .iter()
        .map(|(name, detail)| ((*name).to_owned(), value(detail)))
        .collect();
    Value::Object(object).to_string()
}

#[cfg(test)]
mod tests {
    use tenon_kernel::{Action, Author, Device, Id, SubjectKind, Timestamp};

    use super::*;

    fn recorded() -> Recorded {
        let organization = Id::from_uuid(Uuid::from_u128(7));
        let device = Device::new(Some("Tests/1.0"), "192.0.2.7".parse().ok());
        let author = Author::claimed("ada@example.com", Some(Id::from_uuid(Uuid::from_u128(8))), &device);
        let entry = Entry {
            id: Id::from_uuid(Uuid::from_u128(9)),
            ..Entry::new(Timestamp::from_micros(0), author, Action::MemberChanged)
                .of(organization)
                .about(SubjectKind::User, "ada")
                .with("to", "admin")
                .with("from", "member")
                .with("sessions", 2_usize)
        };
        Head::empty(Chain::of(&entry)).followed_by(&entry, Some("other@example.com".to_owned()))
    }

    #[test]
    fn an_entry_is_recorded_as_the_documentation_says() {
        let recorded = recorded();
        assert_eq!(recorded.details, r#"{"from":"member","sessions":2,"to":"admin"}"#);
        assert_eq!(recorded.actor_email.as_deref(), Some("ada@example.com"));
        // Computed apart from this code, from what the documentation says.
        assert_eq!(
            recorded.hash.to_string(),
            "ce20628df910b0cb8ec5ddc3c5a0318acb14373f342a4262a80f1ffb87c69e5b"
        );
    }

    #[test]
    fn every_field_is_part_of_the_hash() {
        type Change = fn(&mut Recorded);
        let before = recorded();
        let changes: [Change; 13] = [
            |entry| entry.chain = Chain::Installation,
            |entry| entry.sequence += 1,
            |entry| entry.id = Id::from_uuid(Uuid::from_u128(10)),
            |entry| entry.action.push('x'),
            |entry| entry.actor_kind.push('x'),
            |entry| entry.actor_id = None,
            |entry| entry.actor_email = None,
            |entry| entry.subject_kind = None,
            |entry| entry.subject_id = None,
            |entry| entry.address = Some(String::new()),
            |entry| entry.user_agent = None,
            |entry| entry.details.push(' '),
            // What moves from one field into the next is a change, too.
            |entry| {
                entry.action.pop();
                entry.actor_kind.insert(0, 'd');
            },
        ];
        for (number, change) in changes.iter().enumerate() {
            let mut changed = before.clone();
            change(&mut changed);
            assert_ne!(changed.hash_after(&Hash::default()), before.hash, "{number}");
        }
        assert_ne!(before.hash_after(&Hash([1; 32])), before.hash);
    }
}
