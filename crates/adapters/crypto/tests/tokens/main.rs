//! The tokens that must not be believed, and those that must.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod claims;
mod header;
mod operator;

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
