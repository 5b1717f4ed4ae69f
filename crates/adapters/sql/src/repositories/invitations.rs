use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{Acceptance, Accepted, Invitation, InvitationRow};
use tenon_kernel::{
    About, Action, Author, CreateError, Created, Entry, InvitationId, OrganizationId, Page, PageRequest, Remembered,
    Role, SubjectKind, Timestamp, Unavailable, Verb,
};

use super::keys::catch_up;
use super::members::activity;
use super::outbox::{Outbox, Told};
use super::pages::{fetch, page, total};
use super::remembered::recall;
use super::{Conn, Database, Db, audit, locks};
use crate::fault::Fault;
use crate::rows::{InvitationEntry, MembershipRow, OrganizationRow, role};
use crate::schema::{invitations, memberships, organizations};
use crate::types::{At, Key};

/// See the port.
pub struct Invitations {
    database: Database,
    outbox: Outbox,
}

impl Invitations {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn open<'a>(organization: OrganizationId, now: Timestamp) -> invitations::BoxedQuery<'a, Db> {
    invitations::table
        .filter(invitations::organization_id.eq(Key(organization)))
        .filter(invitations::expires_at.gt(At(now)))
        .into_boxed()
}

#[async_trait]
impl tenon_accounts::Invitations for Invitations {
    async fn create(
        &self,
        row: &InvitationRow,
        remember: Option<&Remembered>,
        told: &Entry,
    ) -> Result<Created<()>, CreateError> {
        let entry = InvitationEntry::from(row);
        let (remember, told) = (remember.cloned(), told.clone());
        let work = move |conn: &mut Conn| {
            if let Some(before) = recall(conn, remember.as_ref(), || CreateError::KeyReused)? {
                return Ok(before);
            }
            // Two invitations of one address wait for each other here.
            if locks::organization(conn, entry.organization_id.0)?.is_none() {
                return Err(Fault::Refused(CreateError::OrganizationGone));
            }
            let earlier = invitations::table
                .filter(invitations::organization_id.eq(entry.organization_id))
                .filter(invitations::email.eq(&entry.email));
            diesel::delete(earlier).execute(conn)?;
            diesel::insert_into(invitations::table).values(&entry).execute(conn)?;
            audit::append(conn, std::slice::from_ref(&told))?;
            Ok(Created::Now(()))
        };
        self.database.write(work).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<InvitationId>,
        now: Timestamp,
    ) -> Result<Page<Invitation, InvitationId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let mut query = open(organization, now);
            if let Some(after) = request.after {
                query = query.filter(invitations::id.gt(Key(after)));
            }
            let rows = query
                .order(invitations::id)
                .limit(fetch(&request))
                .select(InvitationEntry::as_select())
                .load(conn)?;
            let total = total(&request, || open(organization, now).count().get_result(conn))?;
            page(rows, &request, total, InvitationEntry::into_invitation, |invitation| {
                invitation.id
            })
        };
        self.database.read(read).await
    }

    async fn withdraw(
        &self,
        organization: OrganizationId,
        invitation: InvitationId,
        entry: &Entry,
    ) -> Result<bool, Unavailable> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn| {
            let open = invitations::table.find((Key(organization), Key(invitation)));
            let email: Option<String> = diesel::delete(open)
                .returning(invitations::email)
                .get_result(conn)
                .optional()?;
            let Some(email) = email else { return Ok(false) };
            audit::append(conn, &[entry.clone().with("email", email.as_str())])?;
            Ok(true)
        };
        self.database.write(work).await
    }

    async fn accept(&self, acceptance: &Acceptance) -> Result<Accepted, Unavailable> {
        let acceptance = acceptance.clone();
        let work = move |conn: &mut Conn, told: &mut Told| Ok(accept(conn, &acceptance, told)?);
        self.outbox.audited(work).await
    }
}

/// Withdraws the invitation of an address, whose owner was added or removed: its link would undo that later. `because` tells who did
/// it, and when.
pub(super) fn withdraw_for(
    conn: &mut Conn,
    organization: OrganizationId,
    email: &str,
    because: &Entry,
    told: &mut Told,
) -> QueryResult<()> {
    let open = invitations::table
        .filter(invitations::organization_id.eq(Key(organization)))
        .filter(invitations::email.eq(email));
    let withdrawn: Vec<Key<InvitationId>> = diesel::delete(open).returning(invitations::id).get_results(conn)?;
    told.entries.extend(withdrawn.into_iter().map(|Key(invitation)| {
        Entry::new(because.id.time(), because.author.clone(), Action::InvitationRevoked)
            .of(organization)
            .about(SubjectKind::Invitation, invitation)
            .with("email", email)
    }));
    Ok(())
}

fn accept(conn: &mut Conn, acceptance: &Acceptance, told: &mut Told) -> QueryResult<Accepted> {
    let entry = invitations::table
        .filter(invitations::token_digest.eq(acceptance.token.0.as_slice()))
        .filter(invitations::expires_at.gt(At(acceptance.at)))
        .select(InvitationEntry::as_select())
        .first(conn)
        .optional()?;
    let Some(entry) = entry else {
        return Ok(Accepted::NotFound);
    };
    if entry.email != acceptance.email.as_str() {
        return Ok(Accepted::OtherAddress);
    }
    catch_up(conn, entry.organization_id.0, acceptance.user)?;
    // Before the invitation, as whoever deletes the organization or replaces the invitation has it.
    locks::organization(conn, entry.organization_id.0)?;
    let role = role(&entry.role)?;
    let row = MembershipRow::new(entry.organization_id.0, acceptance.user, role, acceptance.at);
    let used = diesel::delete(invitations::table.find((entry.organization_id, entry.id)));
    // Whoever deletes the row has accepted it; somebody who races waits for that and finds nothing.
    if used.execute(conn)? == 0 {
        return Ok(Accepted::NotFound);
    }
    let joined = diesel::insert_into(memberships::table)
        .values(&row)
        .on_conflict_do_nothing()
        .execute(conn)?;
    if joined == 0 {
        diesel::insert_into(invitations::table).values(&entry).execute(conn)?;
        return Ok(Accepted::AlreadyMember);
    }
    tell(&entry, acceptance, role, told);
    let organization: OrganizationRow = organizations::table
        .find(entry.organization_id)
        .select(OrganizationRow::as_select())
        .first(conn)?;
    Ok(Accepted::Joined(organization.into_membership(role.as_str())?))
}

fn tell(invitation: &InvitationEntry, acceptance: &Acceptance, role: Role, told: &mut Told) {
    let (organization, user, at) = (invitation.organization_id.0, acceptance.user, acceptance.at);
    let about = About::Member { user, role };
    told.activities
        .push(activity(organization, Some(user), at, about, Verb::Created));
    let author = Author::claimed(acceptance.email.as_str(), Some(user), &acceptance.device);
    let entry = |action| Entry::new(at, author.clone(), action).of(organization);
    let accepted = entry(Action::InvitationAccepted).about(SubjectKind::Invitation, invitation.id.0);
    let added = entry(Action::MemberAdded).about(SubjectKind::User, user);
    told.entries.push(accepted);
    told.entries.push(
        added
            .with("email", acceptance.email.as_str())
            .with("role", role.as_str()),
    );
}
