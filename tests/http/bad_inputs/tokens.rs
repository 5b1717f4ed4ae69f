use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use reqwest::Method;
use serde_json::{Value, json};
use tenon_accounts::AccessTokens;
use tenon_crypto::{JwtConfig, JwtTokens};
use tenon_tests::app::{JWT_SECRET, TestApp};

use super::{Case, Scene};
use crate::tokens::{claims, expired, signer};

/// Values of `Authorization` that are no bearer token at all.
const NONE: [&str; 7] = [
    "Bearer",
    "Bearer ",
    "Basic YTpi",
    "Token x",
    "",
    "Bearer\u{e4}",
    "Bearertoken",
];

pub fn cases(app: &TestApp, scene: &Scene) -> Vec<Case> {
    let anonymous = app.anonymous();
    let get = || anonymous.call(Method::GET, "/api/assets");
    let mut cases = vec![Case::new("no token", get(), 401, "token_missing")];
    for value in NONE {
        let call = get().header("authorization", value);
        cases.push(Case::new(
            format!("Authorization {value:?}"),
            call,
            401,
            "token_missing",
        ));
    }
    for (name, token) in bad(scene) {
        let call = get().header("authorization", format!("Bearer {token}"));
        let says = if name == "expired" {
            "has expired"
        } else {
            "Invalid or expired token"
        };
        cases.push(Case::new(name, call, 401, "token_invalid").says(says));
    }
    cases
}

fn bad(scene: &Scene) -> Vec<(&'static str, String)> {
    let good = scene.ada.token();
    let mut tokens = forged(scene, good);
    tokens.extend([
        ("expired", expired(&scene.ada)),
        ("not yet valid", signed(&signer(), scene, 120)),
        ("another key", signed(&other_signer(), scene, 0)),
        ("four parts", format!("{good}.x")),
        ("no token form", "x".to_owned()),
        ("dots", "..".to_owned()),
        ("a long one", "x.".repeat(4_000)),
        ("a refresh token", scene.ada.refresh_token.clone()),
        ("two tokens", format!("{good} {good}")),
    ]);
    tokens
}

/// A good token with something exchanged.
fn forged(scene: &Scene, good: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = good.split('.').collect();
    let [header, payload, signature] = parts[..] else {
        panic!("{good}")
    };
    let encode = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let with_header = |header: Value| format!("{}.{payload}.{signature}", encode(header));
    let changed = |name: &str, value: Value| {
        let mut claims = decoded(payload);
        claims[name] = value;
        format!("{header}.{}.{signature}", encode(claims))
    };
    let unsigned = with_header(json!({ "typ": "at+jwt", "alg": "none" }));
    let without = format!("{}.", unsigned.rsplit_once('.').unwrap().0);
    let own_key = with_header(json!({ "typ": "at+jwt", "alg": "HS256", "jku": "http://127.0.0.1/" }));
    let first = if signature.starts_with('A') { "B" } else { "A" };
    vec![
        ("alg none", unsigned),
        ("alg none without a signature", without),
        ("alg HS512", reencoded(Algorithm::HS512, payload)),
        ("a foreign header", reencoded(Algorithm::HS256, payload)),
        ("a key of the token's own", own_key),
        (
            "a changed signature",
            format!("{header}.{payload}.{first}{}", &signature[1..]),
        ),
        ("no signature", format!("{header}.{payload}")),
        ("another organization", changed("org", json!(scene.bob.organization))),
        ("another person", changed("sub", json!(scene.bob.id))),
        ("another role", changed("role", json!("operator"))),
    ]
}

fn signed(signer: &JwtTokens, scene: &Scene, after: i64) -> String {
    let token = signer.sign(&claims(&scene.ada, after)).unwrap();
    token.expose().to_owned()
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The same claims signed with the right key and a header that this installation does not write.
fn reencoded(algorithm: Algorithm, payload: &str) -> String {
    let key = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    encode(&Header::new(algorithm), &decoded(payload), &key).unwrap()
}

fn other_signer() -> JwtTokens {
    let config = JwtConfig {
        issuer: "tenon".into(),
        audience: "tenon".into(),
        keys: vec!["another key of more than 32 bytes".into()],
        operator_password: "another".into(),
    };
    JwtTokens::new(&config).unwrap()
}
