use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{Tickets, Unavailable};

use crate::kept::Kept;

/// The tickets of one process.
#[derive(Debug, Default)]
pub struct LocalTickets(Kept<()>);

#[async_trait]
impl Tickets for LocalTickets {
    async fn issue(&self, ticket: [u8; 32], life: Duration) -> Result<(), Unavailable> {
        self.0.keep(ticket, (), life, (1, usize::MAX));
        Ok(())
    }

    async fn redeem(&self, ticket: [u8; 32]) -> Result<bool, Unavailable> {
        Ok(self.0.take(&ticket).is_some())
    }
}
