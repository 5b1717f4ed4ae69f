//! Messages on their way: what many send, acknowledge and look for at the moment is each done with a few statements for all.

mod acknowledging;
mod delivering;
mod keeping;
mod letter;
mod looking;
mod places;
mod standing;
mod usual;

use diesel::QueryResult;
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenon_kernel::{Limit, Member, Timestamp, Unavailable};
use tenon_messages::{Acknowledged, DeviceId, Draft, Mailbox, Posted, Reading, Sent, Seq};

use self::acknowledging::Reception;
use self::letter::Letter;
use self::looking::Look;
use super::batches::{Batches, Work, violates};
use super::database::transaction;
use super::{Conn, Database};
use crate::rows::MessageRow;

/// Does what is usual. Everything else is left to whoever asked, to be done alone.
pub struct Exchange {
    letters: Batches<Letter, Option<Sent>>,
    receptions: Batches<Reception, Option<Acknowledged>>,
    looks: Batches<Look, Reading>,
}

impl Exchange {
    pub fn new(database: &Database) -> Self {
        Self {
            letters: Batches::new(database.clone(), |conn, letters| together(conn, letters, keeping::keep)),
            receptions: Batches::new(database.clone(), |conn, receptions| {
                together(conn, receptions, acknowledging::acknowledge)
            }),
            looks: Batches::new(database.clone(), looking::look),
        }
    }

    /// Keeps a message, unless it is a repetition or has to be refused.
    pub async fn post(
        &self,
        sender: &Member,
        draft: &Draft,
        at: Timestamp,
        most: u32,
    ) -> Result<Option<Posted>, Unavailable> {
        let row = MessageRow::new(sender, draft, at);
        let letter = Letter::new(row, most);
        let is_copied = letter.is_copied();
        let Some(sent) = self.letters.run(letter).await? else {
            return Ok(None);
        };
        let told = [draft.to].into_iter().chain(is_copied.then_some(sender.user)).collect();
        Ok(Some(Posted { sent, told }))
    }

    /// Acknowledges, unless the device is unknown.
    pub async fn acknowledge(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        up_to: Seq,
        at: Timestamp,
    ) -> Result<Option<Acknowledged>, Unavailable> {
        let mailbox = *mailbox;
        self.receptions
            .run(Reception {
                mailbox,
                device,
                up_to: up_to.get(),
                at,
            })
            .await
    }

    /// What is in a mailbox after a place.
    pub async fn after(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        place: Seq,
        most: Limit,
    ) -> Result<Reading, Unavailable> {
        self.looks.run(Look::new(mailbox, device, place, most)).await
    }
}

/// How long a batch waits for each mailbox that somebody holds. To be joined to what is asked first.
const PATIENCE: &str = " CROSS JOIN set_config('lock_timeout', '100ms', true)";

/// In one transaction. What one of them violates is seen when they are looked at once more, and left out. What Postgres refuses for all, as
/// when a mailbox was waited for in vain, is left to whoever asked: a repetition of any of this changes nothing.
fn together<T, R>(conn: &mut Conn, items: &[T], work: Work<T, Option<R>>) -> QueryResult<Vec<Option<R>>> {
    let mut done = transaction(conn, |conn| work(conn, items));
    if done.as_ref().is_err_and(violates) {
        done = transaction(conn, |conn| work(conn, items));
    }
    match done {
        Err(error) if is_unclassified(&error) || items.len() == 1 && violates(&error) => {
            tracing::warn!(%error, items = items.len(), "messages are dealt with one by one");
            Ok(items.iter().map(|_| None).collect())
        }
        done => done,
    }
}

/// Whether it is of the errors that Diesel has no name for, of which an expired lock timeout is one, and a full disk another.
fn is_unclassified(error: &DieselError) -> bool {
    matches!(error, DieselError::DatabaseError(DatabaseErrorKind::Unknown, _))
}
