use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use parking_lot::Mutex;

use super::mailbox::Mailbox;
use super::{EngineSettings, Sid};

/// Engine.IO of a process: its settings, and the sessions that any worker may be asked for.
pub struct Engine {
    settings: EngineSettings,
    /// Those that did not begin with polling have no mailbox.
    sessions: Mutex<HashMap<Sid, Option<Arc<Mailbox>>>>,
    open: AtomicUsize,
    unconnected: AtomicUsize,
    draining: AtomicBool,
    ending: AtomicBool,
}

/// What a sid stands for.
pub(crate) enum Found {
    Mailbox(Arc<Mailbox>),
    /// It was a WebSocket from the start.
    WebSocket,
    Nothing,
}

impl Engine {
    /// No sessions yet.
    pub fn new(settings: EngineSettings) -> Self {
        Self {
            settings,
            sessions: Mutex::default(),
            open: AtomicUsize::new(0),
            unconnected: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
            ending: AtomicBool::new(false),
        }
    }

    /// How its sessions are kept.
    pub fn settings(&self) -> &EngineSettings {
        &self.settings
    }

    /// The number of open sessions.
    pub fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// Takes no new sessions from now on; those that are open go on.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Has every session ended by its worker within a second: 1012.
    pub fn end(&self) {
        self.drain();
        self.ending.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_ending(&self) -> bool {
        self.ending.load(Ordering::Relaxed)
    }

    pub(crate) fn takes_sessions(&self) -> bool {
        !self.draining.load(Ordering::Relaxed) && self.unconnected.load(Ordering::Relaxed) < self.settings.unconnected
    }

    pub(crate) fn add(&self, sid: Sid, mailbox: Option<Arc<Mailbox>>) {
        self.open.fetch_add(1, Ordering::Relaxed);
        self.sessions.lock().insert(sid, mailbox);
    }

    pub(crate) fn remove(&self, sid: &Sid) {
        let removed = self.sessions.lock().remove(sid);
        if removed.is_some() {
            self.open.fetch_sub(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn find(&self, sid: &str) -> Found {
        let Some(sid) = Sid::parse(sid) else {
            return Found::Nothing;
        };
        match self.sessions.lock().get(&sid) {
            Some(Some(mailbox)) => Found::Mailbox(Arc::clone(mailbox)),
            Some(None) => Found::WebSocket,
            None => Found::Nothing,
        }
    }

    /// One session more, or less, is in no namespace.
    pub(crate) fn unconnected(&self, more: bool) {
        if more {
            self.unconnected.fetch_add(1, Ordering::Relaxed);
        } else {
            self.unconnected.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
