use std::collections::BTreeMap;

use super::{Findings, Tally};

/// An asset as somebody was told that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asset {
    pub id: String,
    pub version: u64,
    /// What was written last.
    pub note: String,
}

/// A write that was not answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Open {
    /// The asset, with this note.
    Creation(String),
    /// Its next version, with this note.
    Change(String),
    Deletion,
}

/// What one writer knows of a title, which is given to one asset alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    pub title: String,
    /// As it was acknowledged last; nothing before that, and after a deletion.
    pub known: Option<Asset>,
    pub open: Option<Open>,
    /// Acknowledged writes.
    pub acknowledged: usize,
}

/// An asset of the listing in the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    pub title: String,
    pub asset: Asset,
}

impl Kept {
    /// An asset that is about to be created.
    pub const fn new(title: String) -> Self {
        Self {
            title,
            known: None,
            open: None,
            acknowledged: 0,
        }
    }

    /// A write was acknowledged, and this is what it left.
    pub fn acknowledge(&mut self, now: Option<Asset>) {
        self.known = now;
        self.open = None;
        self.acknowledged += 1;
    }

    /// What is wrong with an asset that was read, when `self` is what was known before it was asked for.
    pub fn judge(&self, found: Option<&Asset>) -> Findings {
        let mut findings = Findings::default();
        let title = &self.title;
        let Some(found) = found else {
            if self.known.is_some() && self.open != Some(Open::Deletion) {
                findings.lost.push(format!("{title}: {:?} is gone", self.known));
            }
            return findings;
        };
        if self.known.as_ref() == Some(found) || self.is_what_is_open(found) {
            return findings;
        }
        match &self.known {
            None => findings
                .lost
                .push(format!("{title}: deleted, and still there: {found:?}")),
            Some(known) if found.id != known.id => findings
                .lost
                .push(format!("{title}: {found:?} in the place of {known:?}")),
            Some(known) if found.version > known.version => {
                findings.doubled.push(format!("{title}: {found:?} after {known:?}"));
            }
            Some(known) => findings
                .lost
                .push(format!("{title}: {found:?}, and acknowledged was {known:?}")),
        }
        findings
    }

    fn is_what_is_open(&self, found: &Asset) -> bool {
        match (&self.open, &self.known) {
            (Some(Open::Creation(note)), None) => found.version == 1 && found.note == *note,
            (Some(Open::Change(note)), Some(known)) => {
                (found.id == known.id) && (found.version == known.version + 1) && found.note == *note
            }
            _ => false,
        }
    }
}

impl Tally {
    /// Of assets: what their writers know, and all that there are in the end.
    pub fn of_assets(kept: &[Kept], found: &[Found]) -> Self {
        let mut findings = Findings::default();
        let mut by_title: BTreeMap<&str, Vec<&Asset>> = BTreeMap::new();
        for found in found {
            by_title.entry(&found.title).or_default().push(&found.asset);
        }
        for kept in kept {
            let there = by_title.remove(kept.title.as_str()).unwrap_or_default();
            if there.len() > 1 {
                findings.doubled.push(format!("{}: {there:?}", kept.title));
            } else {
                findings.add(kept.judge(there.first().copied()));
            }
        }
        let invented = by_title.keys().map(|title| (*title).to_owned());
        findings.invented.extend(invented);
        Self {
            acknowledged: kept.iter().map(|kept| kept.acknowledged).sum(),
            unsure: kept.iter().filter(|kept| kept.open.is_some()).count(),
            seen: found.len(),
            findings,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asset(id: &str, version: u64, note: &str) -> Asset {
        Asset {
            id: id.to_owned(),
            version,
            note: note.to_owned(),
        }
    }

    fn found(title: &str, asset: Asset) -> Found {
        Found {
            title: title.to_owned(),
            asset,
        }
    }

    /// Created, and changed once.
    fn pump() -> Kept {
        let mut pump = Kept::new("pump".to_owned());
        pump.acknowledge(Some(asset("1", 1, "a")));
        pump.acknowledge(Some(asset("1", 2, "b")));
        pump
    }

    fn judged(kept: Kept, there: Vec<Asset>) -> Findings {
        let found: Vec<Found> = there.into_iter().map(|asset| found("pump", asset)).collect();
        Tally::of_assets(&[kept], &found).findings
    }

    #[test]
    fn an_asset_as_it_was_acknowledged_is_well() {
        let tally = Tally::of_assets(&[pump()], &[found("pump", asset("1", 2, "b"))]);
        assert_eq!((tally.acknowledged, tally.unsure, tally.seen), (2, 0, 1));
        assert!(tally.findings.is_empty());
    }

    #[test]
    fn an_asset_that_is_gone_or_older_or_another_is_lost() {
        for there in [
            vec![],
            vec![asset("1", 1, "a")],
            vec![asset("1", 2, "x")],
            vec![asset("9", 2, "b")],
        ] {
            assert_eq!(judged(pump(), there).lost.len(), 1);
        }
    }

    #[test]
    fn a_title_that_is_there_twice_and_a_change_that_was_made_twice_are_doubled() {
        assert_eq!(
            judged(pump(), vec![asset("1", 2, "b"), asset("2", 1, "a")])
                .doubled
                .len(),
            1
        );
        assert_eq!(judged(pump(), vec![asset("1", 3, "b")]).doubled.len(), 1);
    }

    #[test]
    fn a_write_without_an_answer_may_be_there_or_not_and_once_at_most() {
        let mut changing = pump();
        changing.open = Some(Open::Change("c".to_owned()));
        let mut deleting = pump();
        deleting.open = Some(Open::Deletion);
        let mut creating = Kept::new("pump".to_owned());
        creating.open = Some(Open::Creation("a".to_owned()));
        for (kept, there) in [
            (&changing, vec![asset("1", 2, "b")]),
            (&changing, vec![asset("1", 3, "c")]),
            (&deleting, vec![asset("1", 2, "b")]),
            (&deleting, vec![]),
            (&creating, vec![asset("7", 1, "a")]),
            (&creating, vec![]),
        ] {
            assert_eq!(judged(kept.clone(), there), Findings::default());
        }
        assert_eq!(judged(changing.clone(), vec![asset("1", 4, "c")]).doubled.len(), 1);
        assert_eq!(judged(changing, vec![]).lost.len(), 1);
        assert_eq!(
            judged(creating, vec![asset("7", 1, "a"), asset("8", 1, "a")])
                .doubled
                .len(),
            1
        );
    }

    #[test]
    fn an_asset_that_nobody_created_and_one_that_was_deleted_are_found_out() {
        let tally = Tally::of_assets(&[], &[found("valve", asset("3", 1, "a"))]);
        assert_eq!(tally.findings.invented, ["valve"]);
        let mut deleted = pump();
        deleted.acknowledge(None);
        assert_eq!(judged(deleted, vec![asset("1", 2, "b")]).lost.len(), 1);
    }
}
