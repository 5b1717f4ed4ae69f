//! What the console's page seals, opens, verifies and shows is what the client library does. The modules run on Node here, and in
//! Chromium in `messages`.

use serde_json::{Value, json};
use tenon_client::PublicKey;
use tenon_client::keylog::{Head, Ledger, Line};
use tenon_client::safety::SafetyNumber;
use tenon_client::simple::{Agreement, Labels, SimpleSecret, Versions};
use tenon_tests::program::Program;
use uuid::Uuid;

/// What the client library seals and opens in its own tests.
const VECTOR: &str = include_str!("../../crates/client/tests/vectors/simple.json");

/// Nothing, what a decoder may take for a mark, a null, and characters of one to four bytes.
const TEXTS: [&str; 5] = [
    "",
    "\u{feff}marked",
    "a\0b",
    "\u{e9}t\u{e9} \u{65e5}\u{672c}",
    "\u{1f6a2}\r\n",
];

struct Person {
    id: Uuid,
    secret: SimpleSecret,
}

impl Person {
    fn new() -> Self {
        Self {
            id: Uuid::new_v4(),
            secret: SimpleSecret::generate().unwrap(),
        }
    }

    fn shown(&self) -> Value {
        // Both kinds of key are written the same way.
        let private = PublicKey::new(*self.secret.to_bytes()).to_string();
        json!({ "id": self.id, "privateKey": private, "publicKey": self.secret.public() })
    }

    fn agreement(&self, peer: &Self) -> Agreement {
        Agreement::new(self.id, &self.secret, peer.id, &peer.secret.public()).unwrap()
    }
}

fn shown(labels: &Labels) -> Value {
    json!({ "sender": labels.sender, "recipient": labels.recipient, "clientId": labels.client_id })
}

#[tokio::test]
async fn the_page_seals_and_opens_the_vector_of_the_client_library_on_both_ends() {
    let mut page = Program::node("console.mjs");
    let vector: Value = serde_json::from_str(VECTOR).unwrap();
    let (sender, recipient) = (&vector["sender"], &vector["recipient"]);
    let versions = json!({ "sender": sender["version"], "recipient": recipient["version"] });
    for (own, peer) in [(sender, recipient), (recipient, sender)] {
        let command = json!({ "simple": {
            "own": own, "peer": peer, "versions": versions, "nonce": vector["nonce"], "text": vector["text"], "content": vector["content"],
            "labels": { "sender": sender["id"], "recipient": recipient["id"], "clientId": vector["clientId"] },
        } });
        let expected = json!({ "sealed": vector["content"], "opened": vector["text"], "versions": versions });
        assert_eq!(page.ask(&command).await, expected);
    }
}

#[tokio::test]
async fn the_page_and_the_client_library_open_what_the_other_sealed() {
    let mut page = Program::node("console.mjs");
    for (number, text) in TEXTS.into_iter().enumerate() {
        let (ada, bob) = (Person::new(), Person::new());
        let labels = Labels {
            sender: ada.id,
            recipient: bob.id,
            client_id: Uuid::new_v4(),
        };
        let version = u32::MAX - u32::try_from(number).unwrap();
        let versions = Versions {
            sender: 1,
            recipient: version,
        };
        let sealed = ada.agreement(&bob).seal(&labels, versions, text).unwrap();
        let command = json!({ "simple": {
            "own": bob.shown(), "peer": { "id": ada.id, "publicKey": ada.secret.public() }, "labels": shown(&labels),
            "versions": { "sender": 1, "recipient": version }, "text": text, "content": sealed,
        } });
        let answer = page.ask(&command).await;
        assert_eq!(answer["opened"], text);
        assert_eq!(answer["versions"], json!({ "sender": 1, "recipient": version }));
        let opened = ada.agreement(&bob).open(&labels, answer["sealed"].as_str().unwrap());
        assert_eq!(opened.unwrap().as_str(), text);
        assert_ne!(answer["sealed"], sealed, "two messages have one nonce");
    }
}

#[tokio::test]
async fn the_page_refuses_what_was_changed_what_is_for_others_and_keys_that_agree_on_nothing() {
    let mut page = Program::node("console.mjs");
    let (ada, bob) = (Person::new(), Person::new());
    let labels = Labels {
        sender: ada.id,
        recipient: bob.id,
        client_id: Uuid::new_v4(),
    };
    let versions = Versions {
        sender: 1,
        recipient: 1,
    };
    let sealed = ada.agreement(&bob).seal(&labels, versions, "words").unwrap();
    let swapped = Labels {
        sender: bob.id,
        recipient: ada.id,
        ..labels
    };
    let mut changed = sealed.clone();
    let last = if changed.pop() == Some('A') { 'Q' } else { 'A' };
    changed.push(last);
    let zeros = PublicKey::new([0; 32]);
    for (labels, content, key, reason) in [
        (&swapped, sealed.as_str(), bob.secret.public(), "forged"),
        (&labels, "", bob.secret.public(), "malformed"),
        (&labels, "AgAA", bob.secret.public(), "malformed"),
        (&labels, "not base64", bob.secret.public(), "malformed"),
        (&labels, &sealed[..40], bob.secret.public(), "forged"),
        (&labels, sealed.as_str(), zeros, "weak-key"),
    ] {
        let command = json!({ "simple": {
            "own": ada.shown(), "peer": { "id": bob.id, "publicKey": key }, "labels": shown(labels), "content": content,
        } });
        assert_eq!(page.ask(&command).await, json!({ "refused": reason }), "{content}");
    }
    let command = json!({ "simple": {
        "own": ada.shown(), "peer": { "id": bob.id, "publicKey": bob.secret.public() }, "labels": shown(&labels), "content": changed,
    } });
    assert!(page.ask(&command).await.get("refused").is_some(), "{changed}");
}

#[tokio::test]
async fn the_page_shows_the_safety_number_that_the_client_library_shows() {
    let mut page = Program::node("console.mjs");
    let keys: Vec<PublicKey> = (0..3).map(|_| SimpleSecret::generate().unwrap().public()).collect();
    let (ada, bob) = (Uuid::new_v4(), Uuid::new_v4());
    for (mine, theirs) in [(&keys[..1], &keys[1..2]), (&keys[..1], &keys[1..])] {
        let expected = SafetyNumber::new(ada, mine, bob, theirs);
        let command = json!({ "safety": { "me": bob, "mine": theirs, "peer": ada, "theirs": mine } });
        let groups: Vec<&str> = expected.groups().collect();
        assert_eq!(
            page.ask(&command).await,
            json!({ "number": expected.digits(), "groups": groups })
        );
    }
}

#[tokio::test]
async fn a_reader_of_qr_codes_reads_the_digits_of_the_safety_number_that_the_page_draws() {
    let mut page = Program::node("console.mjs");
    for _ in 0..20 {
        let [ada, bob] = [Person::new(), Person::new()];
        let keys = [ada.secret.public(), bob.secret.public()];
        let number = SafetyNumber::new(ada.id, &keys[..1], bob.id, &keys[1..]);
        let answer = page.ask(&json!({ "qrCode": number.digits() })).await;
        assert_eq!(answer, json!({ "read": number.digits() }));
    }
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

/// A first key, two devices, one of them removed, and a second key.
fn history(user: Uuid) -> Vec<Line> {
    let key = |byte| PublicKey::new([byte; 32]);
    let mut head = Ledger::new(user).head().clone();
    let mut lines = Vec::new();
    for (kind, device, version, keys) in [
        ("public-key", 0, 1, vec![key(1)]),
        ("device-added", 1, 1, vec![key(2), key(3)]),
        ("device-added", 2, 1, vec![key(4), key(5)]),
        ("device-removed", 1, 2, vec![]),
        ("public-key", 0, 2, vec![key(6)]),
    ] {
        let line = line(&head, kind, device, version, &keys);
        head = Head {
            number: line.number,
            hash: line.hash.clone(),
        };
        lines.push(line);
    }
    lines
}

#[tokio::test]
async fn the_page_follows_a_key_log_to_where_the_client_library_does() {
    let mut page = Program::node("console.mjs");
    let user = Uuid::new_v4();
    let lines = history(user);
    let mut ledger = Ledger::new(user);
    ledger.follow(&lines).unwrap();
    let expected = json!({
        "head": ledger.head(),
        "changes": ["public-key", "device-added", "device-added", "device-removed", "public-key"],
        "publicKey": { "version": 2, "publicKey": ledger.public_key().unwrap().1 },
        "identityKeys": ledger.identity_keys(),
    });
    for pages in [vec![&lines[..]], vec![&lines[..3], &lines[2..], &lines[4..]]] {
        let command = json!({ "keyLog": { "user": user, "pages": pages } });
        assert_eq!(page.ask(&command).await, expected);
    }
}

#[tokio::test]
async fn the_page_refuses_a_key_log_that_was_rewritten_forged_or_says_nothing_possible() {
    let mut page = Program::node("console.mjs");
    let user = Uuid::new_v4();
    let lines = history(user);
    let head = |line: &Line| Head {
        number: line.number,
        hash: line.hash.clone(),
    };
    let other = line(&head(&lines[0]), "public-key", 0, 9, &[PublicKey::new([9; 32])]);
    let mut forged = lines.clone();
    forged[1].device = 7;
    let backwards = line(&head(&lines[4]), "public-key", 0, 2, &[PublicKey::new([7; 32])]);
    for (pages, reason) in [
        (vec![lines.clone(), vec![other]], "rewritten"),
        (vec![lines[1..].to_vec()], "rewritten"),
        (vec![history(Uuid::new_v4())], "rewritten"),
        (vec![forged], "forged"),
        (vec![lines.clone(), vec![backwards]], "malformed"),
    ] {
        let command = json!({ "keyLog": { "user": user, "pages": pages } });
        assert_eq!(page.ask(&command).await, json!({ "refused": reason }));
    }
}
