use serde_json::{Value, json};

use crate::tenon::{Folder, Serving, Talking};

/// The base address that a simulator says it has.
async fn url(simulator: &mut Talking) -> String {
    simulator
        .wait_for(|line| line.strip_prefix("Microsoft Graph is simulated at ").map(str::to_owned))
        .await
}

/// Keeps the credential that the simulator says, and subscribes with it.
async fn subscribe(tenon: &Serving, credential: &str) {
    let token = tenon.register().await;
    let credential: Value = serde_json::from_str(credential).unwrap();
    let (status, credential) = tenon.post("/api/credentials", &token, credential).await;
    assert_eq!(status, 201, "{credential}");
    let wanted = json!({
        "credentialId": credential["id"],
        "resource": "users/ada/messages",
        "changeTypes": ["created", "updated", "deleted"],
        "includeResourceData": true,
    });
    let (status, subscription) = tenon.post("/api/graph/subscriptions", &token, wanted).await;
    assert_eq!(status, 201, "{subscription}");
}

#[tokio::test]
async fn a_newcomer_who_does_what_the_simulator_says_hears_of_changes() {
    let folder = Folder::new();
    let port = xtask::servers::free_port().unwrap();
    let server = format!("http://127.0.0.1:{port}");
    let mut simulator = folder.talk(&[
        "graph", "simulate", "--port", "0", "--every", "50ms", "--server", &server,
    ]);
    let url = url(&mut simulator).await;
    let login = format!("export TENON__GRAPH__LOGIN_URL={url} TENON__GRAPH__API_URL={url}");
    simulator.wait_for(|line| line.contains(&login).then_some(())).await;
    let webhook = simulator
        .wait_for(|line| {
            line.split_once("export GRAPH_WEBHOOK_URL=")
                .map(|(_, url)| url.to_owned())
        })
        .await;
    let body = simulator
        .wait_for(|line| Some(line.split_once("-d '")?.1.rsplit_once('\'')?.0.to_owned()))
        .await;

    let tenon = folder
        .serve(&[
            ("PORT", &port.to_string()),
            ("TENON__GRAPH__LOGIN_URL", &url),
            ("TENON__GRAPH__API_URL", &url),
            ("GRAPH_WEBHOOK_URL", &webhook),
        ])
        .await;
    subscribe(&tenon, &body).await;

    // A round has a forgery and an event in it; each is taken, as are the copies.
    for post in [
        "handshake",
        "created",
        "the same once more",
        "20 changes",
        "forged",
        "lifecycle",
    ] {
        let line = simulator
            .wait_for(|line| line.contains(post).then(|| line.to_owned()))
            .await;
        let expected = if post == "handshake" { " 200 in " } else { " 202 in " };
        assert!(line.contains(expected), "{line}");
    }
    assert_eq!(simulator.stop().await, Some(0));
    tenon.stop().await;
}

#[tokio::test]
async fn a_quiet_simulator_posts_nothing_of_itself_and_a_port_that_is_taken_is_said_to_be() {
    let folder = Folder::new();
    let mut simulator = folder.talk(&["graph", "simulate", "--port", "0", "--quiet"]);
    let url = url(&mut simulator).await;
    simulator
        .wait_for(|line| (line == "Nothing is posted of itself.").then_some(()))
        .await;
    let order = reqwest::Client::new().post(format!("{url}/simulate/notifications"));
    assert_eq!(order.send().await.unwrap().status(), 404);

    let port = url.rsplit_once(':').unwrap().1.to_owned();
    let second = folder.run(&["graph", "simulate", "--port", &port], &[]).await;
    assert_eq!(second.code, Some(1));
    assert!(
        second.errors.contains(&format!("cannot listen on 127.0.0.1:{port}")),
        "{}",
        second.errors
    );
    assert_eq!(simulator.stop().await, Some(0));
}
