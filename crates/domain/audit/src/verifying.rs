use std::fmt;

use tenon_kernel::Unavailable;

use crate::{Chain, Head, Ledger, Recorded};

/// Entries that are read at once.
const BATCH: usize = 1000;

/// How far a verification is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub chains: u64,
    pub entries: u64,
}

/// What a verification came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    pub chains: u64,
    /// That are as they were written.
    pub entries: u64,
    /// Chains with a fault.
    pub broken: u64,
    /// Where the chain of the installation ends, or the one that was asked for, as far as it is sound. Whoever keeps it elsewhere knows
    /// later that nothing up to there was changed.
    pub head: Option<Head>,
}

/// The first fault of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    pub chain: Chain,
    /// Of the entry that is not what it should be, or not there.
    pub sequence: u64,
    pub fault: Fault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is not there, and later ones are.
    Missing,
    /// It, or the one before, is not as it was written.
    Changed,
    /// It is not there, although the head says that the chain goes on to the number `until`.
    CutOff { until: u64 },
    /// It is there, although the head says that the chain ends before.
    BeyondHead,
    /// It is not the one that the head knows.
    OtherHead,
}

impl Fault {
    /// The name in what is printed for programs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Changed => "changed",
            Self::CutOff { .. } => "cut_off",
            Self::BeyondHead => "beyond_head",
            Self::OtherHead => "other_head",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("it is missing, and later ones are there"),
            Self::Changed => f.write_str("it is not as it was written, or the one before it is not"),
            Self::CutOff { until } => write!(f, "it is missing, and all up to {until}, where the chain ends"),
            Self::BeyondHead => f.write_str("it is there, and the chain is said to end before it"),
            Self::OtherHead => f.write_str("it is not the last one that was written"),
        }
    }
}

/// Goes through one chain and says how far it is sound.
///
/// An entry and the head that counts it are committed together. So whoever reads entries until there are none and then the head
/// finds it at the last one, or further on; and then there are more entries by now.
pub(crate) async fn chain(
    ledger: &dyn Ledger,
    chain: Chain,
    report: &mut Report,
    progress: &mut impl FnMut(Progress),
    broken: &mut impl FnMut(Broken),
) -> Result<Head, Unavailable> {
    report.chains += 1;
    let mut sound = Head::empty(chain);
    let fault = loop {
        let entries = ledger.after(chain, sound.sequence, BATCH).await?;
        if let Some(fault) = follow(&mut sound, &entries, report) {
            break Some(fault);
        }
        progress(Progress {
            chains: report.chains,
            entries: report.entries,
        });
        if entries.len() == BATCH {
            continue;
        }
        let head = ledger.head(chain).await?.unwrap_or(Head::empty(chain));
        if head.sequence > sound.sequence && !ledger.after(chain, sound.sequence, 1).await?.is_empty() {
            continue;
        }
        break compare(&sound, &head);
    };
    if let Some((sequence, fault)) = fault {
        report.broken += 1;
        broken(Broken { chain, sequence, fault });
    }
    Ok(sound)
}

/// Moves `sound` to the last of the entries that follow it as they should, and says what is wrong with the next.
fn follow(sound: &mut Head, entries: &[Recorded], report: &mut Report) -> Option<(u64, Fault)> {
    for entry in entries {
        let next = sound.sequence.saturating_add(1);
        if entry.sequence != next {
            return Some((next, Fault::Missing));
        }
        if entry.hash_after(&sound.hash) != entry.hash {
            return Some((next, Fault::Changed));
        }
        *sound = entry.head();
        report.entries += 1;
    }
    None
}

fn compare(sound: &Head, head: &Head) -> Option<(u64, Fault)> {
    let next = sound.sequence.saturating_add(1);
    if head.sequence > sound.sequence {
        let until = head.sequence;
        return Some((next, Fault::CutOff { until }));
    }
    if head.sequence < sound.sequence {
        return Some((head.sequence.saturating_add(1), Fault::BeyondHead));
    }
    (head.hash != sound.hash).then_some((sound.sequence, Fault::OtherHead))
}
