use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use diesel::r2d2::{ConnectionManager, Pool, PooledConnection, R2D2Connection};
use tenon_kernel::Unavailable;

use crate::fault::unavailable;

/// Whether the connections of a pool can be believed to work.
///
/// To test each of them before each use would cost a fifth of the throughput. Instead, one that breaks casts doubt on all
/// others, and each of those is tested once before it is used again: a database that was restarted fails the work that it
/// interrupted and none that comes later. While there is no database, nobody waits for it.
#[derive(Debug, Default)]
pub struct Doubt {
    raised: AtomicU64,
    down: AtomicBool,
}

/// How often doubt had been raised when the connection was last found to work.
struct Trusted(u64);

impl Doubt {
    /// A connection that works.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] after the pool's timeout, and at once when it has run out before and nothing has worked since.
    pub fn connection<C>(
        &self,
        pool: &Pool<ConnectionManager<C>>,
    ) -> Result<PooledConnection<ConnectionManager<C>>, Unavailable>
    where
        C: R2D2Connection + Send + 'static,
    {
        // Every connection may be broken, and one more has to be made then.
        for _ in 0..=pool.max_size() {
            let mut connection = self.take(pool)?;
            if self.trusts(&mut connection) {
                if self.down.load(Ordering::Relaxed) {
                    self.down.store(false, Ordering::Relaxed);
                }
                return Ok(connection);
            }
        }
        self.down.store(true, Ordering::Relaxed);
        Err(unavailable("no connection to the database works"))
    }

    /// Looks at a connection after it was used.
    pub fn judge<C>(&self, connection: &mut PooledConnection<ConnectionManager<C>>)
    where
        C: R2D2Connection + Send + 'static,
    {
        if connection.is_broken() {
            self.raised.fetch_add(1, Ordering::Relaxed);
        }
    }

    fn take<C>(&self, pool: &Pool<ConnectionManager<C>>) -> Result<PooledConnection<ConnectionManager<C>>, Unavailable>
    where
        C: R2D2Connection + Send + 'static,
    {
        // The pool goes on trying to connect by itself.
        if self.down.load(Ordering::Relaxed) {
            return pool.try_get().ok_or_else(|| unavailable("the database is down"));
        }
        pool.get().map_err(|error| {
            self.down.store(true, Ordering::Relaxed);
            unavailable(error)
        })
    }

    fn trusts<C>(&self, connection: &mut PooledConnection<ConnectionManager<C>>) -> bool
    where
        C: R2D2Connection + Send + 'static,
    {
        let raised = self.raised.load(Ordering::Relaxed);
        if raised == 0 {
            return true;
        }
        let trusted = PooledConnection::extensions_mut(connection).get::<Trusted>();
        if trusted.is_some_and(|trusted| trusted.0 == raised) {
            return true;
        }
        if connection.ping().is_err() {
            return false;
        }
        PooledConnection::extensions_mut(connection).insert(Trusted(raised));
        true
    }
}
