//! The feed of an organization, and the operator's view of the cluster.

use serde_json::{Value, json};
use tenon_tests::app::{OPERATOR_PASSWORD, Setup, TestApp};
use tenon_tests::fault_proxy::FaultProxy;

use super::client::{Client, Library, Transports};
use super::scene::Scene;

/// That the client hears what happened last, as the feed shows it.
async fn hears_the_latest(client: &mut Client, scene: &Scene) {
    let latest = scene.ada.activity(&scene.ada.organization, "?limit=1").await;
    let heard = client.event("/events", "activity").await;
    assert_eq!(heard[0], latest.expect(200).json()["items"][0]);
    assert!(heard[1].is_string(), "{heard}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_happens_in_the_organization_comes_to_its_feed_also_after_a_cut() {
    for library in Library::ALL {
        let scene = Scene::set(Setup::PostgresWithRedis.options()).await;
        let mut client = scene.client(library, "/events", Transports::Upgrade).await;
        scene.welcomed(&mut client, "/events").await;
        client.is_on(Transports::Upgrade).await;
        scene.ada.made_asset("Pump").await;
        hears_the_latest(&mut client, &scene).await;

        scene.part().await;
        client.disconnected("/events").await;
        scene.ada.made_asset("Valve").await;
        scene.ada.all_told().await;
        scene.proxy.lead_to(scene.app.address());
        // The others are told what happened from then on, and read the rest by REST.
        if library == Library::Node {
            assert_eq!(client.connected("/events").await, "recovered");
            hears_the_latest(&mut client, &scene).await;
        } else {
            scene.welcomed(&mut client, "/events").await;
        }
        scene.ada.made_asset("Gauge").await;
        hears_the_latest(&mut client, &scene).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_goes_on_at_another_instance_when_its_own_is_stopped() {
    for transports in Transports::ALL {
        let mut scene = Scene::set(Setup::PostgresWithRedis.options()).await;
        let other = scene.app.another(&[]).await;
        let mut client = scene.client(Library::Node, "/", transports).await;
        scene.welcomed(&mut client, "/").await;
        scene.subscribe(&mut client, None).await;
        let said = scene.say(&json!("before")).await;
        scene.hears(&mut client, &json!("before"), &said).await;

        let mut speaker = scene.ada.on(&other).socket().await;
        assert_eq!(scene.app.stop().await, Some(0), "{}", scene.app.log());
        let said = speaker.publish(&scene.room, "said", &json!("meanwhile")).await;
        for event in ["tenon:drain", "tenon:closing"] {
            client.event("/", event).await;
        }
        client.disconnected("/").await;
        scene.proxy.lead_to(other.address());
        assert_eq!(client.connected("/").await, "recovered", "{client:?}");
        scene.hears(&mut client, &json!("meanwhile"), &said).await;
    }
}

async fn operator(app: &TestApp) -> Value {
    let answer = app.anonymous().login_operator(OPERATOR_PASSWORD).await;
    json!({ "token": answer.expect(200).json()["token"] })
}

/// The ids of the instances that an event of the cluster tells of.
fn ids(event: &Value) -> Vec<&Value> {
    let instances = event["args"][0]["instances"].as_array().unwrap();
    instances.iter().map(|instance| &instance["id"]).collect()
}

/// Waits until the cluster has so many instances.
async fn until(client: &mut Client, instances: usize) {
    loop {
        let came = client.next().await;
        assert_eq!(
            (&came["namespace"], &came["event"]),
            (&json!("/cluster"), &json!("cluster:update"))
        );
        if ids(&came).len() == instances {
            return;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_operator_sees_instances_come_and_go() {
    let app = Setup::PostgresWithRedis.options().own_redis().start().await;
    let proxy = FaultProxy::to(app.address()).await;
    let mut clients = Library::ALL.map(Library::start);
    for client in &mut clients {
        client.open_as(&proxy.origin(), "/cluster", operator(&app).await).await;
        assert_eq!(client.connected("/cluster").await, "anew");
        let snapshot = client.next().await;
        assert_eq!(snapshot["event"], "cluster:snapshot", "{snapshot}");
        assert_eq!(ids(&snapshot).len(), 1);
        assert_eq!(snapshot["args"][0]["nodes"], json!([]));
    }
    let mut other = app.another(&[]).await;
    for client in &mut clients {
        until(client, 2).await;
    }
    assert_eq!(other.stop().await, Some(0));
    for client in &mut clients {
        until(client, 1).await;
    }
}
