//! Two instances behind each proxy, with what is in `deploy/proxy`.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use reqwest::Method;
use serde_json::json;
use tenon_tests::app::{Client, Person, Setup, TestApp, Transport, address};
use tenon_tests::proxy::{Proxy, replaced};

use crate::files::{beside_python, text};

/// The Caddyfile without TLS, for these instances.
async fn caddy(instances: &[String; 2]) -> Proxy {
    Proxy::start(|folder, port| {
        let site = format!("http://127.0.0.1:{port} {{");
        let replacements = [
            ("app.example.org {", site.as_str()),
            ("10.0.0.11:4000", &instances[0]),
            ("10.0.0.12:4000", &instances[1]),
        ];
        let sites = replaced(&text("proxy/Caddyfile"), &replacements);
        let whole = format!("{{\n\tadmin off\n\tpersist_config off\n}}\n{sites}");
        let file = folder.path().join("Caddyfile");
        fs::write(&file, whole).unwrap();
        let mut command = beside_python("caddy");
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(file);
        command.env_clear().env("HOME", folder.path());
        command
    })
    .await
}

/// Two instances on one database and one Redis.
async fn instances() -> [TestApp; 2] {
    let options = Setup::PostgresWithRedis.options().set("TENON__SOCKETS__PER_USER", "20");
    let first = options.start().await;
    let second = first.another(&[]).await;
    [first, second]
}

fn addresses(instances: &[TestApp; 2]) -> [String; 2] {
    [0, 1].map(|number| instances[number].address().to_string())
}

async fn register(client: &Client) -> Person {
    let body = json!({ "email": address("ada"), "password": tenon_tests::app::PASSWORD, "displayName": "Ada" });
    Person::of(client, &client.register(&body).await.expect(201).json())
}

/// What has to work behind a proxy, whichever it is.
async fn everything_works(instances: &[TestApp; 2], proxy: &Proxy) {
    let anybody = instances[0].anonymous_at(proxy.address());
    let ada = register(&anybody).await;
    // The client says that it is somebody else, and is not believed.
    let session = ada.session(&ada.session).await.expect(200).json();
    assert_eq!(session["address"], "127.0.0.1", "{session}");
    let made = ada.made_asset("Main pump").await;
    for _ in 0..10 {
        assert_eq!(ada.asset(&made).await.expect(200).json()["title"], "Main pump");
    }
    anybody.get("/metrics").await.expect(404);
    let mut socket = ada.socket().await;
    let mut others = Vec::new();
    for transport in Transport::ALL.into_iter().cycle().take(9) {
        let (client, _) = ada.socketio_and_welcome(transport).await;
        others.push(client);
    }
    ada.all_told().await;
    let said = ada
        .post(
            &format!("/api/orgs/{}/events", ada.organization),
            &json!({"event": "said", "data": 7}),
        )
        .await;
    said.expect(200);
    loop {
        if socket.next_of("event").await["event"] == "said" {
            break;
        }
    }
    for client in &mut others {
        while client.event("/").await.0 != "said" {}
    }
}

/// Stops one instance while somebody asks, and nobody notices.
async fn nobody_notices_that_an_instance_stops(instances: &mut [TestApp; 2], proxy: &Proxy) {
    let anybody = instances[0].anonymous_at(proxy.address());
    let [first, second] = instances;
    let (stopped, done) = (first.stop(), AtomicBool::new(false));
    let asking = async {
        let mut asked = 0;
        while !done.load(Ordering::Relaxed) || asked < 200 {
            anybody.get("/api/openapi.json").await.expect(200);
            asked += 1;
        }
    };
    let stopping = async {
        let code = stopped.await;
        done.store(true, Ordering::Relaxed);
        code
    };
    let (code, ()) = tokio::join!(stopping, asking);
    assert_eq!(code, Some(0));
    second.anonymous().health().await.expect(200);
}

/// Tenon refuses a body beside an upgrade, so its answer tells whether it was asked for one.
async fn nobody_upgrades_elsewhere(anybody: &Client) {
    let call = anybody.call(Method::POST, "/api/auth/login");
    let asked = call.header("connection", "upgrade").header("upgrade", "websocket");
    let body = json!({ "email": address("eve"), "password": "not hers at all" });
    let answer = asked.json(&body).send().await;
    answer.problem(401, "invalid_credentials");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_nginx_everything_works_and_an_instance_can_be_stopped() {
    let mut instances = instances().await;
    let [first, second] = addresses(&instances);
    let proxy = Proxy::nginx([&first, &second]).await;
    everything_works(&instances, &proxy).await;
    nobody_upgrades_elsewhere(&instances[0].anonymous_at(proxy.address())).await;
    nobody_notices_that_an_instance_stops(&mut instances, &proxy).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_caddy_everything_works_and_an_instance_can_be_stopped() {
    let mut instances = instances().await;
    let proxy = caddy(&addresses(&instances)).await;
    everything_works(&instances, &proxy).await;
    nobody_notices_that_an_instance_stops(&mut instances, &proxy).await;
}
