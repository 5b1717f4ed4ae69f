use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::channels::Channels;
use super::command::Command;
use super::diary::Diary;
use super::incoming::Delivery;
use super::mailbox::Mailbox;
use super::outbox::Outbox;
use super::own::Own;
use super::people::People;
use super::seen::Seen;
use super::sent::Sent;
use super::{Error, Incoming, Options, commit};
use crate::keystore::{Changes, Store};
use crate::session::Session;
use crate::socket::{FromServer, Line, ToServer};

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
    /// An entry that a limit keeps from being taken before this time. Nothing is heard meanwhile: what follows must not be taken
    /// before it.
    pub(super) held: Option<(Instant, FromServer)>,
    /// Up to where somebody's messages were read, until the server has heard of it: the frame's id, whose, and the place.
    pub(super) reads: Vec<(u64, Uuid, u64)>,
    pub(super) store: Arc<Store>,
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
            held: None,
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
        let (pause, held) = (self.pause, self.held.as_ref().map(|(until, _)| *until));
        tokio::select! {
            command = self.commands.recv() => match command {
                Some(command) => self.follow(command).await?,
                None => return Ok(false),
            },
            news = self.line.next(), if held.is_none() => match news {
                Some(news) => self.hear_all(news).await?,
                None => return Err(Error::Closed),
            },
            () = until(pause) => self.pause = None,
            () = until(held) => self.take_held().await?,
        }
        self.finish().await?;
        self.pump().await?;
        Ok(true)
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
