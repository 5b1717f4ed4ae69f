//! Claims that must not be believed, over good signatures.

use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tenon_accounts::{AccessTokens, InvalidToken};
use tenon_kernel::Timestamp;

use crate::{NEW, kid, member, now, payload, signed, spelled, tokens, verify, with_payload};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn every_claim_is_required() {
    let Value::Object(full) = payload() else {
        panic!("no object")
    };
    assert_eq!(full.len(), 11);
    for name in full.keys() {
        let mut without = full.clone();
        without.remove(name);
        assert_eq!(
            verify(&with_payload(&without.into())),
            Err(InvalidToken::Invalid),
            "{name} is missing"
        );
        for wrong in [
            Value::Null,
            json!([]),
            json!({}),
            json!(true),
            json!(""),
            json!(1.5),
            json!(-1e300),
        ] {
            let mut changed = full.clone();
            changed.insert(name.clone(), wrong.clone());
            assert_eq!(
                verify(&with_payload(&changed.into())),
                Err(InvalidToken::Invalid),
                "{name} is {wrong}"
            );
        }
    }
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    let body = payload().to_string();
    let twice = body.replacen('{', r#"{"role":"owner","#, 1);
    let token = signed(
        &spelled("HS256", &kid(NEW.as_bytes())),
        &twice,
        NEW.as_bytes(),
        Algorithm::HS256,
    );
    assert_eq!(verify(&token), Err(InvalidToken::Invalid));
}

#[test]
fn another_issuer_or_audience_and_unknown_roles_are_refused() {
    let nil = "00000000-0000-0000-0000-000000000000";
    for (name, value) in [
        ("iss", "https://tenon.example/"),
        ("iss", "https://other.example"),
        ("aud", "Tenon"),
        ("aud", "other"),
        ("role", "operator"),
        ("role", "root"),
        ("role", "Owner"),
        ("email", "operator"),
        ("sub", nil),
        ("org", nil),
        ("sub", "ada"),
    ] {
        let mut changed = payload();
        changed[name] = json!(value);
        assert_eq!(
            verify(&with_payload(&changed)),
            Err(InvalidToken::Invalid),
            "{name} {value}"
        );
    }
}

#[test]
fn the_given_time_decides_and_five_seconds_are_forgiven() {
    let tokens = tokens(&[NEW]);
    let token = tokens.sign(&member()).unwrap();
    let at = |time| tokens.verify(token.expose(), time).err();
    let expiry = now().plus(900 * SECOND);
    assert_eq!(at(now().minus(5 * SECOND)), None);
    assert_eq!(at(now().minus(6 * SECOND)), Some(InvalidToken::Invalid));
    assert_eq!(at(expiry), None);
    assert_eq!(at(expiry.plus(Duration::from_micros(4_999_999))), None);
    assert_eq!(at(expiry.plus(5 * SECOND)), Some(InvalidToken::Expired));
    assert_eq!(at(Timestamp::from_micros(i64::MAX)), Some(InvalidToken::Expired));
    assert_eq!(at(Timestamp::from_micros(i64::MIN)), Some(InvalidToken::Invalid));
}

#[test]
fn a_future_issue_time_is_refused_and_extreme_times_are_too() {
    for (name, value, error) in [
        ("nbf", now().as_seconds() + 6, InvalidToken::Invalid),
        ("iat", now().as_seconds() + 6, InvalidToken::Invalid),
        ("nbf", i64::MAX, InvalidToken::Invalid),
        ("exp", now().as_seconds() - 5, InvalidToken::Expired),
        ("exp", i64::MIN, InvalidToken::Expired),
    ] {
        let mut changed = payload();
        changed[name] = json!(value);
        assert_eq!(verify(&with_payload(&changed)), Err(error), "{name} {value}");
    }
}

#[test]
fn an_old_forgery_is_invalid_rather_than_expired() {
    let mut old = payload();
    old["exp"] = json!(now().as_seconds() - 3600);
    assert_eq!(verify(&with_payload(&old)), Err(InvalidToken::Expired));
    let header = spelled("HS256", &kid(NEW.as_bytes()));
    let forged = signed(
        &header,
        &old.to_string(),
        b"another key of at least 32 bytes length",
        Algorithm::HS256,
    );
    assert_eq!(verify(&forged), Err(InvalidToken::Invalid));
    old["aud"] = json!("other");
    assert_eq!(verify(&with_payload(&old)), Err(InvalidToken::Invalid));
}
