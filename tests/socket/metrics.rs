use serde_json::json;
use tenon_tests::app::Client;
use tenon_tests::for_each_setup;

/// A value that `/metrics` tells.
async fn metric(client: &Client, name: &str) -> u64 {
    let text = client.get("/metrics").await.expect(200).text();
    let line = text.lines().find_map(|line| line.strip_prefix(&format!("{name} ")));
    line.unwrap_or_else(|| panic!("no {name} in\n{text}")).parse().unwrap()
}

for_each_setup!(sockets_and_events_are_counted_for_prometheus, |setup| {
    let app = setup.options().limits(1_000_000, 5).start().await;
    let anybody = app.anonymous();
    let told = anybody.get("/metrics").await.expect(200);
    assert_eq!(
        told.header("content-type"),
        "application/openmetrics-text; version=1.0.0; charset=utf-8"
    );
    assert!(told.text().ends_with("# EOF\n"));
    let ada = app.register("ada").await;
    let bob = ada.take_in(&app.register("bob").await, "member").await;
    ada.all_told().await;
    let (mut hers, mut his) = (ada.socket().await, bob.socket().await);
    hers.publish(&ada.room(), "said", &json!(1)).await;
    hers.next_of("event").await;
    his.next_of("event").await;
    assert_eq!(metric(&anybody, "tenon_sockets").await, 2);
    assert_eq!(metric(&anybody, "tenon_sockets_opened_total").await, 2);
    assert_eq!(metric(&anybody, "tenon_socket_events_in_total").await, 1);
    assert_eq!(metric(&anybody, "tenon_socket_events_out_total").await, 2);
    assert_eq!(metric(&anybody, "tenon_socket_frames_in_total").await, 1);
    assert_eq!(metric(&anybody, "tenon_socket_gaps_total").await, 0);
    // More often than an API route could be asked.
    for _ in 0..20 {
        anybody.get("/metrics").await.expect(200);
    }
});
