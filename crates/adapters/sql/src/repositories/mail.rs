mod acknowledge;
pub mod after;
mod post;
mod read;

use async_trait::async_trait;
use tenon_kernel::{Limit, Member, Timestamp, Unavailable, UserId};
use tenon_messages::{
    Acknowledged, Awaited, DeviceId, Draft, Mailbox, MarkReadError, PostError, Posted, ReadMailError, Reading, Seq,
};

use super::exchange::Exchange;
use super::{Conn, Database, locks, mailboxes, posting};
use crate::rows::MessageRow;
use crate::types::Key;

/// See the port.
pub struct Mail {
    database: Database,
    exchange: Exchange,
}

impl Mail {
    pub fn new(database: Database) -> Self {
        let exchange = Exchange::new(&database);
        Self { database, exchange }
    }
}

#[async_trait]
impl tenon_messages::Mail for Mail {
    async fn post(&self, sender: &Member, draft: &Draft, at: Timestamp, most: u32) -> Result<Posted, PostError> {
        if let Some(posted) = self.exchange.post(sender, draft, at, most).await? {
            return Ok(posted);
        }
        loop {
            let (sender, draft) = (*sender, draft.clone());
            let work = move |conn: &mut Conn| post::post(conn, &sender, &draft, at, most);
            match self.database.write(work).await {
                Ok(posted) => return Ok(posted),
                Err(post::Refusal::Refused(error)) => return Err(error),
                // The other one is committed by now, or was given up.
                Err(post::Refusal::Repeated) => {}
            }
        }
    }

    async fn cursor(&self, mailbox: &Mailbox, device: DeviceId) -> Result<Seq, ReadMailError> {
        let mailbox = *mailbox;
        let cursor = self
            .database
            .point(move |conn| after::cursor(conn, &mailbox, device))
            .await?;
        cursor.map(Seq::stored).ok_or(ReadMailError::UnknownDevice)
    }

    async fn after(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        place: Seq,
        most: Limit,
    ) -> Result<Reading, Unavailable> {
        self.exchange.after(mailbox, device, place, most).await
    }

    async fn acknowledge(
        &self,
        mailbox: &Mailbox,
        device: DeviceId,
        up_to: Seq,
        at: Timestamp,
    ) -> Result<Acknowledged, ReadMailError> {
        if let Some(acknowledged) = self.exchange.acknowledge(mailbox, device, up_to, at).await? {
            return Ok(acknowledged);
        }
        let mailbox = *mailbox;
        self.database
            .write(move |conn| {
                let done = acknowledge::acknowledge(conn, &mailbox, device, up_to, at);
                // The organization may have gone since.
                done.map_err(|fault| fault.or_missing(ReadMailError::UnknownDevice))
            })
            .await
    }

    async fn mark_read(
        &self,
        mailbox: &Mailbox,
        peer: UserId,
        up_to: Seq,
        at: Timestamp,
    ) -> Result<Acknowledged, MarkReadError> {
        let mailbox = *mailbox;
        let mut told = false;
        loop {
            let work = move |conn: &mut Conn| {
                let marked = read::mark_read(conn, &mailbox, peer, up_to, at);
                marked.map_err(|fault| fault.or_missing(MarkReadError::NotFound))
            };
            let marked = self.database.write(work).await?;
            told |= marked.told;
            if !marked.more {
                return Ok(Acknowledged {
                    up_to: marked.up_to,
                    told: told.then_some(peer).into_iter().collect(),
                });
            }
        }
    }

    async fn ahead(&self, awaited: &[Awaited]) -> Result<Vec<Mailbox>, Unavailable> {
        let awaited = awaited.to_vec();
        self.database.read(move |conn| after::ahead(conn, &awaited)).await
    }
}
