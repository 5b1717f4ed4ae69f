//! What follows from the news of the line.

use std::time::Duration;

use tokio::time::Instant;

use super::outbound::PAUSE;
use super::own::supply;
use super::worker::Worker;
use super::{Error, Incoming};
use crate::socket::{FromServer, News, ToServer};

/// What has come is stored together, so much of it at most.
const TOGETHER: usize = 64;

impl Worker {
    pub(super) async fn hear_all(&mut self, first: News) -> Result<(), Error> {
        let mut next = Some(first);
        let mut heard = 0;
        while let Some(news) = next.take() {
            self.hear(news).await?;
            heard += 1;
            if heard <= TOGETHER && self.held.is_none() {
                next = self.line.next_now();
            }
        }
        Ok(())
    }

    async fn hear(&mut self, news: News) -> Result<(), Error> {
        match news {
            News::Open => self.opened(),
            News::Cut => {
                self.asked = None;
                if std::mem::replace(&mut self.connected, false) {
                    self.tell.push((None, Incoming::Offline));
                }
                Ok(())
            }
            News::Over(error) => Err(error.into()),
            News::Frame(frame) => self.heard(frame).await,
        }
    }

    fn opened(&mut self) -> Result<(), Error> {
        self.connected = true;
        self.asked = None;
        self.mailbox.connected();
        self.people.forget_all_asked();
        self.tell.push((None, Incoming::Online));
        for (id, conversation, up_to) in self.reads.clone() {
            self.line.say(&ToServer::Read {
                id,
                conversation,
                up_to,
            });
        }
        Ok(())
    }

    async fn heard(&mut self, frame: FromServer) -> Result<(), Error> {
        match frame {
            FromServer::Welcome { user, organization } => {
                if (user, organization) != (self.session.user(), self.session.organization()) {
                    return Err(Error::Unreadable("the session"));
                }
                Ok(())
            }
            FromServer::Ok { id, message } => {
                self.reads.retain(|(read, ..)| Some(*read) != id);
                match message {
                    Some(accepted) if self.is_asked(id) => self.accepted(&accepted),
                    _ => Ok(()),
                }
            }
            FromServer::Error {
                id,
                code,
                message,
                retry_after_ms,
            } => {
                self.reads.retain(|(read, ..)| Some(*read) != id);
                let wait = retry_after_ms.map(Duration::from_millis);
                match id {
                    Some(_) if self.is_asked(id) => self.refused(&code, &message, wait),
                    None if code == "device_not_found" => Err(Error::DeviceRemoved),
                    _ => {
                        tracing::warn!(code, message, "the server refused a frame");
                        Ok(())
                    }
                }
            }
            FromServer::Prekeys { device, count } if device == self.own.number() => {
                // What is on its way to the disk is of the device as it is now.
                self.finish().await?;
                match supply(&self.session, &mut self.own, count).await {
                    // The server says once more how many there are when there is a new connection or a further claim.
                    Err(error) if error.is_passing() => Ok(()),
                    done => done,
                }
            }
            entry => self.take_or_come_back(entry).await,
        }
    }

    /// Whether this is the answer that is awaited; from now on none is.
    fn is_asked(&mut self, id: Option<u64>) -> bool {
        let asked = id.is_some() && self.asked == id;
        if asked {
            self.asked = None;
        }
        asked
    }

    async fn take_or_come_back(&mut self, entry: FromServer) -> Result<(), Error> {
        // What comes after an entry that was not taken must not be taken before it.
        if !self.connected {
            return Ok(());
        }
        if let Some(seq) = entry.seq().filter(|seq| !self.mailbox.may_have(*seq)) {
            tracing::error!(
                seq,
                "the server tells of an entry far ahead of the last one: the connection is given up"
            );
            self.come_back();
            return Ok(());
        }
        match self.take(&entry).await {
            // A new connection would bring the same entry and the same answer.
            Err(error) if error.is_limit() => {
                let wait = error.retry_after().unwrap_or(PAUSE).max(PAUSE);
                tracing::debug!(%error, ?wait, "what came is taken later");
                self.held = Some((Instant::now() + wait, entry));
                Ok(())
            }
            Err(error) if error.is_passing() => {
                tracing::debug!(%error, "what came is taken after the next connection");
                self.come_back();
                Ok(())
            }
            done => done,
        }
    }

    fn come_back(&mut self) {
        self.connected = false;
        self.asked = None;
        self.line.reset();
        self.tell.push((None, Incoming::Offline));
    }

    /// Takes the entry that had to wait.
    pub(super) async fn take_held(&mut self) -> Result<(), Error> {
        match self.held.take() {
            Some((_, entry)) => self.take_or_come_back(entry).await,
            None => Ok(()),
        }
    }
}
