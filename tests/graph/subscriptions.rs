use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::json;
use tenon_graph::Envelope;
use tenon_kernel::Clock;
use tenon_local::SystemClock;
use tenon_microsoft::AwsLcEnvelope;
use tenon_simulator::{Client, ClientSecret, Endpoint, Fault};
use tenon_tests::app::{Setup, id};
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{GraphScene, PATIENCE, TENANT};
use tenon_tests::waiting::until_ok;

for_each_setup!(a_subscription_is_created_at_graph_listed_and_deleted, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let made = scene.subscribe(true).await.expect(201);
    assert_eq!(
        made.header("location"),
        format!("/api/graph/subscriptions/{}", id(&made.json()))
    );
    let subscription = scene.active(&made.json()).await;
    let [at_graph] = scene
        .simulator
        .subscriptions()
        .try_into()
        .unwrap_or_else(|_| panic!("not one"));
    assert_eq!(subscription["remoteId"], at_graph.id);
    assert_eq!(subscription["changeTypes"], json!(["created", "updated", "deleted"]));
    assert!(
        subscription["expiresAt"].is_string() && subscription["problem"].is_null(),
        "{subscription}"
    );
    assert_eq!(at_graph.client_state.unwrap().len(), 32);
    assert!(at_graph.include_resource_data && at_graph.lifecycle_notification_url.is_some());
    let listed = scene.owner.all("/api/graph/subscriptions").await;
    assert_eq!(listed, std::slice::from_ref(&subscription));
    let path = format!("/api/graph/subscriptions/{}", id(&subscription));
    scene
        .owner
        .delete(&path, "\"v1\"")
        .await
        .problem(412, "version_mismatch");
    let etag = scene.owner.get(&path).await.expect(200).etag();
    scene.owner.delete(&path, &etag).await.expect(204);
    until_ok("the subscription is gone", PATIENCE, async || {
        let found = scene.owner.get(&path).await;
        if found.status == 404 { Ok(()) } else { Err(found.text()) }
    })
    .await;
    assert!(scene.simulator.subscriptions().is_empty());

    let organization = &scene.owner.organization;
    let told = format!("/api/orgs/{organization}/audit?action=credential.opened");
    let told = scene.owner.all(&told).await;
    let by_server = json!({ "kind": "system", "id": null, "email": null });
    let credential = json!({ "kind": "credential", "id": subscription["credentialId"] });
    assert!(!told.is_empty(), "the server has opened the credential");
    for entry in told {
        assert_eq!((&entry["actor"], &entry["subject"]), (&by_server, &credential));
    }
});

for_each_setup!(the_same_request_for_a_subscription_makes_one, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let wish = scene.wish(false);
    let ask = || scene.owner.post_once("/api/graph/subscriptions", "key-1", &wish);
    let first = ask().await.expect(201).json();
    assert_eq!(ask().await.expect(201).json(), first);
    scene.active(&first).await;
    assert_eq!(scene.simulator.subscriptions().len(), 1);
});

for_each_setup!(a_wish_that_makes_no_sense_is_refused_field_by_field, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let body = json!({ "credentialId": "x", "resource": "/users", "changeTypes": ["moved"] });
    let problem = scene
        .owner
        .post("/api/graph/subscriptions", &body)
        .await
        .problem(400, "validation_failed");
    let fields: Vec<_> = problem.fields.iter().map(|(field, _)| field.clone()).collect();
    assert_eq!(fields, ["credentialId", "resource", "changeTypes"]);
    let mut unknown = scene.wish(false);
    unknown["credentialId"] = json!(scene.owner.id);
    scene
        .owner
        .post("/api/graph/subscriptions", &unknown)
        .await
        .problem(400, "validation_failed");
    unknown["more"] = json!(1);
    scene
        .owner
        .post("/api/graph/subscriptions", &unknown)
        .await
        .problem(400, "unknown_field");
});

for_each_setup!(nobody_subscribes_where_graph_cannot_call, |setup| {
    let app = setup.options().set("GRAPH_WEBHOOK_URL", "").start().await;
    let owner = app.register("owner").await;
    let credential = tenon_tests::graph_scene::made_app(&owner).await;
    let body = json!({ "credentialId": credential, "resource": "users", "changeTypes": ["created"] });
    owner
        .post("/api/graph/subscriptions", &body)
        .await
        .problem(409, "graph_not_configured");
});

for_each_setup!(a_graph_that_is_busy_is_asked_again_when_it_says, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.simulator.break_down(
        Endpoint::Graph,
        Fault {
            status: Some(429),
            retry_after: Some("1".to_owned()),
            times: Some(2),
            ..Fault::default()
        },
    );
    scene.subscribed(false).await;
});

for_each_setup!(what_graph_refuses_is_told_and_tried_again, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    scene.simulator.break_down(
        Endpoint::Graph,
        Fault {
            status: Some(403),
            ..Fault::default()
        },
    );
    let made = scene.subscribe(false).await.expect(201).json();
    let troubled = scene.until(&made, |now| now["problem"].is_string()).await;
    assert_eq!(troubled["state"], "creating");
    scene.simulator.repair(Endpoint::Graph);
    let renew = format!("/api/graph/subscriptions/{}/renew", id(&made));
    scene.owner.post(&renew, &json!({})).await.expect(202);
    let active = scene.active(&made).await;
    assert!(active["problem"].is_null(), "{active}");
});

for_each_setup!(a_subscription_that_ended_unheard_is_found_out_by_its_renewal, |setup| {
    let scene = GraphScene::set(setup.options()).await;
    let subscription = scene.subscribed(false).await;
    assert!(scene.simulator.expire(subscription["remoteId"].as_str().unwrap()));
    let renew = format!("/api/graph/subscriptions/{}/renew", id(&subscription));
    scene.owner.post(&renew, &json!({})).await.expect(202);
    let recovered = scene
        .until(&subscription, |now| {
            now["state"] == "active" && now["remoteId"] != subscription["remoteId"]
        })
        .await;
    assert!(recovered["deltaSince"].is_string(), "{recovered}");
});

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_was_revoked_is_asked_for_anew() {
    let scene = GraphScene::set(Setup::SqliteAlone.options()).await;
    scene.subscribed(false).await;
    scene.simulator.revoke_tokens();
    scene.subscribed(true).await;
}

fn pem(label: &str, der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_app_signs_in_with_its_certificate() {
    let made = AwsLcEnvelope.certificate(SystemClock::default().now()).unwrap();
    let client = "7c3e8f0a-1d2b-4c5d-8e9f-0a1b2c3d4e5f";
    let known = Client {
        id: client.to_owned(),
        secret: ClientSecret::Certificate(made.der.clone()),
    };
    let scene = GraphScene::set_with(Setup::SqliteAlone.options(), vec![known]).await;
    let values = json!({
        "tenantId": TENANT,
        "clientId": client,
        "certificate": pem("CERTIFICATE", &made.der),
        "privateKey": pem("PRIVATE KEY", &made.private_key),
    });
    let body = json!({ "name": "Certificate", "kind": "microsoft-graph", "values": values });
    let credential = scene.owner.post("/api/credentials", &body).await.expect(201).json();
    let mut wish = scene.wish(true);
    wish["credentialId"] = credential["id"].clone();
    let subscribed = scene
        .owner
        .post("/api/graph/subscriptions", &wish)
        .await
        .expect(201)
        .json();
    scene.active(&subscribed).await;
    let refused = scene.subscribe(false).await.expect(201).json();
    let troubled = scene.until(&refused, |now| now["problem"].is_string()).await;
    assert_eq!(
        troubled["state"], "creating",
        "an app that is not known does not get in"
    );
}

for_each_setup!(
    a_subscription_that_is_ended_while_graph_creates_it_stays_nowhere,
    |setup| {
        let scene = GraphScene::set(setup.options()).await;
        let slow = Fault {
            delay_ms: 1_500,
            times: Some(1),
            ..Fault::default()
        };
        scene.simulator.break_down(Endpoint::Graph, slow);
        let made = scene.subscribe(false).await.expect(201).json();
        let path = format!("/api/graph/subscriptions/{}", id(&made));
        scene.queue("graph.subscriptions", |queue| queue["running"] == 1).await;
        scene.owner.delete(&path, "*").await.expect(204);
        until_ok("the subscription is gone", PATIENCE, async || {
            let found = scene.owner.get(&path).await;
            if found.status == 404 { Ok(()) } else { Err(found.text()) }
        })
        .await;
        let handshakes = async || scene.simulator.log(0).len();
        until_ok("Graph asks for the handshakes", PATIENCE, async || {
            if handshakes().await >= 2 {
                Ok(())
            } else {
                Err("not created".to_owned())
            }
        })
        .await;
        until_ok("nothing is left at Graph", PATIENCE, async || {
            let left = scene.simulator.subscriptions().len();
            if left == 0 {
                Ok(())
            } else {
                Err(format!("{left} are left at Graph"))
            }
        })
        .await;
    }
);
