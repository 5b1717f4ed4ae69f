use std::collections::HashMap;
use std::sync::Arc;

use uuid::Uuid;

use super::Error;
use crate::devices::Channel;
use crate::keystore::{Changes, Store};

/// The sessions with every device that was written to or heard of. They are read when they are needed.
#[derive(Debug)]
pub(super) struct Channels {
    store: Arc<Store>,
    open: HashMap<(Uuid, u32), Channel>,
}

fn name(user: Uuid, device: u32) -> String {
    format!("channel/{user}/{device}")
}

fn unreadable<E>(_: E) -> Error {
    Error::Unreadable("a session")
}

impl Channels {
    pub fn new(store: Arc<Store>) -> Self {
        Self {
            store,
            open: HashMap::new(),
        }
    }

    pub fn with(&mut self, user: Uuid, device: u32) -> Result<&mut Channel, Error> {
        use std::collections::hash_map::Entry;
        match self.open.entry((user, device)) {
            Entry::Occupied(open) => Ok(open.into_mut()),
            Entry::Vacant(place) => {
                let channel = match self.store.get(&name(user, device)) {
                    Some(bytes) => Channel::from_bytes(&bytes).map_err(unreadable)?,
                    None => Channel::default(),
                };
                Ok(place.insert(channel))
            }
        }
    }

    /// What is to be stored after a channel was used.
    pub fn store(&mut self, user: Uuid, device: u32, changes: &mut Changes) -> Result<(), Error> {
        let bytes = self.with(user, device)?.to_bytes().map_err(unreadable)?;
        changes.put(name(user, device), bytes);
        Ok(())
    }
}
