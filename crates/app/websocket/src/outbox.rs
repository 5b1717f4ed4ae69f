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
    /// A part of the first chunk is on its way already.
    begun: bool,
}

impl Outbox {
    /// Adds a chunk, or what is left of one that has `begun`, which is the first then.
    pub fn push(&mut self, chunk: Bytes, frames: usize, begun: bool) {
        self.begun |= begun;
        self.frames += frames;
        self.bytes += chunk.len();
        self.chunks.push_back((chunk, frames));
    }

    pub fn pop(&mut self) -> Option<Bytes> {
        let (chunk, frames) = self.chunks.pop_front()?;
        self.frames -= frames;
        self.bytes -= chunk.len();
        self.begun = false;
        if self.chunks.is_empty() && self.chunks.capacity() > KEPT {
            self.chunks = VecDeque::new();
        }
        Some(chunk)
    }

    /// Drops everything but a chunk that has begun.
    pub fn cut(&mut self) {
        let begun = self.begun;
        let first = self.chunks.pop_front().filter(|_| begun);
        *self = Self::default();
        if let Some((chunk, frames)) = first {
            self.push(chunk, frames, begun);
        }
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
