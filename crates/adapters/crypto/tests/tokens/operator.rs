//! The operator's tokens, and that nobody else can have one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tenon_accounts::{AccessTokens, Identity, InvalidToken};
use tenon_crypto::{JwtConfig, JwtTokens};

use crate::{
    NEW, OLD, claims, config, kid, member, member_id, now, payload, signed, spelled, tokens, verify, with_payload,
};

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
