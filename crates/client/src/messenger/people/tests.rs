use std::collections::VecDeque;

use parking_lot::Mutex;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::PublicKey;

const ME: Uuid = Uuid::from_u128(1);
const BOB: Uuid = Uuid::from_u128(2);

type Answers = Arc<Mutex<VecDeque<(u16, Value)>>>;

/// Somebody's contacts, and what the server answers to their questions, one after the other; it does not answer any further one.
struct Scene {
    people: People,
    changes: Changes,
    answers: Answers,
    log: Vec<Line>,
    _folder: TempDir,
}

impl Scene {
    async fn set() -> Self {
        let (answers, server) = serve().await;
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(Store::open(folder.path(), None).unwrap());
        let session = json!({
            "identity": {
                "server": server, "user": ME, "organization": ME, "email": "ada@example.com", "display_name": "Ada"
            },
            "tokens": { "access": "a", "refresh": "r", "ends": 99_999_999_999_u64 }
        });
        let mut changes = Changes::new();
        changes.put("session", session.to_string().into_bytes());
        store.commit(changes).unwrap();
        let session = Session::resume(&server.parse().unwrap(), &store).unwrap().unwrap();
        Self {
            people: People::new(&Arc::new(session)),
            changes: Changes::new(),
            answers,
            log: Vec::new(),
            _folder: folder,
        }
    }

    /// Bob's log has a further key.
    fn add_key(&mut self) {
        let start = Ledger::new(BOB).head().clone();
        let (number, previous) = match self.log.last() {
            Some(last) => (last.number, last.hash.clone()),
            None => (0, start.hash),
        };
        let mut line = Line {
            number: number + 1,
            kind: "public-key".to_owned(),
            device: 0,
            version: number + 1,
            keys: vec![PublicKey::new([7; 32])],
            at: "2026-11-21T10:13:40.782435Z".to_owned(),
            previous,
            hash: String::new(),
        };
        line.hash = line.computed_hash().unwrap();
        self.log.push(line);
    }

    /// The next question is answered with the log from this line on.
    fn tells(&self, from: usize) {
        let answer = json!({ "user": BOB, "items": self.log[from..], "next": null });
        self.answers.lock().push_back((200, answer));
    }

    fn limits(&self) {
        let answer = json!({ "code": "rate_limited" });
        self.answers.lock().push_back((429, answer));
    }

    fn unasked(&self) -> usize {
        self.answers.lock().len()
    }

    async fn opens(&mut self, version: u32) -> Result<bool, Error> {
        let key = self.people.key_to_open(BOB, version, &mut self.changes).await;
        key.map(|key| key.is_some())
    }

    async fn may_send(&mut self) -> bool {
        self.people.ledger(BOB, &mut self.changes).await.is_ok()
    }
}

async fn serve() -> (Answers, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server = format!("http://{}/", listener.local_addr().unwrap());
    let answers = Answers::default();
    let left = Arc::clone(&answers);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let mut stream = BufReader::new(stream);
            let mut line = String::new();
            while stream.read_line(&mut line).await.is_ok_and(|length| length > 2) {
                line.clear();
            }
            let Some((status, body)) = left.lock().pop_front() else {
                continue;
            };
            let body = body.to_string();
            let head = format!("HTTP/1.1 {status} x\r\nretry-after: 50\r\nconnection: close\r\n");
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    (answers, server)
}

#[tokio::test]
async fn what_no_log_explains_is_asked_about_once() {
    let mut scene = Scene::set().await;
    scene.add_key();
    for _ in 0..3 {
        scene.tells(0);
    }
    assert!(!scene.opens(9).await.unwrap());
    for version in 2..200 {
        assert!(!scene.opens(version).await.unwrap());
    }
    assert_eq!(scene.unasked(), 2);
    assert!(scene.opens(1).await.unwrap(), "what is known opens");
    assert_eq!(scene.unasked(), 2);
}

#[tokio::test]
async fn a_key_that_is_newer_than_the_log_that_was_asked_for_is_found() {
    let mut scene = Scene::set().await;
    scene.add_key();
    scene.tells(0);
    assert!(scene.may_send().await);
    scene.add_key();
    scene.tells(0);
    assert!(scene.opens(2).await.unwrap());
}

#[tokio::test]
async fn a_limit_is_kept_for_everybody_and_hides_no_key_that_is_known() {
    let mut scene = Scene::set().await;
    scene.add_key();
    scene.tells(0);
    assert!(scene.opens(1).await.unwrap());
    scene.limits();
    scene.tells(0);
    scene.people.forget_all_asked();
    assert!(scene.opens(1).await.unwrap());
    let error = scene.opens(2).await.unwrap_err();
    assert!(error.is_limit(), "{error}");
    assert!(error.retry_after().unwrap() > Duration::from_secs(40));
    assert!(scene.opens(1).await.unwrap());
    assert_eq!(scene.unasked(), 1, "nobody was asked before the limit ends");
}

#[tokio::test]
async fn a_log_that_was_wrong_once_holds_sending_until_it_is_right_again() {
    let mut scene = Scene::set().await;
    scene.add_key();
    scene.tells(0);
    assert!(scene.may_send().await);
    scene.tells(1);
    scene.people.forget_when_asked(BOB);
    assert!(!scene.may_send().await);
    let news = scene.people.news();
    assert!(
        matches!(news.as_slice(), [Incoming::KeyLogBroken { user: BOB, .. }]),
        "{news:?}"
    );
    assert!(scene.opens(1).await.unwrap(), "what was verified before opens");
    scene.add_key();
    scene.tells(0);
    scene.people.forget_when_asked(BOB);
    assert!(scene.may_send().await);
    let news = scene.people.news();
    let whole = [
        Incoming::KeyLogMended { user: BOB },
        Incoming::KeysChanged {
            user: BOB,
            changes: vec![KeyChange::PublicKey(2)],
            was_verified: false,
        },
    ];
    assert_eq!(news, whole);
    assert_eq!(scene.unasked(), 0);
}

#[tokio::test]
async fn a_log_that_stays_wrong_is_told_of_once_and_asked_for_seldom() {
    let mut scene = Scene::set().await;
    scene.add_key();
    scene.tells(0);
    assert!(scene.may_send().await);
    scene.people.forget_when_asked(BOB);
    scene.tells(1);
    scene.tells(1);
    scene.tells(1);
    assert!(!scene.may_send().await);
    for version in 2..100 {
        assert!(!scene.opens(version).await.unwrap_or(false));
        assert!(!scene.may_send().await);
    }
    assert_eq!((scene.people.news().len(), scene.unasked()), (1, 1));
}

#[tokio::test]
async fn keys_that_somebody_sets_up_after_being_asked_for_are_found_at_once() {
    let mut scene = Scene::set().await;
    scene.tells(0);
    let ledger = scene.people.ledger(BOB, &mut scene.changes).await.unwrap();
    assert_eq!(ledger.public_key(), None);
    scene.add_key();
    scene.tells(0);
    let ledger = scene.people.ledger(BOB, &mut scene.changes).await.unwrap();
    assert!(ledger.public_key().is_some());
}

#[tokio::test]
async fn whoever_changes_keys_that_were_compared_is_held_until_somebody_decides() {
    let mut scene = Scene::set().await;
    scene.add_key();
    scene.tells(0);
    assert!(scene.may_send().await);
    let number = SafetyNumber::new(ME, &[PublicKey::new([1; 32])], BOB, &[PublicKey::new([7; 32])]);
    for decide in [true, false] {
        scene.people.verified(BOB, &number, &mut scene.changes).unwrap();
        assert!(!scene.people.has_lapsed(BOB).unwrap());
        scene.add_key();
        scene.tells(scene.log.len() - 2);
        scene.people.forget_when_asked(BOB);
        assert!(scene.may_send().await);
        assert!(scene.people.has_lapsed(BOB).unwrap());
        let store = Arc::clone(&scene.people.store);
        store.commit(std::mem::take(&mut scene.changes)).unwrap();
        assert_eq!(scene.people.lapsed().unwrap(), [BOB]);
        let anew = People::new(&scene.people.session);
        assert_eq!(anew.lapsed().unwrap(), [BOB], "also after a restart");
        if decide {
            scene.people.accept(BOB, &mut scene.changes).unwrap();
            assert!(!scene.people.has_lapsed(BOB).unwrap());
        }
    }
}
