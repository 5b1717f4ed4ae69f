use std::time::{Duration, Instant};

use serde_json::json;
use tenon_graph::{Remote, RemoteError};
use tenon_microsoft::{Addresses, GraphClient};

use crate::clock::TestClock;
use crate::scene::{Scene, app, id, nothing};
use crate::server::{Reply, Server};

async fn assert_unavailable(reply: fn() -> Reply) {
    let scene = Scene::set(move |_, _| reply()).await;
    let outcome = scene.reauthorize().await;
    assert!(matches!(outcome, Err(RemoteError::Unavailable(_))), "{outcome:?}");
    assert_eq!(scene.server.calls().len(), 1);
}

#[tokio::test]
async fn server_errors_and_redirects_are_unavailable_and_not_followed() {
    assert_unavailable(|| Reply::json(500, &json!({}))).await;
    assert_unavailable(|| Reply::json(502, &json!({}))).await;
    // Without Retry-After nothing says that it will pass.
    assert_unavailable(|| Reply::json(503, &json!({}))).await;
    assert_unavailable(|| Reply::Now(307, vec![("Location", "/elsewhere".to_owned())], Vec::new())).await;
}

#[tokio::test]
async fn an_answer_of_more_than_a_mebibyte_is_not_read() {
    assert_unavailable(|| Reply::Now(200, Vec::new(), vec![b'x'; 1024 * 1024 + 1])).await;
    let scene = Scene::set(|_, _| Reply::Now(200, Vec::new(), vec![b'x'; 1024 * 1024])).await;
    scene.reauthorize().await.unwrap();
}

#[tokio::test]
async fn a_silent_server_is_given_up_after_five_seconds() {
    let scene = Scene::set(|_, _| Reply::Never).await;
    let started = Instant::now();
    let outcome = scene.reauthorize().await;
    assert!(matches!(outcome, Err(RemoteError::Unavailable(_))), "{outcome:?}");
    let took = started.elapsed();
    assert!(
        took >= Duration::from_millis(4900) && took < Duration::from_secs(7),
        "{took:?}"
    );
}

#[tokio::test]
async fn a_silent_sign_in_is_given_up_after_five_seconds() {
    let scene = Scene::signing_in(|_, _| Reply::Never, |_, _| nothing()).await;
    let started = Instant::now();
    let outcome = scene.reauthorize().await;
    assert!(matches!(outcome, Err(RemoteError::Unavailable(_))), "{outcome:?}");
    assert!(started.elapsed() < Duration::from_secs(7));
    assert!(scene.server.calls().is_empty());
}

#[tokio::test]
async fn a_server_that_is_gone_is_unavailable_and_its_address_stays_out_of_the_error() {
    let server = Server::start(|_, _| Reply::Never).await;
    let addresses = server.addresses();
    drop(server);
    let graph = GraphClient::new(addresses, TestClock::new()).unwrap();
    let error = graph.reauthorize(&app(), &id()).await.unwrap_err();
    assert_eq!(error.to_string(), "Microsoft's sign-in is unavailable");
    assert!(!format!("{error:?}").contains("contoso"), "{error:?}");
}

#[tokio::test]
async fn what_is_said_to_a_server_without_tls_is_nothing() {
    let server = Server::start(|_, _| nothing()).await;
    let secure = server.url.replace("http://", "https://");
    let graph = GraphClient::new(Addresses::new(&secure, &secure, false).unwrap(), TestClock::new()).unwrap();
    let outcome = graph.reauthorize(&app(), &id()).await;
    assert!(matches!(outcome, Err(RemoteError::Unavailable(_))), "{outcome:?}");
    assert!(server.requests().is_empty());
}
