//! Public keys, devices and prekeys, and the log of what changed.

mod devices;
mod entering;
mod feed;
mod public_keys;
mod stock;

use super::directory::is_member;
use super::{Conn, Database, locks, mailboxes};

pub use devices::Devices;
pub use feed::catch_up;
pub use public_keys::PublicKeys;
