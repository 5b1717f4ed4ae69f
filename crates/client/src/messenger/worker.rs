use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::channels::Channels;
use super::command::Command;
use super::diary::Diary;
use super::incoming::Delivery;
use super::mailbox::Mailbox;
use super::outbox::{Outbox, Outgoing};
use super::own::{Own, supply};
use super::people::People;
use super::seen::Seen;
use super::sent::Sent;
use super::{Error, Incoming, Options, Record, commit};
use crate::encoding::random_id;
use crate::keystore::{Changes, Store};
use crate::session::Session;
use crate::socket::{FromServer, Line, News, ToServer};

/// What has come is stored together, so much of it at most.
const TOGETHER: usize = 64;

/// Does everything, one thing after the other, so that what is in memory is what is stored.
pub(super) struct Worker {
    pub(super) session: Arc<Session>,
    pub(super) own: Own,
    pub(super) people: People,
    pub(super) channels: Channels,
    pub(super) mailbox: Mailbox,
    pub(super) seen: Seen,
    pub(super) sent: Sent,
    pub(super) outbox: Outbox,
    pub(super) diary: Diary,
    pub(super) line: Line,
    /// What is to be stored next.
    pub(super) changes: Changes,
    /// Whether that has to be on the disk before it is told. Otherwise it is enough that it outlives this process: what a machine
    /// forgets that stops at once is told or sent again, under the same id.
    pub(super) durably: bool,
    /// What is to be told once that is stored.
    pub(super) tell: Vec<(Option<u64>, Incoming)>,
    pub(super) connected: bool,
    /// The id of the frame whose answer is awaited.
    pub(super) asked: Option<u64>,
    pub(super) last_id: u64,
    /// Nothing is sent before.
    pub(super) pause: Option<Instant>,
    /// Up to where somebody's messages were read, until the server has heard of it: the frame's id, whose, and the place.
    reads: Vec<(u64, Uuid, u64)>,
    store: Arc<Store>,
    commands: mpsc::Receiver<Command>,
    caller: mpsc::UnboundedSender<Delivery>,
}

impl Worker {
    pub async fn begin(
        session: Arc<Session>,
        options: Options,
        commands: mpsc::Receiver<Command>,
        caller: mpsc::UnboundedSender<Delivery>,
    ) -> Result<Self, Error> {
        let store = Arc::clone(session.store());
        session.own_store().await?;
        let own = Own::set_up(&session, &options).await?;
        let (mailbox, left) = Mailbox::open(&store)?;
        for (seq, mut incoming) in left {
            if let Incoming::Message(message) = &mut incoming {
                message.again = true;
            }
            let delivery = Delivery {
                seq: Some(seq),
                incoming,
            };
            let _ = caller.send(delivery);
        }
        Ok(Self {
            people: People::new(&session),
            channels: Channels::new(Arc::clone(&store)),
            mailbox,
            seen: Seen::open(&store),
            sent: Sent::open(&store)?,
            outbox: Outbox::open(&store)?,
            diary: Diary::open(&store)?,
            line: Line::open(Arc::clone(&session), own.number()),
            changes: Changes::new(),
            durably: false,
            tell: Vec::new(),
            connected: false,
            asked: None,
            last_id: 0,
            pause: None,
            reads: Vec::new(),
            own,
            session,
            store,
            commands,
            caller,
        })
    }

    pub async fn work(mut self) {
        let ending = loop {
            match self.turn().await {
                Ok(true) => {}
                Ok(false) => break None,
                Err(error) => break Some(error),
            }
        };
        if let Some(error) = ending {
            tracing::error!(%error, "the messenger ends");
            let reason = error.to_string();
            let _ = self.caller.send(Delivery {
                seq: None,
                incoming: Incoming::Ended { reason },
            });
        } else {
            let _ = self.diary.file(&mut self.changes);
            let _ = self.finish().await;
        }
        self.line.close().await;
    }

    /// Waits for something and does what follows from it. False when nobody wants anything any more.
    async fn turn(&mut self) -> Result<bool, Error> {
        let pause = self.pause;
        tokio::select! {
            command = self.commands.recv() => match command {
                Some(command) => self.follow(command).await?,
                None => return Ok(false),
            },
            news = self.line.next() => match news {
                Some(news) => self.hear_all(news).await?,
                None => return Err(Error::Closed),
            },
            () = until(pause) => self.pause = None,
        }
        self.finish().await?;
        self.pump().await?;
        Ok(true)
    }

    async fn hear_all(&mut self, first: News) -> Result<(), Error> {
        let mut next = Some(first);
        for _ in 0..TOGETHER {
            let Some(news) = next.take() else { break };
            self.hear(news).await?;
            next = self.line.next_now();
        }
        match next {
            Some(news) => self.hear(news).await,
            None => Ok(()),
        }
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
                let wait = retry_after_ms.map(std::time::Duration::from_millis);
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
        match self.take(entry).await {
            Err(error) if error.is_passing() => {
                tracing::debug!(%error, "what came is taken later");
                self.connected = false;
                self.asked = None;
                self.line.reset();
                self.tell.push((None, Incoming::Offline));
                Ok(())
            }
            done => done,
        }
    }

    async fn follow(&mut self, command: Command) -> Result<(), Error> {
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

    /// Stores what there is to store, and tells and acknowledges what is stored.
    pub(super) async fn finish(&mut self) -> Result<(), Error> {
        let news = self.people.news();
        self.tell.extend(news.into_iter().map(|incoming| (None, incoming)));
        let changes = std::mem::take(&mut self.changes);
        if std::mem::take(&mut self.durably) {
            commit(&self.store, changes).await?;
        } else {
            self.store.commit_lazily(changes)?;
        }
        for (seq, incoming) in self.tell.drain(..) {
            // Nobody may listen any more; what is not taken care of is told the next time.
            let _ = self.caller.send(Delivery { seq, incoming });
        }
        if self.connected
            && let Some(up_to) = self.mailbox.acknowledgement()
        {
            self.line.say(&ToServer::Acknowledge { up_to });
        }
        Ok(())
    }
}

async fn until(pause: Option<Instant>) {
    match pause {
        Some(pause) => sleep_until(pause).await,
        None => std::future::pending().await,
    }
}
