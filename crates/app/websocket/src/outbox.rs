use std::collections::VecDeque;

use bytes::Bytes;

/// Places for chunks that are kept while nothing waits.
const KEPT: usize = 8;

/// What waits to be sent: chunks that are shared with other sockets, each of one or more whole frames.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    chunks: VecDeque<(Bytes, usize)>,
    frames: usize,
    bytes: usize,
}

impl Outbox {
    pub fn push(&mut self, chunk: Bytes, frames: usize) {
        self.frames += frames;
        self.bytes += chunk.len();
        self.chunks.push_back((chunk, frames));
    }

    pub fn pop(&mut self) -> Option<Bytes> {
        let (chunk, frames) = self.chunks.pop_front()?;
        self.frames -= frames;
        self.bytes -= chunk.len();
        if self.chunks.is_empty() && self.chunks.capacity() > KEPT {
            self.chunks = VecDeque::new();
        }
        Some(chunk)
    }

    pub fn clear(&mut self) {
        *self = Self::default();
    }

    pub fn is_empty(&self) -> bool {
        self.chunks.is_empty()
    }

    pub fn frames(&self) -> usize {
        self.frames
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}
