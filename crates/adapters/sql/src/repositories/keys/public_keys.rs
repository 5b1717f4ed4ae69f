use async_trait::async_trait;
use diesel::prelude::*;
use tenon_kernel::{Limit, OrganizationId, Timestamp, Unavailable, UserId, Version};
use tenon_messages::DeviceId;
use tenon_messages::keys::{Change, ChangePosition, KeyLogLine, KeyVersion, LineNumber, LogEntry, LogKind, PublicKey};

use super::{Conn, Database, feed, is_member, locks};
use crate::rows::{KeyChangeRow, KeyLogRow, PublicKeyRow};
use crate::schema::{key_changes, key_log, public_keys};
use crate::types::Key;

/// See the port.
pub struct PublicKeys(pub Database);

fn find(conn: &mut Conn, user: UserId) -> QueryResult<Option<KeyVersion>> {
    let row = public_keys::table
        .find(Key(user))
        .select(PublicKeyRow::as_select())
        .first(conn)
        .optional()?;
    row.map(PublicKeyRow::into_key).transpose()
}

fn publish(conn: &mut Conn, user: UserId, key: PublicKey, at: Timestamp) -> QueryResult<KeyVersion> {
    locks::user(conn, user)?;
    let current = find(conn, user)?;
    let version = match &current {
        Some(current) if current.key == key => return Ok(*current),
        Some(current) => current.version.next(),
        None => Version::FIRST,
    };
    let published = KeyVersion {
        user,
        key,
        version,
        changed_at: at,
    };
    let row = PublicKeyRow::from(&published);
    match current {
        Some(_) => diesel::update(public_keys::table.find(Key(user)))
            .set(&row)
            .execute(conn)?,
        None => diesel::insert_into(public_keys::table).values(&row).execute(conn)?,
    };
    let entry = LogEntry {
        kind: LogKind::PublicKey,
        device: DeviceId::SIMPLE,
        version,
        keys: vec![*key.as_bytes()],
        at,
    };
    feed::record(conn, user, entry)?;
    Ok(published)
}

/// So many rows.
fn rows(limit: Limit) -> i64 {
    i64::try_from(limit.get()).unwrap_or(i64::MAX)
}

#[async_trait]
impl tenon_messages::keys::PublicKeys for PublicKeys {
    async fn publish(&self, user: UserId, key: &PublicKey, at: Timestamp) -> Result<KeyVersion, Unavailable> {
        let key = *key;
        self.0.write(move |conn| Ok(publish(conn, user, key, at)?)).await
    }

    async fn own(&self, user: UserId) -> Result<Option<KeyVersion>, Unavailable> {
        self.0.point(move |conn| find(conn, user)).await
    }

    async fn find(
        &self,
        organization: OrganizationId,
        user: UserId,
    ) -> Result<Option<Option<KeyVersion>>, Unavailable> {
        let read = move |conn: &mut Conn| match is_member(conn, organization, user)? {
            true => find(conn, user).map(Some),
            false => Ok(None),
        };
        self.0.point(read).await
    }

    async fn lines(
        &self,
        organization: OrganizationId,
        user: UserId,
        after: LineNumber,
        limit: Limit,
    ) -> Result<Option<Vec<KeyLogLine>>, Unavailable> {
        let after = i64::try_from(after.0).unwrap_or(i64::MAX);
        let read = move |conn: &mut Conn| {
            if !is_member(conn, organization, user)? {
                return Ok(None);
            }
            let lines = key_log::table
                .filter(key_log::user_id.eq(Key(user)))
                .filter(key_log::number.gt(after))
                .order(key_log::number)
                .limit(rows(limit))
                .select(KeyLogRow::as_select())
                .load(conn)?;
            lines
                .into_iter()
                .map(KeyLogRow::into_line)
                .collect::<QueryResult<_>>()
                .map(Some)
        };
        self.0.read(read).await
    }

    async fn changes(
        &self,
        organization: OrganizationId,
        after: ChangePosition,
        limit: Limit,
    ) -> Result<Vec<Change>, Unavailable> {
        let after = i64::try_from(after.0).unwrap_or(i64::MAX);
        let read = move |conn: &mut Conn| {
            let changes = key_changes::table
                .filter(key_changes::organization_id.eq(Key(organization)))
                .filter(key_changes::position.gt(after))
                .order(key_changes::position)
                .limit(rows(limit))
                .select(KeyChangeRow::as_select())
                .load(conn)?;
            changes.into_iter().map(KeyChangeRow::into_change).collect()
        };
        self.0.read(read).await
    }
}
