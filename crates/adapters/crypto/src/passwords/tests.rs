use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::*;

fn cheap() -> Argon2Config {
    Argon2Config {
        memory_kib: 64,
        passes: 1,
        lanes: 1,
        threads: 1,
        queue: 4,
    }
}

#[tokio::test]
async fn the_password_matches_its_hash_and_another_does_not() {
    let passwords = Argon2Passwords::new(&cheap()).unwrap();
    let hash = passwords.hash(&"correct horse".into()).await.unwrap();
    assert!(
        hash.as_str().starts_with("$argon2id$v=19$m=64,t=1,p=1$"),
        "{}",
        hash.as_str()
    );
    assert_eq!(
        passwords.verify(&"correct horse".into(), Some(&hash)).await.unwrap(),
        Verification::Match
    );
    assert_eq!(
        passwords.verify(&"correct horsf".into(), Some(&hash)).await.unwrap(),
        Verification::Mismatch
    );
    assert_ne!(passwords.hash(&"correct horse".into()).await.unwrap(), hash);
}

#[tokio::test]
async fn a_missing_account_takes_the_work_of_an_existing_one() {
    let passwords = Argon2Passwords::new(&cheap()).unwrap();
    let hash = passwords.hash(&"correct horse".into()).await.unwrap();
    let before = passwords.operations();
    assert_eq!(
        passwords.verify(&"guess".into(), Some(&hash)).await.unwrap(),
        Verification::Mismatch
    );
    let existing = passwords.operations() - before;
    assert_eq!(
        passwords.verify(&"guess".into(), None).await.unwrap(),
        Verification::Mismatch
    );
    assert_eq!((existing, passwords.operations() - before), (1, 2));
}

#[tokio::test]
async fn a_hash_with_other_parameters_is_replaced_when_the_password_is_right() {
    let old = Argon2Passwords::new(&cheap()).unwrap();
    let new = Argon2Passwords::new(&Argon2Config {
        memory_kib: 128,
        ..cheap()
    })
    .unwrap();
    let hash = old.hash(&"correct horse".into()).await.unwrap();
    assert_eq!(
        new.verify(&"guess".into(), Some(&hash)).await.unwrap(),
        Verification::Mismatch
    );
    let verification = new.verify(&"correct horse".into(), Some(&hash)).await.unwrap();
    let Verification::Outdated(newer) = verification else {
        panic!("{verification:?}")
    };
    assert_eq!(
        new.verify(&"correct horse".into(), Some(&newer)).await.unwrap(),
        Verification::Match
    );
    // Back to smaller parameters: the memory of the larger ones does not change the outcome.
    assert!(matches!(
        old.verify(&"correct horse".into(), Some(&newer)).await.unwrap(),
        Verification::Outdated(_)
    ));
    assert_eq!(
        old.verify(&"correct horse".into(), Some(&hash)).await.unwrap(),
        Verification::Match
    );
}

/// Made by the reference implementation: `echo -n password | argon2 somesalt -id -t 2 -m 16 -p 1 -l 32 -e` (its test.c).
#[tokio::test]
async fn a_hash_of_the_reference_implementation_is_understood() {
    let hash = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    let passwords = Argon2Passwords::new(&cheap()).unwrap();
    let verification = passwords
        .verify(&"password".into(), Some(&PasswordHash::new(hash.into())))
        .await
        .unwrap();
    assert!(matches!(verification, Verification::Outdated(_)), "{verification:?}");
}

#[tokio::test]
async fn a_damaged_hash_is_an_error_and_no_match() {
    let passwords = Argon2Passwords::new(&cheap()).unwrap();
    for text in [
        "",
        "plain",
        "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ",
        "$scrypt$ln=16$c29tZXNhbHQ$c29tZXNhbHQ",
    ] {
        let outcome = passwords
            .verify(&"".into(), Some(&PasswordHash::new(text.into())))
            .await;
        assert!(matches!(outcome, Err(HashError::Unavailable(_))), "{text}: {outcome:?}");
    }
}

/// A config whose hashes take tens of milliseconds, so that a queue stands.
fn slow() -> Argon2Config {
    Argon2Config {
        memory_kib: 65_536,
        passes: 4,
        queue: 2,
        ..cheap()
    }
}

fn poll_once<T>(future: &mut (impl Future<Output = T> + Unpin)) -> Poll<T> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

#[tokio::test]
async fn a_full_queue_says_when_to_come_back_and_the_waiting_are_served() {
    let passwords = Argon2Passwords::new(&slow()).unwrap();
    let password = "correct horse".into();
    let mut waiting: Vec<_> = (0..4).map(|_| passwords.hash(&password)).collect();
    let refused = waiting.iter_mut().filter_map(|waiting| match poll_once(waiting) {
        Poll::Ready(Err(HashError::Busy(after))) => Some(after),
        Poll::Ready(other) => panic!("{other:?}"),
        Poll::Pending => None,
    });
    let refused: Vec<Duration> = refused.collect();
    // One on the thread and two in the queue; the thread may not have taken the first from the queue yet.
    assert!(matches!(refused.len(), 1 | 2), "{refused:?}");
    assert!(refused.iter().all(|after| !after.is_zero()));
    for served in waiting.into_iter().take(2) {
        served.await.unwrap();
    }
}

#[tokio::test]
async fn a_caller_that_went_away_before_its_turn_costs_no_work() {
    let passwords = Argon2Passwords::new(&Argon2Config { queue: 8, ..slow() }).unwrap();
    let password = "correct horse".into();
    let before = passwords.operations();
    let mut first = passwords.hash(&password);
    assert!(poll_once(&mut first).is_pending());
    for _ in 0..5 {
        assert!(poll_once(&mut passwords.hash(&password)).is_pending());
    }
    first.await.unwrap();
    passwords.hash(&password).await.unwrap();
    assert_eq!(passwords.operations() - before, 2);
}

#[test]
fn impossible_parameters_are_refused() {
    for config in [
        Argon2Config {
            memory_kib: 7,
            ..cheap()
        },
        Argon2Config { passes: 0, ..cheap() },
        Argon2Config { lanes: 0, ..cheap() },
    ] {
        assert!(Argon2Passwords::new(&config).is_err(), "{config:?}");
    }
}
