use proptest::prelude::*;

use super::*;

const USER: Uuid = Uuid::from_bytes([0x11; 16]);

fn key(byte: u8) -> PublicKey {
    PublicKey::new([byte; 32])
}

fn line(after: &Head, kind: &str, device: u32, version: u64, keys: &[PublicKey]) -> Line {
    let mut line = Line {
        number: after.number + 1,
        kind: kind.to_owned(),
        device,
        version,
        keys: keys.to_vec(),
        at: "2026-11-21T10:13:40.782435Z".to_owned(),
        previous: after.hash.clone(),
        hash: String::new(),
    };
    line.hash = line.computed_hash().unwrap();
    line
}

fn head(line: &Line) -> Head {
    Head {
        number: line.number,
        hash: line.hash.clone(),
    }
}

/// A first key, two devices, one of them removed, and a second key.
fn history() -> Vec<Line> {
    let start = Ledger::new(USER).head().clone();
    let mut lines: Vec<Line> = Vec::new();
    for (kind, device, version, keys) in [
        ("public-key", 0, 1, vec![key(1)]),
        ("device-added", 1, 1, vec![key(2), key(3)]),
        ("device-added", 2, 1, vec![key(4), key(5)]),
        ("device-removed", 1, 2, vec![]),
        ("public-key", 0, 2, vec![key(6)]),
    ] {
        let after = lines.last().map_or_else(|| start.clone(), head);
        lines.push(line(&after, kind, device, version, &keys));
    }
    lines
}

#[test]
fn the_hash_of_a_line_is_the_one_that_was_written_down() {
    let lines = history();
    let first = lines.first().unwrap();
    assert_eq!(
        first.previous,
        "c751a11fbe3e5695a8ba6117faa01454e3b7ba03d753fbad3a9eca2b9b71611b"
    );
    assert_eq!(
        first.hash,
        "76b87c6b142242f6f977bb89fe6007cbca0a737df63d881fc928c85a93b0e9cf"
    );
}

#[test]
fn a_log_says_what_changed_and_which_keys_there_are_now() {
    let mut ledger = Ledger::new(USER);
    let changes = ledger.follow(&history()).unwrap();
    assert_eq!(
        changes,
        [
            KeyChange::PublicKey(1),
            KeyChange::DeviceAdded(1),
            KeyChange::DeviceAdded(2),
            KeyChange::DeviceRemoved(1),
            KeyChange::PublicKey(2),
        ]
    );
    assert_eq!(ledger.public_key(), Some((2, key(6))));
    assert_eq!(ledger.public_key_of(1), Some(key(1)));
    assert_eq!(ledger.devices().keys().collect::<Vec<_>>(), [&2]);
    assert_eq!(ledger.identity_keys(), [key(4)]);
}

#[test]
fn a_log_is_followed_in_pages_that_begin_with_the_head() {
    let lines = history();
    let (mut whole, mut paged) = (Ledger::new(USER), Ledger::new(USER));
    whole.follow(&lines).unwrap();
    paged.follow(&lines[..3]).unwrap();
    paged.follow(&lines[2..]).unwrap();
    assert_eq!(paged, whole);
    assert_eq!(paged.follow(&lines[4..]), Ok(vec![]));
}

#[test]
fn a_log_that_does_not_continue_what_was_seen_is_reported_as_rewritten() {
    let lines = history();
    let mut ledger = Ledger::new(USER);
    ledger.follow(&lines[..3]).unwrap();
    let before = ledger.clone();

    let other = line(&head(&lines[1]), "device-added", 9, 1, &[key(8), key(9)]);
    assert_eq!(
        ledger.follow(std::slice::from_ref(&other)),
        Err(KeyLogError::Rewritten(3))
    );
    let after_it = line(&head(&other), "public-key", 0, 2, &[key(6)]);
    assert_eq!(ledger.follow(&[after_it]), Err(KeyLogError::Rewritten(4)));
    assert_eq!(ledger.follow(&lines[4..]), Err(KeyLogError::Rewritten(5)));
    let start = Ledger::new(Uuid::nil()).head().clone();
    let stranger = line(&start, "public-key", 0, 1, &[key(1)]);
    assert_eq!(Ledger::new(USER).follow(&[stranger]), Err(KeyLogError::Rewritten(1)));
    assert_eq!(ledger, before);
}

#[test]
fn a_line_that_says_nothing_possible_is_malformed() {
    let start = Ledger::new(USER).head().clone();
    for (kind, device, version, keys) in [
        ("public-key", 0, 1, vec![]),
        ("public-key", 0, u64::MAX, vec![key(1)]),
        ("device-added", 1, 1, vec![key(1)]),
        ("device-removed", 7, 1, vec![]),
        ("renamed", 0, 1, vec![]),
    ] {
        let line = line(&start, kind, device, version, &keys);
        assert_eq!(
            Ledger::new(USER).follow(&[line]),
            Err(KeyLogError::Malformed(1)),
            "{kind}"
        );
    }
}

proptest! {
    #[test]
    fn no_field_of_a_line_can_be_changed(which in 0usize..5, field in 0usize..6, by in 1u8..) {
        let mut lines = history();
        let line = &mut lines[which];
        match field {
            0 => line.device ^= u32::from(by),
            1 => line.version ^= u64::from(by),
            2 => line.kind.push('x'),
            3 => line.keys.push(key(by)),
            4 => line.at = format!("2026-11-21T10:13:40.{:06}Z", u32::from(by)),
            _ => {
                let flipped = match line.hash.pop().unwrap() { '0' => '1', _ => '0' };
                line.hash.push(flipped);
            }
        }
        let mut ledger = Ledger::new(USER);
        let refused = ledger.follow(&lines).unwrap_err();
        prop_assert!(matches!(refused, KeyLogError::Forged(_)), "{refused:?}");
        prop_assert_eq!(ledger, Ledger::new(USER));
    }
}
