use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenon_audit::{Chain, Position, Recorded, Which};
use tenon_kernel::{Action, Id, Invalid, OrganizationId, Page, PageRequest, Unavailable, UserId};
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::page::limit_and_count;
use super::{Check, IdText, PageView, Stamp, id};
use crate::cursor::Binding;
use crate::error::{ApiError, INVALID_CURSOR};
use crate::reply::{self, Answer};

/// The parameters of a listing of an organization's audit log.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EntryQuery {
    /// Only what tells of this, such as `member.added`.
    #[param(schema_with = actions)]
    action: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

/// The parameters of a listing of every audit log.
#[derive(Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct EveryEntryQuery {
    /// Only the log of this organization, which may be gone.
    #[param(value_type = Option<Uuid>)]
    organization: Option<String>,
    /// Only what tells of this, such as `session.refused`.
    #[param(schema_with = actions)]
    action: Option<String>,
    /// How many items a page has.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 100, default = 20)]
    limit: Option<String>,
    /// The `nextCursor` of the page before.
    cursor: Option<String>,
    /// Whether to count all items too.
    #[param(value_type = Option<bool>, default = false)]
    count: Option<String>,
}

/// What the log can tell of.
fn actions() -> Object {
    let names = Action::ALL.iter().map(|action| action.as_str());
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(names))
        .build()
}

/// A page of the entries that are asked for, and what its cursors are bound to.
pub(crate) struct EntryListing {
    pub which: Which,
    pub page: PageRequest<Position>,
    binding: Binding,
}

impl EntryQuery {
    pub fn of(self, organization: OrganizationId) -> Result<EntryListing, ApiError> {
        self.listing(Some(organization))
    }

    fn listing(self, organization: Option<OrganizationId>) -> Result<EntryListing, ApiError> {
        let mut check = Check::query();
        let unknown = |_| Invalid::new("unknown_action", "Must be something that the audit log tells of.");
        let action: Option<Action> = check.optional("action", self.action, |text| text.parse().map_err(unknown));
        let (limit, count) = limit_and_count(&mut check, self.limit.as_deref(), self.count.as_deref());
        check.finish(|| Some(()))?;
        let binding = Binding::new("audit")
            .maybe(organization.map(|id| *id.as_bytes()))
            .maybe(action.map(Action::as_str));
        let after = self
            .cursor
            .map(|cursor| read_position(&binding.read(&cursor)?))
            .transpose()?;
        Ok(EntryListing {
            which: Which {
                chain: organization.map(Chain::Organization),
                action,
            },
            page: PageRequest { limit, after, count },
            binding,
        })
    }
}

impl EveryEntryQuery {
    pub fn listing(self) -> Result<EntryListing, ApiError> {
        let mut check = Check::query();
        let organization = check.optional("organization", self.organization.as_deref(), id);
        check.finish(|| Some(()))?;
        let query = EntryQuery {
            action: self.action,
            limit: self.limit,
            cursor: self.cursor,
            count: self.count,
        };
        query.listing(organization)
    }
}

impl EntryListing {
    /// Answers with a page of it.
    pub fn answer(&self, page: &Page<Recorded, Position>) -> Answer {
        let items = page
            .items
            .iter()
            .map(AuditEntryView::of)
            .collect::<Result<Vec<_>, _>>()?;
        let next = page.next.map(|position| self.binding.write(&write_position(position)));
        reply::ok(&PageView::new(&items, next, page.total, |item| item))
    }
}

/// What a cursor holds of a position.
pub(crate) fn write_position(position: Position) -> Vec<u8> {
    [position.id.as_bytes().as_slice(), &position.sequence.to_be_bytes()].concat()
}

/// The position that a cursor holds.
pub(crate) fn read_position(position: &[u8]) -> Result<Position, ApiError> {
    let invalid = || ApiError::new(&INVALID_CURSOR);
    let (id, sequence) = position.split_at_checked(16).ok_or_else(invalid)?;
    Ok(Position {
        id: Id::from_uuid(Uuid::from_slice(id).map_err(|_| invalid())?),
        sequence: u64::from_be_bytes(sequence.try_into().map_err(|_| invalid())?),
    })
}

/// An entry of an audit log, which nobody changes or removes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuditEntryView<'a> {
    #[schema(value_type = Uuid)]
    id: IdText,
    /// Its number in its log, from 1 on and without holes.
    sequence: u64,
    #[schema(value_type = String, format = DateTime)]
    at: Stamp,
    /// What happened.
    #[schema(example = "session.created")]
    action: &'a str,
    actor: AuditActorView<'a>,
    /// To what it was done.
    #[schema(required = true)]
    subject: Option<AuditSubjectView<'a>>,
    /// Whose log it is in; `null` for that of the installation.
    #[schema(required = true, value_type = Option<Uuid>)]
    organization_id: Option<IdText>,
    /// Where it was done from.
    #[schema(required = true, example = "192.0.2.7")]
    address: Option<&'a str>,
    #[schema(required = true)]
    user_agent: Option<&'a str>,
    /// What else there is to know, by name: texts and numbers.
    #[schema(value_type = Object)]
    details: &'a RawValue,
    /// SHA-256 of it and of all before it in its log, in hexadecimal.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    hash: String,
}

/// Who did something.
#[derive(Serialize, ToSchema)]
struct AuditActorView<'a> {
    /// `user`, `operator`, `apiKey`, or `system` for the server by itself.
    #[schema(example = "user")]
    kind: &'a str,
    /// The user's or the key's, if they are known.
    #[schema(required = true, value_type = Option<Uuid>)]
    id: Option<IdText>,
    /// The address that the user had or gave.
    #[schema(required = true, example = "ada@example.com")]
    email: Option<&'a str>,
}

/// What something was done to.
#[derive(Serialize, ToSchema)]
struct AuditSubjectView<'a> {
    /// `user`, `session`, `organization`, `invitation`, `credential`, `subscription`, `certificate`, `key`, `job` or `apiKey`.
    #[schema(example = "session")]
    kind: &'a str,
    id: &'a str,
}

impl<'a> AuditEntryView<'a> {
    /// # Errors
    ///
    /// [`Unavailable`] when its details are no JSON, which nobody wrote here.
    pub fn of(entry: &'a Recorded) -> Result<Self, Unavailable> {
        let subject = entry.subject_kind.as_deref().zip(entry.subject_id.as_deref());
        Ok(Self {
            id: IdText::of(entry.id),
            sequence: entry.sequence,
            at: Stamp(entry.id.time()),
            action: &entry.action,
            actor: AuditActorView {
                kind: &entry.actor_kind,
                id: entry.actor_id.map(|id| IdText::of(UserId::from_uuid(id))),
                email: entry.actor_email.as_deref(),
            },
            subject: subject.map(|(kind, id)| AuditSubjectView { kind, id }),
            organization_id: entry.chain.organization().map(IdText::of),
            address: entry.address.as_deref(),
            user_agent: entry.user_agent.as_deref(),
            details: serde_json::from_str(&entry.details).map_err(|error| Unavailable::new("the audit log", error))?,
            hash: entry.hash.to_string(),
        })
    }
}
