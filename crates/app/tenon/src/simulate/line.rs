use std::fmt::{self, Display};

use tenon_simulator::{Entry, Posted};

/// A post and its answer.
pub struct Line<'a>(pub &'a Entry);

impl Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.0;
        let time = entry.at.get(11..19).unwrap_or_default();
        let subscription = entry.subscription.get(..8).unwrap_or_default();
        let what = What(entry).to_string();
        write!(f, "{time}  {subscription}  {what:<42} ")?;
        match (entry.status, &entry.error) {
            (Some(status), None) => write!(f, "{status}")?,
            (Some(status), Some(error)) => write!(f, "{status}, {error}")?,
            (None, error) => write!(f, "{}", error.as_deref().unwrap_or("no answer"))?,
        }
        write!(f, " in {:.1} ms", entry.ms)?;
        if entry.attempt > 1 {
            write!(f, ", attempt {}", entry.attempt)?;
        }
        if !entry.over {
            f.write_str(", to be repeated")?;
        }
        Ok(())
    }
}

struct What<'a>(&'a Entry);

impl Display for What<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let entry = self.0;
        match (entry.what, &entry.change, entry.items) {
            (Posted::Handshake, ..) => f.write_str("handshake")?,
            (Posted::Lifecycle, ..) => f.write_str("lifecycle")?,
            (Posted::Notifications, Some(change), 1) => f.write_str(change)?,
            (Posted::Notifications, Some(change), items) => write!(f, "{items} {change}")?,
            (Posted::Notifications, None, 1) => f.write_str("a change")?,
            (Posted::Notifications, None, items) => write!(f, "{items} changes")?,
        }
        if let Some(event) = entry.lifecycle {
            write!(f, ": {event:?}")?;
        }
        if let Some(forgery) = entry.forgery {
            write!(f, ", forged: {forgery:?}")?;
        }
        if entry.duplicate {
            f.write_str(", the same once more")?;
        }
        Ok(())
    }
}
