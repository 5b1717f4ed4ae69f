use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{
    Account, DisplayName, Email, Opening, Organization, PasswordChange, PasswordHash, RegisterError, Registration,
    Revocation, User,
};
use tenon_kernel::{ChangeError, Entry, Expected, Page, PageRequest, Role, SessionId, Timestamp, Unavailable, UserId};

use super::audit;
use super::change::change;
use super::outbox::{Outbox, Told};
use super::pages::{fetch, page, total};
use super::revocations::end_sessions;
use super::{Conn, Database, Db};
use crate::fault::{Fault, already_there};
use crate::rows::{MembershipRow, OrganizationRow, RefreshTokenRow, SessionRow, UserRow};
use crate::schema::{memberships, organizations, refresh_tokens, sessions, users};
use crate::types::{At, Key};

/// See the port.
pub struct Users {
    database: Database,
    outbox: Outbox,
}

impl Users {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

fn find(conn: &mut Conn, user: UserId) -> QueryResult<Option<Account>> {
    let row = users::table
        .find(Key(user))
        .select(UserRow::as_select())
        .first(conn)
        .optional()?;
    row.map(UserRow::into_account).transpose()
}

fn matching(email: Option<&str>) -> users::BoxedQuery<'_, Db> {
    let query = users::table.into_boxed();
    match email {
        Some(email) => query.filter(users::email.eq(email)),
        None => query,
    }
}

/// The sessions of the user that have not ended, but for one that is kept.
fn live(conn: &mut Conn, user: UserId, keep: Option<SessionId>) -> QueryResult<Vec<Key<SessionId>>> {
    let mut query = sessions::table
        .filter(sessions::user_id.eq(Key(user)))
        .filter(sessions::ended_at.is_null())
        .into_boxed::<Db>();
    if let Some(keep) = keep {
        query = query.filter(sessions::id.ne(Key(keep)));
    }
    query.order(sessions::id).select(sessions::id).load(conn)
}

/// Stores an account and its organization.
fn keep(
    conn: &mut Conn,
    user: &User,
    password: &PasswordHash,
    organization: &Organization,
) -> Result<(), Fault<RegisterError>> {
    let row = UserRow::new(user, password, organization.id);
    let inserted = diesel::insert_into(users::table).values(&row).execute(conn);
    already_there(inserted, RegisterError::EmailTaken)?;
    let row = OrganizationRow::from(organization);
    diesel::insert_into(organizations::table).values(&row).execute(conn)?;
    let row = MembershipRow::new(organization.id, user.id, Role::Owner, organization.created_at);
    diesel::insert_into(memberships::table).values(&row).execute(conn)?;
    Ok(())
}

#[async_trait]
impl tenon_accounts::Users for Users {
    async fn register(&self, registration: &Registration) -> Result<(), RegisterError> {
        let Registration {
            user,
            password,
            organization,
            session,
            refresh,
            entries,
        } = registration.clone();
        let work = move |conn: &mut Conn| {
            keep(conn, &user, &password, &organization)?;
            diesel::insert_into(sessions::table)
                .values(&SessionRow::from(&session))
                .execute(conn)?;
            let row = RefreshTokenRow::unused(&refresh, session.id);
            diesel::insert_into(refresh_tokens::table).values(&row).execute(conn)?;
            Ok(audit::append(conn, &entries)?)
        };
        self.database.write(work).await
    }

    async fn open(&self, opening: &Opening) -> Result<(), RegisterError> {
        let opening = opening.clone();
        let work = move |conn: &mut Conn| {
            keep(conn, &opening.user, &opening.password, &opening.organization)?;
            Ok(audit::append(conn, &opening.entries)?)
        };
        self.database.write(work).await
    }

    async fn by_email(&self, email: &Email) -> Result<Option<Account>, Unavailable> {
        let email = email.as_str().to_owned();
        let read = move |conn: &mut Conn| {
            let query = users::table.filter(users::email.eq(email)).select(UserRow::as_select());
            query.first(conn).optional()?.map(UserRow::into_account).transpose()
        };
        self.database.point(read).await
    }

    async fn by_id(&self, user: UserId) -> Result<Option<Account>, Unavailable> {
        self.database.point(move |conn| find(conn, user)).await
    }

    async fn list(
        &self,
        email: Option<&Email>,
        request: &PageRequest<UserId>,
    ) -> Result<Page<User, UserId>, Unavailable> {
        let (email, request) = (email.map(|email| email.as_str().to_owned()), *request);
        let read = move |conn: &mut Conn| {
            let mut query = matching(email.as_deref());
            if let Some(after) = request.after {
                query = query.filter(users::id.gt(Key(after)));
            }
            let rows: Vec<UserRow> = query
                .order(users::id)
                .limit(fetch(&request))
                .select(UserRow::as_select())
                .load(conn)?;
            let total = total(&request, || matching(email.as_deref()).count().get_result(conn))?;
            let convert = |row: UserRow| Ok(row.into_account()?.user);
            page(rows, &request, total, convert, |user| user.id)
        };
        self.database.read(read).await
    }

    async fn set_disabled(
        &self,
        user: UserId,
        disabled: bool,
        expected: Expected,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<(User, Vec<Revocation>), ChangeError> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let find = |conn: &mut Conn| Ok(find(conn, user)?.map(|account| account.user));
            let version = |user: &User| user.version;
            let changed = change(conn, expected, find, version, |conn, version| {
                diesel::update(users::table.find(Key(user)).filter(users::version.eq(version.get())))
                    .set((
                        users::disabled_at.eq(disabled.then_some(At(at))),
                        users::updated_at.eq(At(at)),
                        users::version.eq(version.next().get()),
                    ))
                    .execute(conn)
            })?;
            let ending = if disabled { live(conn, user, None)? } else { Vec::new() };
            let revocations = end_sessions(conn, user, &ending, at, forget_at, &mut told.activities)?;
            told.entries.push(entry.clone().with("sessions", revocations.len()));
            Ok((changed, revocations))
        };
        self.outbox.audited(work).await
    }

    async fn rename(
        &self,
        user: UserId,
        name: &DisplayName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<User, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| Ok(find(conn, user)?.map(|account| account.user));
            change(
                conn,
                expected,
                find,
                |user| user.version,
                |conn, version| {
                    diesel::update(users::table.find(Key(user)).filter(users::version.eq(version.get())))
                        .set((
                            users::display_name.eq(&name),
                            users::updated_at.eq(At(at)),
                            users::version.eq(version.next().get()),
                        ))
                        .execute(conn)
                },
            )
        };
        self.database.write(work).await
    }

    async fn rehash(&self, user: UserId, old: &PasswordHash, new: &PasswordHash) -> Result<(), Unavailable> {
        let (old, new) = (old.as_str().to_owned(), new.as_str().to_owned());
        let work = move |conn: &mut Conn| {
            diesel::update(users::table.find(Key(user)).filter(users::password_hash.eq(&old)))
                .set(users::password_hash.eq(&new))
                .execute(conn)?;
            Ok(())
        };
        self.database.statement(work).await
    }

    async fn change_password(&self, change: &PasswordChange) -> Result<Option<Vec<Revocation>>, Unavailable> {
        let change = change.clone();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let old = users::password_hash.eq(change.old.as_str());
            let changed = diesel::update(users::table.find(Key(change.user)).filter(old))
                .set(users::password_hash.eq(change.new.as_str()))
                .execute(conn)?;
            if changed == 0 {
                return Ok(None);
            }
            let live = live(conn, change.user, change.keep)?;
            let (user, at, forget_at) = (change.user, change.at, change.forget_at);
            let ended = end_sessions(conn, user, &live, at, forget_at, &mut told.activities)?;
            told.entries.push(change.entry.clone().with("sessions", ended.len()));
            Ok(Some(ended))
        };
        self.outbox.audited(work).await
    }
}
