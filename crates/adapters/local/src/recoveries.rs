use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{Recoveries, Unavailable};

use crate::kept::Kept;

/// Clients that one process keeps at once; what more of them were told is forgotten.
const MOST: usize = 10_000;

/// What clients of one process go on with.
#[derive(Debug, Default)]
pub struct LocalRecoveries(Kept<Vec<u8>>);

#[async_trait]
impl Recoveries for LocalRecoveries {
    async fn keep(&self, key: [u8; 32], state: Vec<u8>, life: Duration) -> Result<(), Unavailable> {
        self.0.keep(key, state, life, MOST);
        Ok(())
    }

    async fn take(&self, key: [u8; 32]) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.0.take(&key))
    }
}
