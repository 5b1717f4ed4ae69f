use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_graph::{TokenError, Tokens, Verified};
use tenon_kernel::{Clock, Timestamp};
use tenon_microsoft::PublishedKeys;

use crate::clock::TestClock;
use crate::server::{Reply, Server};
use crate::tokens::{CLIENT, Issuer, PUBLISHER, TENANT, claims, unsigned, with};
use crate::vector::{text, vector};

/// An issuer whose key is published, and who reads the list.
struct Scene {
    issuer: Issuer,
    keys: PublishedKeys,
    now: Timestamp,
    _server: Server,
}

impl Scene {
    async fn set() -> Self {
        Self::publishing(|jwk| jwk).await
    }

    async fn publishing(change: fn(Value) -> Value) -> Self {
        let issuer = Issuer::new("first");
        let list = json!({"keys": [{"kty": "EC", "kid": "other"}, change(issuer.jwk())]});
        let server = Server::start(move |_, _| Reply::json(200, &list)).await;
        let clock = TestClock::new();
        Self {
            issuer,
            keys: PublishedKeys::new(server.addresses(), clock.clone()).unwrap(),
            now: clock.now(),
            _server: server,
        }
    }

    fn claims(&self) -> Value {
        claims(self.now)
    }

    async fn verify(&self, tokens: &[String]) -> Result<Vec<Verified>, TokenError> {
        let clients = ["00000000-0000-0000-0000-000000000001".to_owned(), CLIENT.to_owned()];
        self.keys.verify(tokens, &clients, self.now).await
    }

    /// The claim because of which a token is a forgery.
    async fn forged(&self, token: String) -> &'static str {
        match self.verify(&[token]).await {
            Err(TokenError::Forged(claim)) => claim,
            other => panic!("{other:?}"),
        }
    }

    async fn forged_with(&self, name: &str, value: Value) -> &'static str {
        let token = self.issuer.token(&with(self.claims(), name, value));
        self.forged(token).await
    }
}

fn verified() -> Verified {
    Verified {
        client: CLIENT.to_owned(),
        tenant: TENANT.to_owned(),
    }
}

#[tokio::test]
async fn tokens_of_both_versions_and_both_issuers_are_believed() {
    let scene = Scene::set().await;
    let second = scene.claims();
    let first = json!({
        "aud": CLIENT,
        "iss": format!("https://sts.windows.net/{TENANT}/"),
        "exp": scene.now.as_seconds() + 60,
        "appid": PUBLISHER,
        "tid": TENANT,
        "ver": "1.0",
    });
    let tokens = [second, first].map(|claims| scene.issuer.token(&claims));
    assert_eq!(scene.verify(&tokens).await.unwrap(), [verified(), verified()]);
}

#[tokio::test]
async fn the_token_that_openssl_signed_is_believed() {
    let vector = vector();
    let list = vector["keys"].clone();
    let server = Server::start(move |_, _| Reply::json(200, &list)).await;
    let clock = TestClock::new();
    let keys = PublishedKeys::new(server.addresses(), clock.clone()).unwrap();
    let tokens = [text(&vector["validationToken"])];
    let found = keys.verify(&tokens, &[CLIENT.to_owned()], clock.now()).await.unwrap();
    assert_eq!(found, [verified()]);
}

#[tokio::test]
async fn a_client_is_known_in_any_case_and_named_as_it_is_configured() {
    let scene = Scene::set().await;
    let token = scene.issuer.token(&scene.claims());
    let clients = [CLIENT.to_uppercase()];
    let found = scene.keys.verify(&[token], &clients, scene.now).await.unwrap();
    assert_eq!(found[0].client, CLIENT.to_uppercase());
}

#[tokio::test]
async fn each_claim_must_be_what_it_must_be() {
    let scene = Scene::set().await;
    let foreign = "00000000-0000-0000-0000-00000000000f";
    let cases = [
        ("aud", json!(foreign), "aud"),
        ("aud", json!(null), "aud"),
        ("iss", json!("https://login.microsoftonline.com/common/v2.0"), "iss"),
        ("iss", json!(format!("https://sts.windows.net/{foreign}/")), "iss"),
        (
            "iss",
            json!(format!("https://sts.windows.net.example/{TENANT}/")),
            "iss",
        ),
        ("iss", json!(null), "iss"),
        ("azp", json!(foreign), "azp"),
        ("azp", json!(null), "azp"),
        ("ver", json!("3.0"), "ver"),
        ("ver", json!(null), "ver"),
        // Version 1.0 is vouched for by `appid`, which is not there.
        ("ver", json!("1.0"), "appid"),
        ("tid", json!(null), "tid"),
        ("tid", json!(""), "tid"),
        ("tid", json!(foreign), "iss"),
        ("exp", json!(null), "exp"),
    ];
    for (name, value, claim) in cases {
        assert_eq!(scene.forged_with(name, value.clone()).await, claim, "{name} {value}");
    }
}

#[tokio::test]
async fn a_token_is_good_from_a_minute_before_its_start_to_a_minute_after_its_end() {
    let scene = Scene::set().await;
    let now = scene.now.as_seconds();
    assert_eq!(scene.forged_with("exp", json!(now - 60)).await, "exp");
    assert_eq!(scene.forged_with("nbf", json!(now + 61)).await, "nbf");
    let late = with(scene.claims(), "exp", json!(now - 59));
    let early = with(scene.claims(), "nbf", json!(now + 60));
    let tokens = [late, early].map(|claims| scene.issuer.token(&claims));
    assert_eq!(scene.verify(&tokens).await.unwrap().len(), 2);
}

#[tokio::test]
async fn no_algorithm_but_rs256_is_believed() {
    let scene = Scene::set().await;
    let kid = scene.issuer.kid;
    let bare = unsigned(&json!({"alg": "none", "kid": kid}), &scene.claims());
    for token in [bare.clone(), format!("{bare}.")] {
        assert_eq!(scene.forged(token).await, "header");
    }
    let message = unsigned(&json!({"alg": "HS256", "kid": kid}), &scene.claims());
    let secret = hmac::Key::new(hmac::HMAC_SHA256, &scene.issuer.modulus());
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&secret, message.as_bytes()));
    assert_eq!(scene.forged(format!("{message}.{signature}")).await, "alg");
    let header = json!({"alg": "RS512", "kid": kid});
    assert_eq!(
        scene.forged(scene.issuer.token_with(&header, &scene.claims())).await,
        "alg"
    );
}

#[tokio::test]
async fn a_header_that_asks_for_more_or_names_no_key_is_not_believed() {
    let scene = Scene::set().await;
    let critical = json!({"alg": "RS256", "kid": scene.issuer.kid, "crit": ["b64"], "b64": false});
    assert_eq!(
        scene.forged(scene.issuer.token_with(&critical, &scene.claims())).await,
        "crit"
    );
    let nameless = json!({"alg": "RS256"});
    assert_eq!(
        scene.forged(scene.issuer.token_with(&nameless, &scene.claims())).await,
        "kid"
    );
}

#[tokio::test]
async fn another_key_under_the_same_name_and_every_changed_byte_fail() {
    let scene = Scene::set().await;
    let imposter = Issuer::new("first");
    assert_eq!(scene.forged(imposter.token(&scene.claims())).await, "signature");

    let token = scene.issuer.token(&scene.claims());
    let body = token.find('.').unwrap() + 1;
    for place in body..token.len() {
        let mut changed = token.clone().into_bytes();
        changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        // The last character of a base64 text may hold bits that count for nothing, which a strict reader refuses too.
        assert!(
            matches!(scene.verify(&[changed]).await, Err(TokenError::Forged(_))),
            "{place}"
        );
    }
}

#[tokio::test]
async fn text_that_is_no_token_is_a_forgery() {
    let scene = Scene::set().await;
    for text in ["", ".", "..", "a.b.c", "eyJhbGciOiJSUzI1NiJ9"] {
        assert_eq!(scene.forged(text.to_owned()).await, "header", "{text}");
    }
}

#[tokio::test]
async fn one_forgery_among_many_spoils_all_and_none_vouches_for_nothing() {
    let scene = Scene::set().await;
    let good = scene.issuer.token(&scene.claims());
    let bad = scene.issuer.token(&with(scene.claims(), "azp", json!(CLIENT)));
    let outcome = scene.verify(&[good, bad]).await;
    assert!(matches!(outcome, Err(TokenError::Forged("azp"))), "{outcome:?}");
    assert!(matches!(scene.verify(&[]).await, Err(TokenError::Forged(_))));
}

#[tokio::test]
async fn a_key_of_one_issuer_signs_for_no_other() {
    let scene = Scene::publishing(|jwk| {
        let consumers = "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
        with(jwk, "issuer", json!(consumers))
    })
    .await;
    assert_eq!(scene.forged(scene.issuer.token(&scene.claims())).await, "iss");
}

#[tokio::test]
async fn a_key_for_encryption_signs_nothing() {
    let scene = Scene::publishing(|jwk| with(jwk, "use", json!("enc"))).await;
    assert_eq!(scene.forged(scene.issuer.token(&scene.claims())).await, "kid");
}
