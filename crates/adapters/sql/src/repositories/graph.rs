mod certificates;
mod inbox;
mod notifications;
mod registry;
mod tasks;

pub use certificates::Certificates;
pub use inbox::Inbox;
pub use notifications::Notifications;
pub use registry::Registry;

use super::jobs::{self, Jobs};
use super::{Conn, Database, Db, audit, change, outbox, pages, planning, remembered, telling};
