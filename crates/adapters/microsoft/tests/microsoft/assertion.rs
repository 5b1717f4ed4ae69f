use aws_lc_rs::signature::{KeyPair, RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use tenon_graph::{App, AppSecret, Remote, RemoteError};
use zeroize::Zeroizing;

use crate::scene::{Scene, app, id, nothing};
use crate::vector::{bytes, vector};

fn certified() -> App {
    let vector = vector();
    App {
        secret: AppSecret::Certificate {
            certificate: bytes(&vector["certificate"]),
            private_key: Zeroizing::new(bytes(&vector["privateKey"])),
        },
        ..app()
    }
}

fn part(text: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
}

#[tokio::test]
async fn a_certificate_signs_an_assertion_as_microsoft_documents_it() {
    let scene = Scene::set(|_, _| nothing()).await;
    scene.graph.reauthorize(&certified(), &id()).await.unwrap();
    let sent = &scene.sign_ins()[0];
    assert_eq!(
        sent.form("client_assertion_type").as_deref(),
        Some("urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
    );
    assert_eq!(sent.form("client_secret"), None);

    let assertion = sent.form("client_assertion").unwrap();
    let (message, signature) = assertion.rsplit_once('.').unwrap();
    let (header, claims) = message.split_once('.').unwrap();
    let thumbprint = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bytes(&vector()["certificate"]));
    let thumbprint = URL_SAFE_NO_PAD.encode(thumbprint);
    assert_eq!(
        part(header),
        json!({"alg": "PS256", "typ": "JWT", "x5t#S256": thumbprint})
    );

    let claims = part(claims);
    let audience = format!("{}/contoso.onmicrosoft.com/oauth2/v2.0/token", scene.server.url);
    assert_eq!(claims["aud"], audience);
    assert_eq!(claims["iss"], app().client);
    assert_eq!(claims["sub"], app().client);
    let life = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
    assert_eq!(life, 300);
    assert_eq!(claims["jti"].as_str().unwrap().len(), 36);

    let key = RsaKeyPair::from_pkcs8(&bytes(&vector()["privateKey"])).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public_key());
    let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
    public.verify(message.as_bytes(), &signature).unwrap();
}

#[tokio::test]
async fn no_two_assertions_have_one_id() {
    let scene = Scene::set(|_, _| nothing()).await;
    scene.graph.reauthorize(&certified(), &id()).await.unwrap();
    scene.clock.forward(std::time::Duration::from_secs(3600));
    scene.graph.reauthorize(&certified(), &id()).await.unwrap();
    let ids = scene.sign_ins().into_iter().map(|sent| {
        let assertion = sent.form("client_assertion").unwrap();
        part(assertion.split('.').nth(1).unwrap())["jti"].clone()
    });
    let ids: Vec<_> = ids.collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids[0], ids[1]);
}

#[tokio::test]
async fn a_key_that_is_none_is_refused_before_anything_is_sent() {
    let scene = Scene::set(|_, _| nothing()).await;
    let broken = App {
        secret: AppSecret::Certificate {
            certificate: vec![1],
            private_key: Zeroizing::new(vec![2]),
        },
        ..app()
    };
    let refused = scene.graph.reauthorize(&broken, &id()).await;
    assert!(
        matches!(&refused, Err(RemoteError::Refused { code, .. }) if code == "invalid_private_key"),
        "{refused:?}"
    );
    assert!(scene.server.requests().is_empty());
}
