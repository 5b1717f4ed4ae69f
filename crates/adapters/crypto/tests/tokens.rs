//! The tokens that must not be believed, and those that must.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, crypto};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tenon_accounts::{AccessTokens, Claims, Email, Identity, InvalidToken};
use tenon_crypto::{JwtConfig, JwtTokens, KeyError};
use tenon_kernel::{Id, Role, Timestamp};

const OLD: &str = "an older key of more than 32 bytes";
const NEW: &str = "the newest key of more than 32 bytes";
const SECOND: Duration = Duration::from_secs(1);

fn config(keys: &[&str]) -> JwtConfig {
    JwtConfig {
        issuer: "https://tenon.example".into(),
        audience: "tenon".into(),
        keys: keys.iter().map(|key| (*key).into()).collect(),
        operator_password: "operator password".into(),
    }
}

fn tokens(keys: &[&str]) -> JwtTokens {
    JwtTokens::new(&config(keys)).unwrap()
}

fn now() -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000)
}

fn claims(identity: Identity) -> Claims {
    Claims {
        id: Id::at(now()),
        session: Id::at(now()),
        identity,
        issued_at: now(),
        expires_at: now().plus(Duration::from_secs(900)),
    }
}

fn member() -> Claims {
    let email = Email::parse("ädä@example.com").unwrap();
    claims(Identity::Member {
        user: Id::at(now()),
        organization: Id::at(now()),
        role: Role::Admin,
        email,
    })
}

fn kid(key: &[u8]) -> String {
    hex::encode(Sha256::digest(key))[..16].to_owned()
}

fn header(alg: &str, kid: &str) -> Value {
    json!({ "typ": "at+jwt", "alg": alg, "kid": kid })
}

/// The header as this installation spells it: in this order, without spaces.
fn spelled(alg: &str, kid: &str) -> String {
    format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"{kid}"}}"#)
}

fn payload() -> Value {
    json!({
        "iss": "https://tenon.example", "aud": "tenon", "sub": member_id(), "org": member_id(), "role": "admin",
        "email": "ada@example.com", "sid": member_id(), "jti": member_id(),
        "iat": now().as_seconds(), "nbf": now().as_seconds(), "exp": now().as_seconds() + 900,
    })
}

fn member_id() -> String {
    Id::<()>::at(now()).to_string()
}

fn signed(header: &str, payload: &str, key: &[u8], algorithm: Algorithm) -> String {
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let signature = crypto::sign(message.as_bytes(), &EncodingKey::from_secret(key), algorithm).unwrap();
    format!("{message}.{signature}")
}

/// A token that is right but for its payload.
fn with_payload(payload: &Value) -> String {
    signed(
        &spelled("HS256", &kid(NEW.as_bytes())),
        &payload.to_string(),
        NEW.as_bytes(),
        Algorithm::HS256,
    )
}

fn verify(token: &str) -> Result<Claims, InvalidToken> {
    tokens(&[NEW, OLD]).verify(token, now())
}

#[test]
fn signed_claims_come_back() {
    let tokens = tokens(&[NEW]);
    for claims in [member(), claims(Identity::Operator)] {
        let token = tokens.sign(&claims).unwrap();
        assert_eq!(tokens.verify(token.expose(), now()), Ok(claims));
    }
}

#[test]
fn a_token_has_the_type_and_key_id_in_its_header_and_every_claim() {
    let token = tokens(&[NEW]).sign(&member()).unwrap();
    let parts: Vec<&str> = token.expose().split('.').collect();
    let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    assert_eq!(read(parts[0]), header("HS256", &kid(NEW.as_bytes())));
    let Value::Object(claims) = read(parts[1]) else {
        panic!("no object")
    };
    let mut names: Vec<&String> = claims.keys().collect();
    names.sort();
    assert_eq!(
        names,
        [
            "aud", "email", "exp", "iat", "iss", "jti", "nbf", "org", "role", "sid", "sub"
        ]
    );
}

/// The same token made by the library's own encoder: what is written here is what others read.
#[test]
fn a_token_of_a_common_encoder_is_accepted() {
    let mut header = Header::new(Algorithm::HS256);
    header.typ = Some("at+jwt".into());
    header.kid = Some(kid(NEW.as_bytes()));
    let token = jsonwebtoken::encode(&header, &payload(), &EncodingKey::from_secret(NEW.as_bytes())).unwrap();
    assert!(verify(&token).is_ok());
    assert!(verify(&with_payload(&payload())).is_ok());
}

#[test]
fn the_first_key_signs_and_every_key_of_the_ring_verifies() {
    let before = tokens(&[OLD]).sign(&member()).unwrap();
    let rotated = tokens(&[NEW, OLD]);
    let after = rotated.sign(&member()).unwrap();
    assert!(rotated.verify(before.expose(), now()).is_ok());
    assert!(rotated.verify(after.expose(), now()).is_ok());
    assert_eq!(tokens(&[OLD]).verify(after.expose(), now()), Err(InvalidToken::Invalid));
    assert_eq!(
        tokens(&[NEW]).verify(before.expose(), now()),
        Err(InvalidToken::Invalid)
    );
}

#[test]
fn other_algorithms_are_refused_whatever_they_are_signed_with() {
    let kid = kid(NEW.as_bytes());
    let body = payload().to_string();
    for (alg, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
        assert_eq!(
            verify(&signed(&spelled(alg, &kid), &body, NEW.as_bytes(), algorithm)),
            Err(InvalidToken::Invalid)
        );
        // The header claims HS256 and the signature is another one.
        assert_eq!(
            verify(&signed(&spelled("HS256", &kid), &body, NEW.as_bytes(), algorithm)),
            Err(InvalidToken::Invalid)
        );
    }
    // The header claims another algorithm, RS256 with the secret as a public key among them, over a good HS256 signature.
    for alg in [
        "RS256", "PS256", "ES256", "EdDSA", "none", "None", "NONE", "hs256", "HS384", "",
    ] {
        let token = signed(&spelled(alg, &kid), &body, NEW.as_bytes(), Algorithm::HS256);
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{alg}");
    }
}

#[test]
fn a_token_without_a_signature_is_refused() {
    let token = with_payload(&payload());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let unsigned = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(spelled("none", &kid(NEW.as_bytes()))),
        "e30"
    );
    for token in [
        message.to_owned(),
        format!("{message}."),
        format!("{message}.{}", &signature[..42]),
        format!("{message}.{signature}="),
        format!("{message}.{signature}.{signature}"),
        format!(".{message}.{signature}"),
        format!("{unsigned}."),
        unsigned,
        String::new(),
        ".".into(),
        "..".into(),
        "a.b.c".into(),
        "ä.ö.ü".into(),
    ] {
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{token}");
    }
}

#[test]
fn keys_that_a_header_brings_or_points_at_are_not_believed() {
    let attacker = b"the attacker's own key, also of 32 bytes";
    let good = kid(NEW.as_bytes());
    let own = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(attacker), "alg": "HS256", "kid": good });
    let headers = [
        spelled("HS256", &good),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "jwk": own }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "jku": "https://attacker.example/jwks" }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "x5u": "https://attacker.example/x5u" }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "x5c": ["AAAA"] }).to_string(),
        json!({ "typ": "at+jwt", "alg": "HS256", "jwk": own }).to_string(),
        spelled("HS256", &kid(attacker)),
    ];
    for header in headers {
        let token = signed(&header, &payload().to_string(), attacker, Algorithm::HS256);
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{header}");
    }
}

#[test]
fn key_ids_of_no_key_are_refused_even_over_a_good_signature() {
    let good = kid(NEW.as_bytes());
    let longer = format!("{good}0");
    for id in [
        "",
        "0",
        "../../../../dev/null",
        "' OR '1'='1",
        "0000000000000000",
        &good[..15],
        &longer,
        &good.to_uppercase(),
        &kid(OLD.as_bytes()),
        "\\u0000",
    ] {
        let token = signed(
            &spelled("HS256", id),
            &payload().to_string(),
            NEW.as_bytes(),
            Algorithm::HS256,
        );
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{id}");
    }
    for header in [
        json!({ "typ": "at+jwt", "alg": "HS256" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": null }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": [good] }),
        json!({ "typ": "JWT", "alg": "HS256", "kid": good }),
        json!({ "typ": "dpop+jwt", "alg": "HS256", "kid": good }),
        json!({ "alg": "HS256", "kid": good }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "crit": ["exp"] }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": good, "zip": "DEF" }),
    ] {
        let token = signed(
            &header.to_string(),
            &payload().to_string(),
            NEW.as_bytes(),
            Algorithm::HS256,
        );
        assert_eq!(verify(&token), Err(InvalidToken::Invalid), "{header}");
    }
}

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
fn a_changed_payload_or_signature_is_refused() {
    let token = with_payload(&payload());
    let (header, rest) = token.split_once('.').unwrap();
    let (_, signature) = rest.split_once('.').unwrap();
    let mut owner = payload();
    owner["role"] = json!("owner");
    let forged = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(owner.to_string()));
    assert_eq!(verify(&forged), Err(InvalidToken::Invalid));
    for position in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(bytes).unwrap();
        assert_eq!(verify(&changed), Err(InvalidToken::Invalid), "byte {position}");
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

#[test]
fn a_changed_operator_password_ends_the_operators_tokens_and_nobody_elses() {
    let before = tokens(&[NEW]);
    let after = JwtTokens::new(&JwtConfig {
        operator_password: "another".into(),
        ..config(&[NEW])
    })
    .unwrap();
    let operator = before.sign(&claims(Identity::Operator)).unwrap();
    let member = before.sign(&member()).unwrap();
    assert_eq!(
        before.verify(operator.expose(), now()).unwrap().identity,
        Identity::Operator
    );
    assert_eq!(after.verify(operator.expose(), now()), Err(InvalidToken::Invalid));
    assert!(after.verify(member.expose(), now()).is_ok());
}

#[test]
fn the_operators_tokens_outlive_a_rotation_of_keys() {
    let operator = tokens(&[OLD]).sign(&claims(Identity::Operator)).unwrap();
    assert!(tokens(&[NEW, OLD]).verify(operator.expose(), now()).is_ok());
}

#[test]
fn a_members_key_does_not_sign_for_the_operator_nor_the_reverse() {
    let operator_claims = json!({
        "iss": "https://tenon.example", "aud": "tenon", "sub": "00000000-0000-0000-0000-000000000000",
        "org": "00000000-0000-0000-0000-000000000000", "role": "operator", "email": "operator", "sid": member_id(),
        "jti": member_id(), "iat": now().as_seconds(), "nbf": now().as_seconds(), "exp": now().as_seconds() + 900,
    });
    assert_eq!(verify(&with_payload(&operator_claims)), Err(InvalidToken::Invalid));

    let key = operator_key(NEW, "operator password");
    let header = spelled("HS256", &kid(&key));
    let with_operator_key = |payload: &Value| signed(&header, &payload.to_string(), &key, Algorithm::HS256);
    assert_eq!(
        verify(&with_operator_key(&operator_claims)).unwrap().identity,
        Identity::Operator
    );
    assert_eq!(verify(&with_operator_key(&payload())), Err(InvalidToken::Invalid));
    for name in ["sub", "org", "role", "email"] {
        let mut changed = operator_claims.clone();
        changed[name] = payload()[name].clone();
        assert_eq!(
            verify(&with_operator_key(&changed)),
            Err(InvalidToken::Invalid),
            "{name}"
        );
    }
}

/// HMAC-SHA-256 under the key, of `operator`, a zero byte and the password.
fn operator_key(key: &str, password: &str) -> Vec<u8> {
    let message = [b"operator\0", password.as_bytes()].concat();
    let tag = crypto::sign(&message, &EncodingKey::from_secret(key.as_bytes()), Algorithm::HS256).unwrap();
    URL_SAFE_NO_PAD.decode(tag).unwrap()
}

#[test]
fn short_repeated_or_missing_keys_are_refused() {
    let refused = |keys: &[&str]| JwtTokens::new(&config(keys)).err();
    assert_eq!(refused(&[]), Some(KeyError::Missing));
    assert_eq!(
        refused(&[NEW, "31 bytes: not quite enough here"]),
        Some(KeyError::TooShort(1))
    );
    assert_eq!(refused(&["32 bytes: that is enough, just so"[..32].into()]), None);
    assert_eq!(refused(&[NEW, OLD, NEW]), Some(KeyError::Repeated(2)));
}

#[test]
fn nothing_secret_is_in_the_debug_output() {
    let text = format!("{:?} {:?}", tokens(&[NEW]), config(&[NEW]));
    assert!(!text.contains(NEW) && !text.contains("operator password"), "{text}");
}
