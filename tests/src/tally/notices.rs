use std::collections::{BTreeMap, BTreeSet};

use super::{Findings, Tally};

/// What became of what was posted; each item has a name of its own.
#[derive(Debug, Default, Clone)]
pub struct Posted {
    /// Items of posts that were answered 202.
    pub taken: BTreeSet<String>,
    /// Items of posts without an answer that were not posted again.
    pub unsure: BTreeSet<String>,
}

impl Posted {
    pub fn add(&mut self, other: Self) {
        self.taken.extend(other.taken);
        self.unsure.extend(other.unsure);
    }
}

impl Tally {
    /// Of notifications: what was posted, and how often each item was told.
    pub fn of_notices(posted: &Posted, told: &BTreeMap<String, usize>) -> Self {
        let mut findings = Findings::default();
        let lost = posted.taken.iter().filter(|item| !told.contains_key(*item));
        findings.lost.extend(lost.cloned());
        for (item, times) in told {
            if *times > 1 {
                findings.doubled.push(format!("{item}: told {times} times"));
            }
            if !posted.taken.contains(item) && !posted.unsure.contains(item) {
                findings.invented.push(item.clone());
            }
        }
        Self {
            acknowledged: posted.taken.len(),
            unsure: posted.unsure.len(),
            seen: told.len(),
            findings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(told: &[(&str, usize)]) -> Findings {
        let posted = Posted {
            taken: BTreeSet::from(["a".to_owned(), "b".to_owned()]),
            unsure: BTreeSet::from(["c".to_owned()]),
        };
        let told = told.iter().map(|(item, times)| ((*item).to_owned(), *times)).collect();
        Tally::of_notices(&posted, &told).findings
    }

    #[test]
    fn what_was_told_once_is_well_whether_or_not_the_post_was_answered() {
        assert!(judged(&[("a", 1), ("b", 1)]).is_empty());
        assert!(judged(&[("a", 1), ("b", 1), ("c", 1)]).is_empty());
    }

    #[test]
    fn what_was_taken_and_not_told_is_lost() {
        assert_eq!(judged(&[("a", 1)]).lost, ["b"]);
    }

    #[test]
    fn what_was_told_twice_is_doubled_even_if_the_post_was_not_answered() {
        assert_eq!(judged(&[("a", 2), ("b", 1), ("c", 2)]).doubled.len(), 2);
    }

    #[test]
    fn what_nobody_posted_is_found_out() {
        assert_eq!(judged(&[("a", 1), ("b", 1), ("x", 1)]).invented, ["x"]);
    }
}
