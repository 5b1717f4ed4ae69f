use std::time::Duration;

use async_trait::async_trait;
use tenon_kernel::{Recoveries, Unavailable};

use crate::kept::Kept;

/// The most bytes that one process keeps; a client that would need more is not recovered.
const MOST: usize = 32 * 1024 * 1024;

/// What an entry takes beside the state.
const AROUND: usize = 128;

/// What clients of one process go on with.
#[derive(Debug, Default)]
pub struct LocalRecoveries(Kept<Vec<u8>>);

#[async_trait]
impl Recoveries for LocalRecoveries {
    async fn keep(&self, key: [u8; 32], state: Vec<u8>, life: Duration) -> Result<(), Unavailable> {
        let size = state.len() + AROUND;
        self.0.keep(key, state, life, (size, MOST));
        Ok(())
    }

    async fn take(&self, key: [u8; 32]) -> Result<Option<Vec<u8>>, Unavailable> {
        Ok(self.0.take(&key))
    }
}
