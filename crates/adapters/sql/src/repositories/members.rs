use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{MemberAddError, MemberChangeError, Membership, NamedMember, Revocation};
use tenon_kernel::{
    About, Activity, Entry, Expected, Id, OrganizationId, Page, PageRequest, Role, Timestamp, Unavailable, UserId, Verb,
};

use super::invitations::withdraw_for;
use super::keys::catch_up;
use super::outbox::{Outbox, Told};
use super::pages::{fetch, page, total};
use super::planning::for_values;
use super::revocations::write;
use super::{Conn, Database, locks};
use crate::fault::Fault;
use crate::rows::{MembershipRow, OrganizationRow, named_member};
use crate::schema::{memberships, organizations, users};
use crate::types::{At, Key};

/// See the port.
pub struct Members {
    database: Database,
    outbox: Outbox,
}

impl Members {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn find(conn: &mut Conn, organization: OrganizationId, user: UserId) -> QueryResult<Option<NamedMember>> {
    let row = memberships::table
        .inner_join(users::table)
        .filter(memberships::organization_id.eq(Key(organization)))
        .filter(memberships::user_id.eq(Key(user)))
        .select((MembershipRow::as_select(), users::email, users::display_name))
        .first(conn)
        .optional()?;
    row.map(named_member).transpose()
}

/// The member as they are before a change that the expectation allows, and that leaves the organization an owner. The
/// organization stays locked until the transaction ends, so that two owners cannot demote each other at once.
fn changeable(
    conn: &mut Conn,
    organization: OrganizationId,
    user: UserId,
    expected: Expected,
    becomes: Option<Role>,
) -> Result<NamedMember, Fault<MemberChangeError>> {
    locks::organization(conn, organization)?;
    let member = find(conn, organization, user)?.ok_or(Fault::Refused(MemberChangeError::NotFound))?;
    if !expected.allows(member.version) {
        return Err(Fault::Refused(MemberChangeError::Stale(member.version)));
    }
    if member.role == Role::Owner && becomes != Some(Role::Owner) {
        let owners: i64 = memberships::table
            .filter(memberships::organization_id.eq(Key(organization)))
            .filter(memberships::role.eq(Role::Owner.as_str()))
            .count()
            .get_result(conn)?;
        if owners < 2 {
            return Err(Fault::Refused(MemberChangeError::LastOwner));
        }
    }
    Ok(member)
}

/// That something happened to an organization or to a member of it. Nobody did it who is known here when it was the operator.
pub fn activity(organization: OrganizationId, by: Option<UserId>, at: Timestamp, about: About, verb: Verb) -> Activity {
    Activity {
        id: Id::at(at),
        organization: Some(organization),
        by,
        key: None,
        about,
        verb,
    }
}

#[async_trait]
impl tenon_accounts::Members for Members {
    async fn home(&self, user: UserId, preferred: Option<OrganizationId>) -> Result<Option<Membership>, Unavailable> {
        let read = move |conn: &mut Conn| {
            let last: Option<Key<OrganizationId>> = users::table
                .find(Key(user))
                .select(users::home_organization_id)
                .first(conn)
                .optional()?
                .flatten();
            for wanted in [preferred, last.map(|key| key.0)].into_iter().flatten() {
                if let Some(membership) = membership(conn, user, Some(wanted))? {
                    return Ok(Some(membership));
                }
            }
            membership(conn, user, None)
        };
        self.database.read(read).await
    }

    async fn of_user(
        &self,
        user: UserId,
        request: &PageRequest<OrganizationId>,
    ) -> Result<Page<Membership, OrganizationId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_user = memberships::table.filter(memberships::user_id.eq(Key(user)));
            let mut query = of_user.inner_join(organizations::table).into_boxed();
            if let Some(after) = request.after {
                query = query.filter(memberships::organization_id.gt(Key(after)));
            }
            let rows: Vec<(OrganizationRow, String)> = query
                .order(memberships::organization_id)
                .limit(fetch(&request))
                .select((OrganizationRow::as_select(), memberships::role))
                .load(conn)?;
            let total = total(&request, || of_user.count().get_result(conn))?;
            let convert = |(row, role): (OrganizationRow, String)| row.into_membership(&role);
            page(rows, &request, total, convert, |membership| membership.organization.id)
        };
        self.database.read(read).await
    }

    async fn list(
        &self,
        organization: OrganizationId,
        request: &PageRequest<UserId>,
    ) -> Result<Page<NamedMember, UserId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let of_organization = memberships::table.filter(memberships::organization_id.eq(Key(organization)));
            let mut query = of_organization.inner_join(users::table).into_boxed();
            if let Some(after) = request.after {
                query = query.filter(memberships::user_id.gt(Key(after)));
            }
            let rows = query
                .order(memberships::user_id)
                .limit(fetch(&request))
                .select((MembershipRow::as_select(), users::email, users::display_name))
                .load(conn)?;
            let total = total(&request, || of_organization.count().get_result(conn))?;
            page(rows, &request, total, named_member, |member| member.user)
        };
        self.database.read(move |conn| for_values(conn, read)).await
    }

    async fn find(&self, organization: OrganizationId, user: UserId) -> Result<Option<NamedMember>, Unavailable> {
        self.database.point(move |conn| find(conn, organization, user)).await
    }

    async fn add(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        entry: &Entry,
    ) -> Result<NamedMember, MemberAddError> {
        let entry = entry.clone();
        let (by, at) = (entry.author.user_id(), entry.id.time());
        let work = move |conn: &mut Conn, told: &mut Told| {
            catch_up(conn, organization, user)?;
            if locks::organization(conn, organization)?.is_none() {
                return Err(Fault::Refused(MemberAddError::NoOrganization));
            }
            let joined = diesel::insert_into(memberships::table)
                .values(&MembershipRow::new(organization, user, role, at))
                .on_conflict_do_nothing()
                .execute(conn)?;
            if joined == 0 {
                return Err(Fault::Refused(MemberAddError::AlreadyMember));
            }
            let about = About::Member { user, role };
            told.activities
                .push(activity(organization, by, at, about, Verb::Created));
            told.entries.push(entry.clone());
            let member = find(conn, organization, user)?.ok_or(diesel::result::Error::NotFound)?;
            withdraw_for(conn, organization, member.email.as_str(), &entry, told)?;
            Ok(member)
        };
        self.outbox.audited(work).await
    }

    async fn change_role(
        &self,
        organization: OrganizationId,
        user: UserId,
        role: Role,
        expected: Expected,
        revocation: &Revocation,
        entry: &Entry,
    ) -> Result<NamedMember, MemberChangeError> {
        let (revocation, entry) = (*revocation, entry.clone());
        let at = revocation.issued_until;
        let by = entry.author.user_id();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let member = changeable(conn, organization, user, expected, Some(role))?;
            diesel::update(memberships::table.find((Key(organization), Key(user))))
                .set((
                    memberships::role.eq(role.as_str()),
                    memberships::updated_at.eq(At(at)),
                    memberships::version.eq(member.version.next().get()),
                ))
                .execute(conn)?;
            write(conn, &revocation, at)?;
            let about = About::Member { user, role };
            told.activities
                .push(activity(organization, by, at, about, Verb::Updated));
            told.entries.push(entry.clone());
            find(conn, organization, user)?.ok_or(Fault::Refused(MemberChangeError::NotFound))
        };
        self.outbox.audited(work).await
    }

    async fn remove(
        &self,
        organization: OrganizationId,
        user: UserId,
        expected: Expected,
        revocation: &Revocation,
        entry: &Entry,
    ) -> Result<(), MemberChangeError> {
        let (revocation, entry) = (*revocation, entry.clone());
        let at = revocation.issued_until;
        let by = entry.author.user_id();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let member = changeable(conn, organization, user, expected, None)?;
            diesel::delete(memberships::table.find((Key(organization), Key(user)))).execute(conn)?;
            write(conn, &revocation, at)?;
            let about = About::Member {
                user,
                role: member.role,
            };
            told.activities
                .push(activity(organization, by, at, about, Verb::Deleted));
            told.entries.push(entry.clone());
            Ok(withdraw_for(conn, organization, member.email.as_str(), &entry, told)?)
        };
        self.outbox.audited(work).await
    }
}

/// The user's membership in one organization, or in the oldest of theirs.
fn membership(conn: &mut Conn, user: UserId, wanted: Option<OrganizationId>) -> QueryResult<Option<Membership>> {
    let of_user = memberships::table
        .filter(memberships::user_id.eq(Key(user)))
        .inner_join(organizations::table);
    let mut query = of_user.into_boxed();
    if let Some(wanted) = wanted {
        query = query.filter(memberships::organization_id.eq(Key(wanted)));
    }
    let row: Option<(OrganizationRow, String)> = query
        .order(memberships::organization_id)
        .select((OrganizationRow::as_select(), memberships::role))
        .first(conn)
        .optional()?;
    row.map(|(row, role)| row.into_membership(&role)).transpose()
}
