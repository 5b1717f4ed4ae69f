//! What many callers ask for in one transaction, which is what the writer does with all work.

use diesel::QueryResult;
use tenon_kernel::Unavailable;

use super::{Conn, Database};
use crate::fault::{Fault, unavailable};

/// Does to rows of many callers what is done together elsewhere.
pub struct Batches<T, R> {
    database: Database,
    work: fn(&mut Conn, &[T]) -> QueryResult<Vec<R>>,
}

impl<T: Send + Sync + 'static, R: Send + 'static> Batches<T, R> {
    /// `work` MUST do all of it or nothing, answer for each item in order, and fail only after it has written.
    pub fn new(database: Database, work: fn(&mut Conn, &[T]) -> QueryResult<Vec<R>>) -> Self {
        Self { database, work }
    }

    /// Returns when it is done, durably.
    pub async fn run(&self, item: T) -> Result<R, Unavailable> {
        let work = self.work;
        self.database
            .insert(move |conn| {
                let done = work(conn, std::slice::from_ref(&item))?;
                let done = done.into_iter().next();
                done.ok_or_else(|| Fault::Refused(unavailable("nothing was answered")))
            })
            .await
    }
}
