use async_trait::async_trait;
use diesel::prelude::*;
use tenon_accounts::{PasswordHash, Revocation, Rotated, Rotation, Session, SessionName, TokenDigest};
use tenon_kernel::{
    Activity, ChangeError, Entry, Expected, OrganizationId, Page, PageRequest, SessionId, Timestamp, Unavailable,
    UserId, Verb,
};

use super::change::change;
use super::outbox::{Outbox, Told};
use super::pages::{fetch, page, total};
use super::revocations::end_sessions;
use super::rotation::rotate;
use super::{Conn, Database, Db, locks};
use crate::rows::{RefreshTokenRow, SessionRow};
use crate::schema::{refresh_tokens, sessions, users};
use crate::types::{At, Key};

/// See the port.
pub struct Sessions {
    database: Database,
    outbox: Outbox,
}

impl Sessions {
    pub fn new(database: Database, outbox: Outbox) -> Self {
        Self { database, outbox }
    }
}

type Boxed<'a> = sessions::BoxedQuery<'a, Db>;

/// The user's sessions that are alive at `now`.
fn live<'a>(user: UserId, now: Timestamp) -> Boxed<'a> {
    sessions::table
        .filter(sessions::user_id.eq(Key(user)))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(At(now)))
        .filter(sessions::ends_at.gt(At(now)))
        .into_boxed()
}

fn find(conn: &mut Conn, user: UserId, session: SessionId, now: Timestamp) -> QueryResult<Option<Session>> {
    let row = live(user, now)
        .filter(sessions::id.eq(Key(session)))
        .select(SessionRow::as_select())
        .first(conn)
        .optional()?;
    row.map(SessionRow::into_session).transpose()
}

#[async_trait]
impl tenon_accounts::Sessions for Sessions {
    async fn open(
        &self,
        session: &Session,
        refresh: &TokenDigest,
        proven: &PasswordHash,
        entry: &Entry,
    ) -> Result<bool, Unavailable> {
        let token = RefreshTokenRow::unused(refresh, session.id);
        let row = SessionRow::from(session);
        let (user, proven, entry) = (session.user, proven.clone(), entry.clone());
        let started = Activity::of_session(session.id, user, session.created_at, Verb::Created);
        let work = move |conn: &mut Conn, told: &mut Told| {
            if locks::password(conn, user)?.as_deref() != Some(proven.as_str()) {
                return Ok(false);
            }
            diesel::insert_into(sessions::table).values(&row).execute(conn)?;
            diesel::insert_into(refresh_tokens::table)
                .values(&token)
                .execute(conn)?;
            told.activities.push(started.clone());
            told.entries.push(entry.clone());
            Ok(true)
        };
        self.outbox.audited(work).await
    }

    async fn rotate(&self, rotation: &Rotation) -> Result<Rotated, Unavailable> {
        let rotation = rotation.clone();
        let work = move |conn: &mut Conn, told: &mut Told| Ok(rotate(conn, &rotation, told)?);
        self.outbox.audited(work).await
    }

    async fn list(
        &self,
        user: UserId,
        request: &PageRequest<SessionId>,
        now: Timestamp,
    ) -> Result<Page<Session, SessionId>, Unavailable> {
        let request = *request;
        let read = move |conn: &mut Conn| {
            let mut query = live(user, now);
            if let Some(after) = request.after {
                query = query.filter(sessions::id.lt(Key(after)));
            }
            let rows = query
                .order(sessions::id.desc())
                .limit(fetch(&request))
                .select(SessionRow::as_select())
                .load(conn)?;
            let total = total(&request, || live(user, now).count().get_result(conn))?;
            page(rows, &request, total, SessionRow::into_session, |session| session.id)
        };
        self.database.read(read).await
    }

    async fn find(&self, user: UserId, session: SessionId, now: Timestamp) -> Result<Option<Session>, Unavailable> {
        self.database.point(move |conn| find(conn, user, session, now)).await
    }

    async fn rename(
        &self,
        user: UserId,
        session: SessionId,
        name: &SessionName,
        expected: Expected,
        at: Timestamp,
    ) -> Result<Session, ChangeError> {
        let name = name.as_str().to_owned();
        let work = move |conn: &mut Conn| {
            let find = |conn: &mut Conn| find(conn, user, session, at);
            change(
                conn,
                expected,
                find,
                |session| session.version,
                |conn, version| {
                    diesel::update(
                        sessions::table
                            .find(Key(session))
                            .filter(sessions::version.eq(version.get())),
                    )
                    .set((
                        sessions::name.eq(Some(&name)),
                        sessions::version.eq(version.next().get()),
                    ))
                    .execute(conn)
                },
            )
        };
        self.database.write(work).await
    }

    async fn end(
        &self,
        user: UserId,
        session: SessionId,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Option<Revocation>, Unavailable> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let ids = live(user, at)
                .filter(sessions::id.eq(Key(session)))
                .select(sessions::id)
                .load(conn)?;
            let ended = end_sessions(conn, user, &ids, at, forget_at, &mut told.activities)?.pop();
            told.entries.extend(ended.map(|_| entry.clone()));
            Ok(ended)
        };
        self.outbox.audited(work).await
    }

    async fn end_all(
        &self,
        user: UserId,
        at: Timestamp,
        forget_at: Timestamp,
        entry: &Entry,
    ) -> Result<Vec<Revocation>, Unavailable> {
        let entry = entry.clone();
        let work = move |conn: &mut Conn, told: &mut Told| {
            let ids: Vec<Key<SessionId>> = live(user, at).order(sessions::id).select(sessions::id).load(conn)?;
            let ended = end_sessions(conn, user, &ids, at, forget_at, &mut told.activities)?;
            told.entries.push(entry.clone().with("sessions", ended.len()));
            Ok(ended)
        };
        self.outbox.audited(work).await
    }

    async fn move_to(&self, session: &Session, organization: OrganizationId) -> Result<(), Unavailable> {
        let (session, user) = (session.id, session.user);
        let work = move |conn: &mut Conn| {
            // The user before the session, as a change of password has it: the other way round the two lock each other out.
            diesel::update(users::table.find(Key(user)))
                .set(users::home_organization_id.eq(Some(Key(organization))))
                .execute(conn)?;
            diesel::update(sessions::table.find(Key(session)))
                .set(sessions::organization_id.eq(Key(organization)))
                .execute(conn)?;
            Ok(())
        };
        self.database.write(work).await
    }
}
