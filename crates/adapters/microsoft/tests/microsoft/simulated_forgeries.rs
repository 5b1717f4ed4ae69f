use tenon_graph::{EnvelopeError, TokenError};
use tenon_simulator::{Config, Forgery, Order};

use crate::scene::app;
use crate::webhook::{Own, Webhook};

fn forged(forgery: Forgery) -> Order {
    Order {
        forgery: Some(forgery),
        ..Order::default()
    }
}

#[tokio::test]
async fn every_wrong_token_is_found_out() {
    let webhook = Webhook::set(Config::default()).await;
    let own = Own::new(&webhook.clock);
    webhook.subscribe(&app(), Some(own.public("own"))).await;
    let cases = [
        (Forgery::NoToken, "there is none"),
        (Forgery::TokenIssuer, "iss"),
        (Forgery::TokenAudience, "aud"),
        (Forgery::TokenPublisher, "azp"),
        (Forgery::TokenVersion, "ver"),
        (Forgery::TokenTenant, "tid"),
        (Forgery::TokenExpired, "exp"),
        (Forgery::TokenNotYet, "nbf"),
        (Forgery::TokenUnsigned, "header"),
        (Forgery::TokenHmac, "alg"),
        (Forgery::TokenUnknownKey, "kid"),
        (Forgery::TokenSignature, "signature"),
    ];
    // The list of keys, so that the unknown one is known to be unknown.
    let good = webhook.hear(Order::default()).await;
    webhook.verify(&good).await.unwrap();
    for (forgery, claim) in cases {
        let body = webhook.hear(forged(forgery)).await;
        let outcome = webhook.verify(&body).await;
        assert!(
            matches!(&outcome, Err(TokenError::Forged(found)) if *found == claim),
            "{forgery:?}: {outcome:?}"
        );
        // The envelope is right; only nobody vouches for it.
        own.open("own", &body).unwrap();
    }
}

#[tokio::test]
async fn every_broken_envelope_is_found_out() {
    let webhook = Webhook::set(Config::default()).await;
    let own = Own::new(&webhook.clock);
    webhook.subscribe(&app(), Some(own.public("own"))).await;
    let cases = [
        (Forgery::BrokenData, EnvelopeError::Signature),
        (Forgery::BrokenSignature, EnvelopeError::Signature),
        (Forgery::BrokenKey, EnvelopeError::DataKey),
        (Forgery::OtherCertificate, EnvelopeError::DataKey),
    ];
    for (forgery, error) in cases {
        let body = webhook.hear(forged(forgery)).await;
        webhook.verify(&body).await.unwrap();
        assert_eq!(own.open("own", &body), Err(error), "{forgery:?}");
    }
    let body = webhook.hear(forged(Forgery::UnknownCertificate)).await;
    assert_ne!(body["value"][0]["encryptedContent"]["encryptionCertificateId"], "own");
}

#[tokio::test]
async fn a_token_for_one_directory_does_not_name_another() {
    let webhook = Webhook::set(Config::default()).await;
    let own = Own::new(&webhook.clock);
    webhook.subscribe(&app(), Some(own.public("own"))).await;
    let body = webhook.hear(forged(Forgery::WrongTenant)).await;
    let verified = webhook.verify(&body).await.unwrap();
    assert_ne!(body["value"][0]["tenantId"], verified[0].tenant);
}
