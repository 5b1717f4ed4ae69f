mod content;
mod reading_back;

use std::sync::Arc;
use std::time::Duration;

use tenon_kernel::{Clock, Id, Keyring, OpenError, Timestamp, Unavailable};
use zeroize::Zeroizing;

use crate::judging::{Facts, marks};
use crate::{
    Apps, Batch, BatchId, Certificates, ClientStateDigest, Envelope, Inbox, Item, Known, Notification, Notifications,
    Posted, Quarantine, Registry, RemoteId, Settled, TaskError, Tokens, Verdict, read,
};
pub(crate) use reading_back::require_admin;

/// How many notifications are settled in one transaction.
const TOGETHER: usize = 100;

/// How many rows of a kind are looked at, or deleted, in one transaction.
const AT_ONCE: u32 = 500;

/// What [`Intake`] stands on.
#[derive(Clone)]
pub struct IntakePorts {
    pub inbox: Arc<dyn Inbox>,
    pub notifications: Arc<dyn Notifications>,
    pub registry: Arc<dyn Registry>,
    pub apps: Arc<dyn Apps>,
    pub certificates: Arc<dyn Certificates>,
    pub tokens: Arc<dyn Tokens>,
    pub envelope: Arc<dyn Envelope>,
    pub keyring: Arc<dyn Keyring>,
    pub clock: Arc<dyn Clock>,
}

/// How long [`Intake`] keeps what was posted, and what became of it.
#[derive(Debug, Clone, Copy)]
pub struct Keeping {
    pub batches: Duration,
    pub notifications: Duration,
}

/// Takes what is posted to the webhook, and finds out later what to believe of it.
#[derive(Clone)]
pub struct Intake {
    ports: IntakePorts,
    keeping: Keeping,
}

impl Intake {
    /// An intake that keeps what was posted for as long as `keeping` says.
    pub fn new(ports: IntakePorts, keeping: Keeping) -> Self {
        Self { ports, keeping }
    }

    /// Deletes what is kept no longer. A batch that is still to be processed, or that a person may still have processed, is kept.
    ///
    /// # Errors
    ///
    /// [`Unavailable`].
    pub async fn forget(&self) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let (batches, notifications) = (now.minus(self.keeping.batches), now.minus(self.keeping.notifications));
        let inbox = &self.ports.inbox;
        let mut last = None;
        while let Some(seen) = inbox.forget_batches(batches, last, AT_ONCE).await? {
            last = Some(seen);
        }
        while inbox.forget_notifications(notifications, AT_ONCE).await? > 0 {}
        Ok(())
    }

    /// Keeps a body that was posted. It is durable when this returns; nothing of it was believed yet.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when it is not kept.
    pub async fn accept(&self, body: &[u8]) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let id = Id::at(now);
        let batch = Batch {
            id,
            body: self.ports.keyring.seal(body, &Batch::slot(id))?,
            received_at: now,
        };
        self.ports.inbox.accept(&batch).await
    }

    /// Settles every notification of a batch. Whoever does so again, because it was interrupted, settles what is left.
    ///
    /// # Errors
    ///
    /// As [`TaskError`] says.
    pub async fn process(&self, id: BatchId) -> Result<(), TaskError> {
        let Some(batch) = self.ports.inbox.batch(id).await? else {
            return Err(reading_back::forgotten());
        };
        let body = self.open(&batch)?;
        let now = self.ports.clock.now();
        let Ok(posted) = read(&body) else {
            self.settle(&batch, &[malformed(now)]).await?;
            return Ok(());
        };
        let facts = self.facts(&posted.items).await?;
        let (rich, plain): (Vec<_>, Vec<_>) = worth_a_row(&posted).partition(|(_, item)| item.content.is_some());
        for items in plain.chunks(TOGETHER) {
            let settled: Vec<_> = items
                .iter()
                .map(|(at, item)| judge_plain(&facts, *at, item, now))
                .collect();
            self.settle(&batch, &settled).await?;
        }
        if rich.is_empty() {
            return Ok(());
        }
        // After the others, which must not wait for keys that cannot be had.
        let witness = self
            .witness(
                &facts,
                &posted.tokens,
                rich.iter().map(|(_, item)| *item),
                batch.received_at,
            )
            .await?;
        for items in rich.chunks(TOGETHER) {
            let settled: Vec<_> = items
                .iter()
                .map(|(at, item)| self.judge_rich(&facts, &witness, *at, item, now))
                .collect();
            self.settle(&batch, &settled).await?;
        }
        Ok(())
    }

    /// Judges an item that was judged before as [`Intake::process`] does.
    async fn judge(
        &self,
        posted: &Posted,
        before: &Notification,
        received_at: Timestamp,
        now: Timestamp,
    ) -> Result<Settled, TaskError> {
        let position = before.position;
        let index = usize::try_from(position).unwrap_or(usize::MAX);
        let Some(item) = posted.items.get(index) else {
            return Ok(malformed(now));
        };
        let mut facts = self.facts(std::slice::from_ref(item)).await?;
        if let Some(known) = self.known_before(before, item).await? {
            facts.stand_in(item, known);
        }
        if item.content.is_none() {
            return Ok(judge_plain(&facts, position, item, now));
        }
        let witness = self
            .witness(&facts, &posted.tokens, std::iter::once(item), received_at)
            .await?;
        Ok(self.judge_rich(&facts, &witness, position, item, now))
    }

    async fn facts(&self, items: &[Item]) -> Result<Facts, Unavailable> {
        let mut remotes: Vec<_> = items.iter().map(|item| RemoteId(item.subscription.clone())).collect();
        remotes.sort_by(|one, other| one.0.cmp(&other.0));
        remotes.dedup();
        let mut states: Vec<_> = items
            .iter()
            .map(|item| ClientStateDigest::of(&item.client_state))
            .collect();
        states.sort_by_key(|state| state.0);
        states.dedup();
        Ok(Facts::new(self.ports.registry.known(&remotes, &states).await?))
    }

    async fn settle(&self, batch: &Batch, settled: &[Settled]) -> Result<(), Unavailable> {
        let now = self.ports.clock.now();
        let believed = self
            .ports
            .inbox
            .settle(batch.id, batch.received_at, settled, now)
            .await?;
        let doubted = settled
            .iter()
            .filter(|one| matches!(one.verdict, Verdict::Doubted(_)))
            .count();
        if doubted > 0 {
            tracing::warn!(batch = %batch.id, doubted, "notifications of Graph are in quarantine");
        }
        tracing::debug!(batch = %batch.id, of = settled.len(), believed, doubted, "notifications were settled");
        Ok(())
    }

    fn open(&self, batch: &Batch) -> Result<Zeroizing<Vec<u8>>, TaskError> {
        let opened = self.ports.keyring.open(&batch.body, &Batch::slot(batch.id));
        opened.map_err(|error| match error {
            OpenError::Forged => TaskError::Never("the stored batch was changed".to_owned()),
            error @ (OpenError::UnknownKey(_) | OpenError::Unavailable(_)) => TaskError::Later(error.to_string()),
        })
    }

    fn judge_rich(
        &self,
        facts: &Facts,
        witness: &content::Witness,
        position: u32,
        item: &Item,
        now: Timestamp,
    ) -> Settled {
        match facts.subscription(item) {
            Ok(known) => match self.check_content(witness, known, item) {
                Ok(()) => believed(known, position, item, now),
                Err(reason) => doubted(Some(known), position, item, reason, now),
            },
            Err(reason) => doubted(facts.owner(item), position, item, reason, now),
        }
    }
}

/// The items with their places. Of those that name no subscription the first stands for all: anybody can send as many as they like.
fn worth_a_row(posted: &Posted) -> impl Iterator<Item = (u32, &Item)> {
    let mut is_first = true;
    let items = (0..).zip(&posted.items);
    items.filter(move |(_, item)| !item.subscription.is_empty() || std::mem::take(&mut is_first))
}

fn judge_plain(facts: &Facts, position: u32, item: &Item, now: Timestamp) -> Settled {
    match facts.subscription(item) {
        Ok(known) => believed(known, position, item, now),
        Err(reason) => doubted(facts.owner(item), position, item, reason, now),
    }
}

fn believed(known: &Known, position: u32, item: &Item, now: Timestamp) -> Settled {
    let marks = marks(known.id, item);
    settled(Some(known), position, item, Verdict::Believed(marks), now)
}

fn doubted(owner: Option<&Known>, position: u32, item: &Item, reason: Quarantine, now: Timestamp) -> Settled {
    settled(owner, position, item, Verdict::Doubted(reason), now)
}

fn settled(known: Option<&Known>, position: u32, item: &Item, verdict: Verdict, now: Timestamp) -> Settled {
    Settled {
        id: Id::at(now),
        position,
        organization: known.map(|known| known.organization),
        subscription: known.map(|known| known.id),
        change: item.change,
        resource: item.resource.chars().filter(|c| !c.is_control()).take(1000).collect(),
        is_rich: item.content.is_some(),
        verdict,
    }
}

fn malformed(now: Timestamp) -> Settled {
    Settled {
        id: Id::at(now),
        position: 0,
        organization: None,
        subscription: None,
        change: tenon_kernel::GraphChange::Other,
        resource: String::new(),
        is_rich: false,
        verdict: Verdict::Doubted(Quarantine::Malformed),
    }
}
