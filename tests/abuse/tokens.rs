//! Access tokens that are none. Those that `tests/http/bad_inputs/tokens.rs` has are not here again.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use serde_json::{Value, json};
use tenon_tests::app::{JWT_SECRET, Person, Transport};

use crate::siege::{ORDINARY, Siege, options};

/// The parts of a good token.
struct Good<'a> {
    header: &'a str,
    payload: &'a str,
    signature: &'a str,
}

impl<'a> Good<'a> {
    fn of(token: &'a str) -> Self {
        let parts: Vec<&str> = token.split('.').collect();
        let [header, payload, signature] = parts[..] else {
            panic!("{token}")
        };
        Self {
            header,
            payload,
            signature,
        }
    }

    fn claims(&self) -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(self.payload).unwrap()).unwrap()
    }

    fn kid(&self) -> Value {
        let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(self.header).unwrap()).unwrap();
        header["kid"].clone()
    }

    /// Any payload, signed with the right key under the right header.
    fn signed(&self, payload: &str) -> String {
        sealed(self.header, payload)
    }

    /// The same claims under another header, signed with the right key.
    fn under(&self, header: &Value) -> String {
        let claims = self.claims().to_string();
        sealed(&URL_SAFE_NO_PAD.encode(header.to_string()), &claims)
    }

    fn changed(&self, name: &str, value: Value) -> String {
        let mut claims = self.claims();
        claims[name] = value;
        self.signed(&claims.to_string())
    }
}

fn sealed(header: &str, payload: &str) -> String {
    let message = format!("{header}.{}", URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(JWT_SECRET.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).unwrap();
    format!("{message}.{signature}")
}

/// Headers that ask to be believed: all of them signed with the right key, so that nothing else is wrong.
fn headers(good: &Good<'_>) -> Vec<(String, String)> {
    let kid = good.kid();
    let jwk = json!({ "kty": "oct", "k": URL_SAFE_NO_PAD.encode(JWT_SECRET) });
    let mut headers = vec![
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "jwk": jwk }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "jku": "https://example.org/keys" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "x5u": "https://example.org/chain" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "x5c": ["AAAA"] }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "crit": ["exp"] }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "zip": "DEF" }),
        json!({ "typ": "at+jwt", "alg": "HS256", "kid": kid, "b64": false }),
        json!({ "typ": "JWT", "alg": "HS256", "kid": kid }),
        json!({ "alg": "HS256", "kid": kid }),
        json!({ "typ": "at+jwt", "kid": kid }),
        json!({ "typ": "at+jwt", "alg": "HS256" }),
    ];
    for alg in [
        "none", "None", "NONE", "nOnE", "hs256", "HS384", "HS512", "RS256", "ES256", "EdDSA", "PS256", "",
    ] {
        headers.push(json!({ "typ": "at+jwt", "alg": alg, "kid": kid }));
    }
    let odd = ["", "../../../../dev/null", "/dev/null", "' OR 1=1 --", "%00", "\0", "0"];
    let odd = odd.map(|text| json!(text)).into_iter();
    for other in odd.chain([json!(null), json!(0), json!([kid]), json!({ "a": kid }), json!(true)]) {
        headers.push(json!({ "typ": "at+jwt", "alg": "HS256", "kid": other }));
    }
    headers
        .iter()
        .map(|header| (header.to_string(), good.under(header)))
        .collect()
}

/// Claims that were never issued, signed with the right key under the right header.
fn claims(good: &Good<'_>) -> Vec<(String, String)> {
    let whole = good.claims();
    let (iat, exp) = (whole["iat"].as_i64().unwrap(), whole["exp"].as_i64().unwrap());
    let mut changes = vec![
        ("iss", json!("other")),
        ("iss", json!("")),
        ("iss", json!(["tenon"])),
        ("aud", json!("other")),
        ("aud", json!("")),
        ("aud", json!(["tenon"])),
        ("aud", json!(["tenon", "other"])),
        ("exp", json!(iat - 60)),
        ("exp", json!(0)),
        ("exp", json!(-1)),
        ("exp", json!(exp.to_string())),
        ("exp", json!(1e300)),
        ("exp", json!(exp as f64 + 0.5)),
        ("nbf", json!(iat + 3_600)),
        ("iat", json!(iat + 3_600)),
        ("iat", json!(i64::MAX)),
        ("role", json!("operator")),
        ("role", json!("OWNER")),
        ("role", json!("root")),
        ("role", json!("")),
        ("email", json!("")),
        ("email", json!("operator")),
        ("sub", json!("00000000-0000-0000-0000-000000000000")),
        ("org", json!("00000000-0000-0000-0000-000000000000")),
    ];
    for name in whole.as_object().unwrap().keys() {
        for value in [Value::Null, json!([]), json!({}), json!(true)] {
            changes.push((name, value));
        }
    }
    let mut tokens: Vec<_> = changes
        .into_iter()
        .map(|(name, value)| (format!("{name} is {value}"), good.changed(name, value)))
        .collect();
    for name in whole.as_object().unwrap().keys() {
        let mut without = whole.clone();
        without.as_object_mut().unwrap().remove(name);
        tokens.push((format!("no {name}"), good.signed(&without.to_string())));
        let twice = format!("{{\"{name}\":{},{}", whole[name], &whole.to_string()[1..]);
        tokens.push((format!("{name} twice"), good.signed(&twice)));
    }
    for payload in ["", "{}", "[]", "null", "\"\"", "{", "\u{feff}{}"] {
        tokens.push((format!("the claims are {payload:?}"), good.signed(payload)));
    }
    tokens
}

/// A good token in another form.
fn forms(good: &Good<'_>) -> Vec<(String, String)> {
    let Good {
        header,
        payload,
        signature,
    } = good;
    let digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let last = digits.find(&signature[42..]).unwrap();
    // The last character of 43 has two bits that mean nothing.
    let other_form = format!("{}{}", &signature[..42], &digits[last ^ 1..=last ^ 1]);
    let padded = STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap());
    let large = json!({ "iss": "a".repeat(30_000) }).to_string();
    [
        (
            "a signature with other spare bits",
            format!("{header}.{payload}.{other_form}"),
        ),
        ("a signature with padding", format!("{header}.{payload}.{padded}")),
        ("a signature of nothing", format!("{header}.{payload}.")),
        ("a payload with padding", format!("{header}.{payload}=.{signature}")),
        ("an empty payload", format!("{header}..{signature}")),
        ("a dot before", format!(".{header}.{payload}.{signature}")),
        ("a dot after", format!("{header}.{payload}.{signature}.")),
        ("two signatures", format!("{header}.{payload}.{signature}.{signature}")),
        (
            "an encrypted form",
            format!("{header}.{payload}.{signature}.{payload}.{signature}"),
        ),
        ("a blank in it", format!("{header} .{payload}.{signature}")),
        ("parts in another order", format!("{payload}.{header}.{signature}")),
        ("40 KB, signed", good.signed(&large)),
        ("60 KB of dots", ".".repeat(60_000)),
        (
            "60 KB of one part",
            format!("{header}.{}.{signature}", "A".repeat(60_000)),
        ),
    ]
    .map(|(name, token)| (name.to_owned(), token))
    .into()
}

/// As a header, for a socket, and in the query of a socket.
async fn is_refused(siege: &Siege, name: &str, token: &str, by_query: bool) {
    let anybody = siege.app.anonymous().with_token(token);
    let answer = anybody.me().await;
    assert_eq!(answer.status, 401, "{name}: {}", answer.text());
    let bearer = format!("Bearer {token}");
    let refused = anybody.handshake("/api/ws", &[("authorization", &bearer)]).await.err();
    assert_eq!(refused.unwrap().status, 401, "{name} opens a socket");
    if by_query && token.len() < 8_000 {
        let query = format!("/api/ws?token={}", token.replace(' ', "%20").replace('+', "%2B"));
        let refused = anybody.handshake(&query, &[]).await.err();
        assert_eq!(refused.unwrap().status, 401, "{name} opens a socket by its query");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_token_is_believed_that_this_server_did_not_write() {
    let siege = Siege::begin(options().set("TENON__SOCKETS__FRAMES_PER_MINUTE", "100000")).await;
    let bob: Person = siege.app.register("bob").await;
    let token = bob.token().to_owned();
    let good = Good::of(&token);
    // Without this, the refusals would show nothing.
    let same = good.signed(&String::from_utf8(URL_SAFE_NO_PAD.decode(good.payload).unwrap()).unwrap());
    assert_eq!(same, token);
    bob.with_token(&same).me().await.expect(200);

    let corpus = [headers(&good), claims(&good), forms(&good)].concat();
    for (number, (name, token)) in corpus.iter().enumerate() {
        is_refused(&siege, name, token, number % 4 == 0).await;
    }
    let mut client = siege.app.anonymous().socketio(Transport::WebSocket).await;
    for (name, token) in &corpus {
        let entered = client.enter("/", &json!({ "token": token })).await;
        assert_eq!(entered.unwrap_err(), "Invalid or expired token", "{name}");
    }
    bob.me().await.expect(200);
    let what = format!("{} tokens by header, socket, query and Socket.IO", corpus.len());
    siege.end(&what, "401 each", ORDINARY).await;
}
