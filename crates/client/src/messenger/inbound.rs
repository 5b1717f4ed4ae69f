//! Takes what comes out of the mailbox.

use uuid::Uuid;

use super::worker::Worker;
use super::{Error, Incoming, Message, Mode, Undecryptable};
use crate::api::ApiError;
use crate::devices::{DeviceContent, Envelope, Letter};
use crate::simple::{Agreement, Labels, Versions};
use crate::socket::{FromServer, MessageEntry};
use crate::{devices, simple};

/// Why a message was not opened.
enum Unopened {
    /// It does not open.
    Reason(String),
    /// It might, but something is missing that could not be had now, or the messenger cannot go on.
    Error(Error),
}

impl From<Error> for Unopened {
    fn from(error: Error) -> Self {
        match error {
            error if error.is_passing() => Self::Error(error),
            Error::Api(ApiError::Refused(refusal)) => Self::Reason(refusal.to_string()),
            Error::KeyLog(error) => Self::Reason(error.to_string()),
            error => Self::Error(error),
        }
    }
}

fn reason(error: impl std::fmt::Display) -> Unopened {
    Unopened::Reason(error.to_string())
}

/// What was inside.
struct Opened {
    id: Uuid,
    peer: Uuid,
    text: String,
    mode: Mode,
}

impl Worker {
    /// Takes an entry of the mailbox. Nothing of it is kept when this fails.
    pub(super) async fn take(&mut self, frame: &FromServer) -> Result<(), Error> {
        let (seq, incoming) = match frame {
            FromServer::Message(entry) if !self.mailbox.has(entry.seq) => {
                (entry.seq, self.message(entry.seq, &entry.of).await?)
            }
            FromServer::Receipt(entry) if !self.mailbox.has(entry.seq) => {
                let of = &entry.of;
                let changes = &mut self.changes;
                let (progress, ids) = self.sent.receipt(of, changes);
                let receipt = Incoming::Receipt {
                    peer: of.by,
                    progress,
                    ids: ids.clone(),
                };
                (entry.seq, (!ids.is_empty()).then_some(receipt))
            }
            FromServer::KeyChanged(entry) if !self.mailbox.has(entry.seq) => {
                (entry.seq, self.key_changed(entry.of.user).await?)
            }
            _ => return Ok(()),
        };
        self.durably = true;
        let news = self.people.news();
        self.tell.extend(news.into_iter().map(|incoming| (None, incoming)));
        self.mailbox.take(seq, incoming.as_ref(), &mut self.changes)?;
        if let Some(incoming) = incoming {
            self.tell.push((Some(seq), incoming));
        }
        Ok(())
    }

    /// The last of what there is to tell of the change.
    async fn key_changed(&mut self, user: Uuid) -> Result<Option<Incoming>, Error> {
        self.people.forget_when_asked(user);
        match self.people.ledger(user, &mut self.changes).await.map(drop) {
            Ok(()) => {}
            // It is asked for, and told of, before anything is sealed for that person or opened.
            Err(error) if error.is_limit() => {}
            Err(error) => match Unopened::from(error) {
                // What is wrong with a log is told as news, too.
                Unopened::Reason(_) => {}
                Unopened::Error(error) => return Err(error),
            },
        }
        let mut news = self.people.news();
        let last = news.pop();
        self.tell.extend(news.into_iter().map(|incoming| (None, incoming)));
        Ok(last)
    }

    async fn message(&mut self, seq: u64, entry: &MessageEntry) -> Result<Option<Incoming>, Error> {
        let opened = match entry.kind.as_str() {
            simple::KIND => self.open_simple(entry).await,
            devices::KIND => self.open_device(entry).await,
            kind => Err(Unopened::Reason(format!("{kind} is no mode that this client knows"))),
        };
        let opened = match opened {
            Ok(opened) => opened,
            Err(Unopened::Error(error)) => return Err(error),
            Err(Unopened::Reason(reason)) => {
                return Ok(Some(Incoming::Undecryptable(Undecryptable {
                    seq,
                    id: entry.id,
                    from: entry.from,
                    at: entry.created_at.clone(),
                    reason,
                })));
            }
        };
        if !self.seen.is_new(entry.from, opened.id, &mut self.changes) {
            return Ok(None);
        }
        Ok(Some(Incoming::Message(Message {
            seq,
            id: opened.id,
            peer: opened.peer,
            from: entry.from,
            text: opened.text,
            at: entry.created_at.clone(),
            mode: opened.mode,
            again: false,
        })))
    }

    async fn open_simple(&mut self, entry: &MessageEntry) -> Result<Opened, Unopened> {
        let me = self.session.user();
        let versions = Versions::of(&entry.content).map_err(reason)?;
        let (peer, own, theirs) = if entry.from == me {
            (entry.to, versions.sender, versions.recipient)
        } else if entry.to == me {
            (entry.from, versions.recipient, versions.sender)
        } else {
            return Err(reason("it is for somebody else"));
        };
        let key = self.people.key_to_open(peer, theirs, &mut self.changes).await?;
        let key = key.ok_or_else(|| reason("the other's key log has no such key"))?;
        let secret = self.own.simple.get(&own);
        let secret = secret.ok_or_else(|| reason("the private key is not on this device"))?;
        let agreement = Agreement::new(me, secret, peer, &key).map_err(reason)?;
        let labels = Labels {
            sender: entry.from,
            recipient: entry.to,
            client_id: entry.client_id,
        };
        let text = agreement.open(&labels, &entry.content).map_err(reason)?;
        Ok(Opened {
            id: entry.client_id,
            peer,
            text: text.as_str().to_owned(),
            mode: Mode::Simple,
        })
    }

    async fn open_device(&mut self, entry: &MessageEntry) -> Result<Opened, Unopened> {
        let content = DeviceContent::read(&entry.content).map_err(reason)?;
        let envelope = Envelope {
            from: entry.from,
            from_device: content.device,
            to: entry.to,
            to_device: entry.device,
        };
        if entry.to != self.session.user() || entry.device != self.own.number() {
            return Err(reason("it is for another device"));
        }
        let keys = self
            .people
            .device_to_open(entry.from, content.device, &mut self.changes)
            .await?;
        let keys = keys.ok_or_else(|| reason("the sender's key log has no such device"))?;
        let own = self.own.device.as_mut().ok_or_else(|| reason("this is no device"))?;
        let channel = self.channels.with(entry.from, content.device)?;
        let opened = channel.open(own, &keys.agreement, &content.message);
        // Also after a failure: the channel knows then that the next message to that device begins a new session.
        self.channels.store(entry.from, content.device, &mut self.changes)?;
        let plain = opened.map_err(reason)?;
        if content.message.message_type() == vodozemac::olm::MessageType::PreKey {
            self.own.store_device(&mut self.changes)?;
        }
        let letter = Letter::read(&plain, &envelope).map_err(reason)?;
        let peer = if entry.from == entry.to {
            letter.conversation
        } else {
            entry.from
        };
        Ok(Opened {
            id: letter.id,
            peer,
            text: letter.text.clone(),
            mode: Mode::Device,
        })
    }
}
