use std::collections::VecDeque;

use parking_lot::Mutex;
use serde::Serialize;
use tokio::sync::broadcast;

use crate::{Forgery, Lifecycle};

/// The oldest entries make room.
const MOST: usize = 10_000;

/// How far behind a reader may be.
const BEHIND: usize = 1024;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Posted {
    Handshake,
    Notifications,
    Lifecycle,
}

/// One attempt of a post, and what came of it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// From 1 on.
    pub number: u64,
    /// RFC 3339.
    pub at: String,
    pub what: Posted,
    pub subscription: String,
    /// The same for all attempts of one post.
    pub post: String,
    pub url: String,
    pub attempt: u32,
    pub items: usize,
    /// The change that all its items tell of, if it was ordered as one.
    pub change: Option<String>,
    pub lifecycle: Option<Lifecycle>,
    pub forgery: Option<Forgery>,
    /// A second or later copy of an earlier post.
    pub duplicate: bool,
    /// No further attempt follows.
    pub over: bool,
    /// Missing without an answer in time.
    pub status: Option<u16>,
    /// Why there was no answer.
    pub error: Option<String>,
    /// Milliseconds until the answer was there.
    pub ms: f64,
}

impl Entry {
    pub fn delivered(&self) -> bool {
        self.status.is_some_and(is_success)
    }
}

pub const fn is_success(status: u16) -> bool {
    status >= 200 && status < 300
}

/// What was posted so far.
pub struct Journal {
    past: Mutex<Past>,
    readers: broadcast::Sender<Entry>,
}

#[derive(Default)]
struct Past {
    last: u64,
    entries: VecDeque<Entry>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            past: Mutex::default(),
            readers: broadcast::Sender::new(BEHIND),
        }
    }
}

impl Journal {
    /// Writes it down under the next number.
    pub fn write(&self, mut entry: Entry) -> Entry {
        let mut past = self.past.lock();
        past.last += 1;
        entry.number = past.last;
        if past.entries.len() == MOST {
            past.entries.pop_front();
        }
        past.entries.push_back(entry.clone());
        // Nobody has to read along.
        let _ = self.readers.send(entry.clone());
        entry
    }

    pub fn after(&self, number: u64) -> Vec<Entry> {
        let past = self.past.lock();
        past.entries
            .iter()
            .filter(|entry| entry.number > number)
            .cloned()
            .collect()
    }

    pub fn clear(&self) {
        self.past.lock().entries.clear();
    }

    /// What is written from now on.
    pub fn read_along(&self) -> broadcast::Receiver<Entry> {
        self.readers.subscribe()
    }
}
