use std::cell::RefCell;
use std::io::ErrorKind;

use anyhow::Result;
use tokio::net::tcp::OwnedWriteHalf;

use super::frame::{TEXT, masked};
use super::stream::Outlet;

/// What goes to the server: whole frames, whoever sends them, in their order.
pub struct Outgoing {
    half: OwnedWriteHalf,
    waiting: RefCell<Vec<u8>>,
}

impl Outgoing {
    pub fn new(half: OwnedWriteHalf) -> Self {
        Self {
            half,
            waiting: RefCell::default(),
        }
    }

    /// Sends frames as far as the connection takes them now; what it does not take goes with the next ones.
    pub fn send(&self, frames: &[u8]) -> Result<()> {
        let mut waiting = self.waiting.borrow_mut();
        waiting.extend_from_slice(frames);
        while !waiting.is_empty() {
            match self.half.try_write(&waiting) {
                Ok(written) => drop(waiting.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Waits until the connection has taken everything.
    pub async fn flush(&self) -> Result<()> {
        while !self.waiting.borrow().is_empty() {
            self.half.writable().await?;
            self.send(&[])?;
        }
        Ok(())
    }
}

impl Outlet for Outgoing {
    fn append(&self, text: &str, batch: &mut Vec<u8>) {
        batch.extend(masked(TEXT, text.as_bytes()));
    }

    async fn send(&self, batch: &[u8]) -> Result<()> {
        Self::send(self, batch)?;
        self.flush().await
    }
}
