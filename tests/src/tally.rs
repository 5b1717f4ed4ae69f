//! What was acknowledged, held against what was seen: the checker of tests that break things.
//!
//! An acknowledged write is there, once, in its place. One that was never answered may be there or not, and never twice.

mod assets;
mod events;
mod letters;
mod notices;

pub use assets::{Asset, Found, Kept, Open};
pub use events::{Heard, Said, place};
pub use letters::{Letter, Received, Sent};
pub use notices::Posted;

/// What is wrong with one kind of data. Each line says what, and where.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Findings {
    /// Acknowledged and not there, or not as it was acknowledged.
    pub lost: Vec<String>,
    /// There more often than it was written.
    pub doubled: Vec<String>,
    /// There, and not in its place.
    pub disordered: Vec<String>,
    /// There, although nobody wrote it.
    pub invented: Vec<String>,
}

/// What came of one kind of data.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Tally {
    /// Writes that were acknowledged.
    pub acknowledged: usize,
    /// Writes of which nobody knows whether they were done.
    pub unsure: usize,
    /// What was seen in the end.
    pub seen: usize,
    pub findings: Findings,
}

impl Findings {
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Every line, with what it is.
    pub fn all(&self) -> impl Iterator<Item = String> {
        let kinds = [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("out of order", &self.disordered),
            ("invented", &self.invented),
        ];
        kinds
            .into_iter()
            .flat_map(|(kind, lines)| lines.iter().map(move |line| format!("{kind}: {line}")))
    }

    pub fn add(&mut self, other: Self) {
        self.lost.extend(other.lost);
        self.doubled.extend(other.doubled);
        self.disordered.extend(other.disordered);
        self.invented.extend(other.invented);
    }
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.acknowledged += other.acknowledged;
        self.unsure += other.unsure;
        self.seen += other.seen;
        self.findings.add(other.findings);
    }
}
