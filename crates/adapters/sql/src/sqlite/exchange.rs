//! Messages on their way. What many ask for at the moment is one transaction here in any case.

use diesel::prelude::*;
use tenon_kernel::{Limit, Member, Timestamp, Unavailable};
use tenon_messages::{Acknowledged, DeviceId, Draft, Mailbox, Posted, Reading, Seq};

use super::repositories::mail::after::{last, reading};
use super::{Conn, Database};
use crate::rows::{MessageRow, device_number};
use crate::schema::{deliveries, messages};
use crate::types::{Json, Key};

/// Leaves what is written to whoever asked, to be done alone.
pub struct Exchange(Database);

#[expect(clippy::unused_async, reason = "the other database does it, and takes time")]
impl Exchange {
    pub fn new(database: &Database) -> Self {
        Self(database.clone())
    }

    pub async fn post(&self, _: &Member, _: &Draft, _: Timestamp, _: u32) -> Result<Option<Posted>, Unavailable> {
        Ok(None)
    }

    pub async fn acknowledge(
        &self,
        _: &Mailbox,
        _: DeviceId,
        _: Seq,
        _: Timestamp,
    ) -> Result<Option<Acknowledged>, Unavailable> {
        Ok(None)
    }

    /// What is in a mailbox after a place.
    pub async fn after(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        place: Seq,
        most: Limit,
    ) -> Result<Reading, Unavailable> {
        let mailbox = *mailbox;
        self.0
            .read(move |conn| after(conn, &mailbox, device, place, most))
            .await
    }
}

fn after(conn: &mut Conn, mailbox: &Mailbox, device: DeviceId, place: Seq, most: Limit) -> QueryResult<Reading> {
    // Asked first: what comes in meanwhile is found next time.
    let last = last(conn, mailbox)?;
    let most = i64::try_from(most.get()).unwrap_or(i64::MAX);
    let of_message = messages::organization_id
        .eq(deliveries::organization_id)
        .and(messages::id.nullable().eq(deliveries::message_id));
    let rows: Vec<(i64, Option<Json>, Option<MessageRow>)> = deliveries::table
        .left_join(messages::table.on(of_message))
        .filter(deliveries::organization_id.eq(Key(mailbox.organization)))
        .filter(deliveries::user_id.eq(Key(mailbox.user)))
        .filter(deliveries::seq.gt(place.get()))
        .filter(
            deliveries::device
                .eq(0)
                .or(deliveries::device.eq(device_number(device))),
        )
        .order(deliveries::seq)
        .limit(most)
        .select((deliveries::seq, deliveries::notice, Option::<MessageRow>::as_select()))
        .load(conn)?;
    reading(mailbox, place.get(), most, last, rows)
}
