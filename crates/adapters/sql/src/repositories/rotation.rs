use diesel::prelude::*;
use tenon_accounts::{Rotated, Rotation, Salt, User};
use tenon_kernel::{Action, Author, Entry, SessionId, SubjectKind, UserId};

use super::outbox::Told;
use super::revocations::end_sessions;
use super::{Conn, locks};
use crate::prepared::Prepared;
use crate::rows::{RefreshTokenRow, SessionRow, UserRow, digest};
use crate::schema::{refresh_tokens, sessions, users};
use crate::types::{At, Key};

/// The exchange of a refresh token, in the transaction of the caller.
pub fn rotate(conn: &mut Conn, rotation: &Rotation, told: &mut Told) -> QueryResult<Rotated> {
    let Some(token) = token(conn, &rotation.presented.0)? else {
        return Ok(Rotated::Refused);
    };
    let Some(session) = locks::session(conn, token.session_id.0)? else {
        return Ok(Rotated::Refused);
    };
    if !session.is_live(rotation.at) {
        return Ok(Rotated::Refused);
    }
    // Read again: whoever held the lock before may have used the token.
    let Some(token) = self::token(conn, &rotation.presented.0)? else {
        return Ok(Rotated::Refused);
    };
    let user = session.user_id.0;
    let Some(used_at) = token.used_at else {
        return exchange(conn, rotation, session);
    };
    let (Some(salt), Some(successor)) = (token.salt, token.successor) else {
        return reused(conn, rotation, user, token.session_id.0, told);
    };
    let is_parent = self::token(conn, &successor)?.is_some_and(|successor| successor.used_at.is_none());
    if is_parent && rotation.at.since(used_at.0) <= rotation.grace {
        let (session, user) = owned(conn, session)?;
        return Ok(Rotated::Repeated {
            session,
            user,
            salt: Salt(digest(&salt)?),
        });
    }
    reused(conn, rotation, user, token.session_id.0, told)
}

fn exchange(conn: &mut Conn, rotation: &Rotation, session: SessionRow) -> QueryResult<Rotated> {
    let (mut session, user) = owned(conn, session)?;
    Prepared(
        diesel::update(refresh_tokens::table.find(rotation.presented.0.as_slice())).set((
            refresh_tokens::used_at.eq(Some(At(rotation.at))),
            refresh_tokens::salt.eq(Some(rotation.salt.0.as_slice())),
            refresh_tokens::successor.eq(Some(rotation.successor.0.as_slice())),
        )),
    )
    .execute(conn)?;
    let row = RefreshTokenRow::unused(&rotation.successor, session.id);
    diesel::insert_into(refresh_tokens::table).values(&row).execute(conn)?;
    session.last_used_at = rotation.at;
    session.expires_at = rotation.at.plus(rotation.idle).min(session.ends_at);
    session.device = rotation.device.clone();
    Prepared(diesel::update(sessions::table.find(Key(session.id))).set((
        sessions::last_used_at.eq(At(session.last_used_at)),
        sessions::expires_at.eq(At(session.expires_at)),
        sessions::user_agent.eq(&session.device.user_agent),
        sessions::address.eq(session.device.address.map(|address| address.to_string())),
    )))
    .execute(conn)?;
    Ok(Rotated::Fresh { session, user })
}

fn reused(
    conn: &mut Conn,
    rotation: &Rotation,
    user: UserId,
    session: SessionId,
    told: &mut Told,
) -> QueryResult<Rotated> {
    let ending = [Key(session)];
    let (at, forget_at) = (rotation.at, rotation.forget_at);
    let ended = end_sessions(conn, user, &ending, at, forget_at, &mut told.activities)?.pop();
    if ended.is_some() {
        let author = Author::user(user, &rotation.device);
        let entry = Entry::new(at, author, Action::SessionReused).about(SubjectKind::Session, session);
        told.entries.push(entry);
    }
    Ok(ended.map_or(Rotated::Refused, Rotated::Reused))
}

fn token(conn: &mut Conn, digest: &[u8]) -> QueryResult<Option<RefreshTokenRow>> {
    refresh_tokens::table
        .find(digest)
        .select(RefreshTokenRow::as_select())
        .first(conn)
        .optional()
}

fn owned(conn: &mut Conn, session: SessionRow) -> QueryResult<(tenon_accounts::Session, User)> {
    let session = session.into_session()?;
    let row: UserRow = users::table
        .find(Key(session.user))
        .select(UserRow::as_select())
        .first(conn)?;
    Ok((session, row.into_account()?.user))
}
