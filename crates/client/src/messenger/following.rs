//! What follows from what the caller wants.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::command::Command;
use super::outbox::Outgoing;
use super::worker::Worker;
use super::{Error, Incoming, Record};
use crate::encoding::random_id;
use crate::socket::ToServer;

impl Worker {
    pub(super) async fn follow(&mut self, command: Command) -> Result<(), Error> {
        match command {
            Command::Send { to, text, reply } => {
                let id = self.add(to, text)?;
                self.durably = true;
                self.finish().await?;
                let _ = reply.send(Ok(id));
            }
            Command::Handled(seq) => self.handled(seq)?,
            Command::Read { peer, up_to } => {
                self.last_id += 1;
                let (id, conversation) = (self.last_id, peer);
                self.reads.retain(|(_, of, _)| *of != peer);
                self.reads.push((id, peer, up_to));
                self.line.say(&ToServer::Read {
                    id,
                    conversation,
                    up_to,
                });
            }
            Command::Safety { peer, reply } => {
                let safety = self.people.safety(peer, &mut self.changes).await;
                self.finish().await?;
                let _ = reply.send(safety);
            }
            Command::Verified { peer, number, reply } => {
                let done = self.people.verified(peer, &number, &mut self.changes);
                self.durably = true;
                self.finish().await?;
                let _ = reply.send(done);
            }
            Command::Accept { peer, reply } => {
                let done = self.people.accept(peer, &mut self.changes);
                self.durably = true;
                self.finish().await?;
                let _ = reply.send(done);
            }
            Command::Lapsed(reply) => {
                let _ = reply.send(self.people.lapsed());
            }
            Command::History { peer, most, reply } => {
                let _ = reply.send(self.diary.latest(peer, most));
            }
            Command::Unsent(reply) => {
                let _ = reply.send(self.outbox.len());
            }
        }
        Ok(())
    }

    fn add(&mut self, to: Uuid, text: String) -> Result<Uuid, Error> {
        let id = random_id()?;
        let now = OffsetDateTime::now_utc().format(&Rfc3339);
        let outgoing = Outgoing {
            id,
            to,
            text,
            written: now.map_err(|_| Error::Unreadable("the clock"))?,
            copies: None,
            sent: Vec::new(),
        };
        self.outbox.add(outgoing, &mut self.changes)?;
        Ok(id)
    }

    fn handled(&mut self, seq: u64) -> Result<(), Error> {
        if let Some(Incoming::Message(message)) = self.mailbox.waiting(&self.store, seq)? {
            let record = Record {
                id: message.id,
                peer: message.peer,
                from: message.from,
                text: message.text,
                at: message.at,
            };
            self.diary.add(record, &mut self.changes)?;
        }
        self.mailbox.handled(seq, &mut self.changes);
        if self.diary.is_full() {
            self.diary.file(&mut self.changes)?;
        }
        Ok(())
    }
}
