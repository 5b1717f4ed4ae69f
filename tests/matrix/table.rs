//! What came of one or more runs, as a table.

use std::collections::BTreeMap;
use std::fmt;

use tenon_tests::tally::Tally;

use super::crowd::DATA;
use super::kind::Kind;

/// See the module.
#[derive(Debug, Default)]
pub struct Table {
    pub runs: usize,
    pub faults: BTreeMap<Kind, usize>,
    /// In the order of [`DATA`].
    pub tallies: [Tally; 4],
}

impl Table {
    /// A fault of this kind happened.
    pub fn count(&mut self, kind: Kind) {
        *self.faults.entry(kind).or_default() += 1;
    }

    /// A run is over, and this came of it.
    pub fn end(&mut self, tallies: [Tally; 4]) {
        self.runs += 1;
        self.tallies = tallies;
    }

    pub fn add(&mut self, other: Self) {
        self.runs += other.runs;
        for (kind, times) in other.faults {
            *self.faults.entry(kind).or_default() += times;
        }
        for (mine, others) in self.tallies.iter_mut().zip(other.tallies) {
            mine.add(others);
        }
    }

    pub fn kills(&self) -> usize {
        let kills = self.faults.iter().filter(|(kind, _)| kind.is_kill());
        kills.map(|(_, times)| times).sum()
    }

    /// What is wrong, if anything is.
    pub fn wrong(&self) -> Vec<String> {
        let of_data = |(data, tally): (&&str, &Tally)| -> Vec<String> {
            tally.findings.all().map(|line| format!("{data}, {line}")).collect()
        };
        DATA.iter().zip(&self.tallies).flat_map(of_data).collect()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let faults: usize = self.faults.values().sum();
        writeln!(f, "runs {}, faults {faults}, of them kills {}", self.runs, self.kills())?;
        for (kind, times) in &self.faults {
            writeln!(f, "  {:<28} {times:>6}", kind.name())?;
        }
        let heads = [
            "acknowledged",
            "unanswered",
            "seen",
            "lost",
            "duplicated",
            "out of order",
            "invented",
        ];
        write!(f, "{:<14}", "")?;
        for head in heads {
            write!(f, " {head:>12}")?;
        }
        for (data, tally) in DATA.iter().zip(&self.tallies) {
            let wrong = &tally.findings;
            let lines = [&wrong.lost, &wrong.doubled, &wrong.disordered, &wrong.invented].map(Vec::len);
            write!(f, "\n{data:<14}")?;
            for figure in [tally.acknowledged, tally.unsure, tally.seen].into_iter().chain(lines) {
                write!(f, " {figure:>12}")?;
            }
        }
        Ok(())
    }
}
