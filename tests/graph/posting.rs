use reqwest::Method;
use serde_json::json;
use tenon_tests::for_each_setup;
use tenon_tests::graph_scene::{GraphScene, PATIENCE};
use tenon_tests::waiting::until_ok;

for_each_setup!(a_post_without_a_token_is_kept_whatever_it_claims_to_be, |setup| {
    let app = setup.start().await;
    let anyone = app.anonymous();
    let post =
        |body: &'static str, kind: &'static str| anyone.call(Method::POST, "/webhooks/graph").body(kind, body).send();
    for (body, kind) in [
        (r#"{"value":[]}"#, "application/json"),
        (r#"{"value":[]}"#, "application/json; charset=utf-16"),
        (
            r#"{"Value":[{"new":{"deep":[1]}}, 3, null, "x"],"future":true}"#,
            "text/plain",
        ),
    ] {
        let answer = post(body, kind).await.expect(202);
        assert_eq!(answer.json(), json!({ "status": "accepted" }));
    }
    for body in ["", "{", "[]", "{}", r#"{"value":{}}"#, "\u{feff}{\"value\":[]}"] {
        post(body, "application/json").await.problem(400, "malformed_json");
    }
    let compressed = anyone
        .call(Method::POST, "/webhooks/graph")
        .header("content-encoding", "gzip");
    compressed
        .body("application/json", r#"{"value":[]}"#)
        .send()
        .await
        .problem(415, "unsupported_encoding");
    anyone.get("/webhooks/graph").await.problem(405, "method_not_allowed");
    let operator = app.operator().await;
    // Of what names no subscription one stands for all of its post.
    let strays = until_ok("the stray is in quarantine", PATIENCE, async || {
        let strays = operator.all("/api/graph/notifications?state=quarantined").await;
        if strays.is_empty() {
            Err("nothing is in quarantine".to_owned())
        } else {
            Ok(strays)
        }
    })
    .await;
    assert_eq!(
        (strays.len(), &strays[0]["reason"]),
        (1, &json!("unknown_subscription"))
    );
});

for_each_setup!(a_body_that_is_larger_than_configured_is_refused, |setup| {
    let app = setup.options().set("TENON__GRAPH__BODY_BYTES", "65536").start().await;
    let body = |size: usize| json!({ "value": [], "more": "x".repeat(size) }).to_string();
    let post = |size| {
        app.anonymous()
            .call(Method::POST, "/webhooks/graph")
            .body("application/json", body(size))
            .send()
    };
    post(60_000).await.expect(202);
    post(70_000).await.problem(413, "body_too_large");
});

for_each_setup!(the_webhook_has_no_rate_limit_and_tells_how_it_does, |setup| {
    let app = setup.options().limits(5, 5).start().await;
    let anyone = app.anonymous();
    for _ in 0..50 {
        let answer = anyone
            .call(Method::POST, "/webhooks/graph")
            .body("application/json", r#"{"value":[]}"#)
            .send()
            .await;
        assert!(answer.expect(202).headers.get("ratelimit-limit").is_none());
    }
    let health = anyone.get("/api/health").await.expect(200).json();
    assert_eq!(
        health["webhooks"]["graph"],
        json!({ "status": "ok", "answers": 50, "over3Seconds": 0, "over10Seconds": 0 })
    );
    let metrics = anyone.get("/metrics").await.expect(200).text();
    assert!(metrics.contains("tenon_graph_webhook_seconds_count 50"), "{metrics}");
});

for_each_setup!(keys_that_are_slow_to_come_delay_no_answer_and_lose_nothing, |setup| {
    use tenon_simulator::{Endpoint, Fault, Order};
    let scene = GraphScene::set(setup.options()).await;
    scene.subscribed(true).await;
    let fault = Fault {
        delay_ms: 2_000,
        status: Some(503),
        times: Some(1),
        ..Fault::default()
    };
    scene.simulator.break_down(Endpoint::Keys, fault);
    for sent in scene
        .posted(Order {
            count: 5,
            ..Order::default()
        })
        .await
    {
        assert!(sent.ms < 1_500.0, "{} ms", sent.ms);
    }
    scene.notifications("processed", 5).await;
    scene.notifications("quarantined", 0).await;
});
