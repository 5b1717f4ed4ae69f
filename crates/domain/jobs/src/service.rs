use std::sync::Arc;

use tenon_kernel::{
    Action, Author, Clock, Device, Entry, JobId, Limit, Page, PageRequest, SubjectKind, Timestamp, Unavailable,
};

use crate::{Backlog, Count, DiscardError, JobRecord, QueueName, RetryError, State};

/// What the operator does with queues.
#[derive(Clone)]
pub struct Jobs {
    backlog: Arc<dyn Backlog>,
    clock: Arc<dyn Clock>,
}

impl Jobs {
    /// Over this store.
    pub fn new(backlog: Arc<dyn Backlog>, clock: Arc<dyn Clock>) -> Self {
        Self { backlog, clock }
    }

    /// How many jobs each queue has.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the store does not answer.
    pub async fn counts(&self) -> Result<Vec<Count>, Unavailable> {
        self.backlog.counts().await
    }

    /// The jobs of a queue in a state, the earliest enqueued first.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the store does not answer.
    pub async fn list(
        &self,
        queue: QueueName,
        state: State,
        page: &PageRequest<JobId>,
    ) -> Result<Page<JobRecord, JobId>, Unavailable> {
        self.backlog.list(queue, state, page).await
    }

    /// Makes a dead job wait, as if it had never been attempted. With a queue, only a job of that queue.
    ///
    /// # Errors
    ///
    /// As [`RetryError`] says.
    pub async fn retry(&self, queue: Option<QueueName>, job: JobId, device: &Device) -> Result<(), RetryError> {
        if !self.is_in(queue, job).await? {
            return Err(RetryError::NotFound);
        }
        self.retry_one(job, device).await
    }

    /// The same for every dead job of a queue. Returns how many wait now; those that others took the place of stay dead.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when the store does not answer.
    pub async fn retry_all(&self, queue: QueueName, device: &Device) -> Result<u64, Unavailable> {
        let mut retried = 0;
        let mut page = PageRequest {
            limit: Limit::default(),
            after: None,
            count: false,
        };
        loop {
            let dead = self.backlog.list(queue, State::Dead, &page).await?;
            for job in &dead.items {
                match self.retry_one(job.id, device).await {
                    Ok(()) => retried += 1,
                    Err(RetryError::NotFound | RetryError::NotDead | RetryError::Superseded) => {}
                    Err(RetryError::Unavailable(error)) => return Err(error),
                }
            }
            match dead.next {
                Some(next) => page.after = Some(next),
                None => return Ok(retried),
            }
        }
    }

    /// Strikes out a job that is dead or waits. With a queue, only a job of that queue.
    ///
    /// # Errors
    ///
    /// As [`DiscardError`] says.
    pub async fn discard(&self, queue: Option<QueueName>, job: JobId, device: &Device) -> Result<(), DiscardError> {
        if !self.is_in(queue, job).await? {
            return Err(DiscardError::NotFound);
        }
        let entry = entry(job, Action::JobDiscarded, self.clock.now(), device);
        self.backlog.discard(job, &entry).await
    }

    async fn retry_one(&self, job: JobId, device: &Device) -> Result<(), RetryError> {
        let now = self.clock.now();
        let entry = entry(job, Action::JobRetried, now, device);
        self.backlog.retry(job, now, &entry).await
    }

    async fn is_in(&self, queue: Option<QueueName>, job: JobId) -> Result<bool, Unavailable> {
        let Some(queue) = queue else { return Ok(true) };
        Ok(self.backlog.find(job).await?.is_some_and(|job| job.queue == queue))
    }
}

fn entry(job: JobId, action: Action, at: Timestamp, device: &Device) -> Entry {
    Entry::new(at, Author::operator(device), action).about(SubjectKind::Job, job)
}
