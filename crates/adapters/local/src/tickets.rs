use std::collections::HashMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use parking_lot::Mutex;
use tenon_kernel::{Tickets, Unavailable};

/// Dead tickets are thrown away whenever the number of tickets has doubled, beginning here.
const SWEEP: usize = 64;

/// The tickets of one process.
#[derive(Debug, Default)]
pub struct LocalTickets(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    until: HashMap<[u8; 32], Instant>,
    sweep_at: usize,
}

#[async_trait]
impl Tickets for LocalTickets {
    async fn issue(&self, ticket: [u8; 32], life: Duration) -> Result<(), Unavailable> {
        let now = Instant::now();
        let mut kept = self.0.lock();
        if kept.until.len() >= kept.sweep_at.max(SWEEP) {
            kept.until.retain(|_, until| *until > now);
            kept.sweep_at = kept.until.len() * 2;
        }
        kept.until.insert(ticket, now + life);
        Ok(())
    }

    async fn redeem(&self, ticket: [u8; 32]) -> Result<bool, Unavailable> {
        let until = self.0.lock().until.remove(&ticket);
        Ok(until.is_some_and(|until| until > Instant::now()))
    }
}
