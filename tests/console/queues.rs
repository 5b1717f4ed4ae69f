//! What was given up is tried again.

use serde_json::json;
use tenon_tests::for_each_setup;
use tenon_tests::jobs::give_up;
use tenon_tests::stores::TestStore;

use super::desk::Desk;

for_each_setup!(the_operator_replays_one_dead_job_and_discards_another, |setup| {
    let app = setup.options().set("TENON__JOBS__GRAPH_WORKERS", "0").start().await;
    let store = TestStore::beside(&app);
    let dead = give_up(&store, 3).await;
    let operator = app.operator().await;

    let mut desk = Desk::open(&app).await;
    desk.sign_in_as_operator().await;
    desk.go("/queues", "Queues").await;
    desk.see("Jobs of graph").await;
    desk.see("Graph: 404").await;
    desk.see("1–3 of 3").await;
    desk.see("3 dead").await;

    desk.click(&format!("Retry the job {}", dead[0])).await;
    desk.see("The job waits for a worker again.").await;
    desk.see("2 dead").await;
    let waiting = operator
        .get("/api/queues/graph/jobs?state=waiting")
        .await
        .expect(200)
        .json();
    assert_eq!(waiting["items"][0]["id"], json!(dead[0].to_string()));

    desk.click(&format!("Discard the job {}", dead[1])).await;
    desk.see("What it was to do will not be done.").await;
    desk.click("Discard").await;
    desk.see("The job is discarded.").await;
    desk.see("1 dead").await;
    let left = operator.get("/api/queues/graph/jobs").await.expect(200).json();
    assert_eq!(left["items"][0]["id"], json!(dead[2].to_string()));
    assert_eq!(left["items"].as_array().unwrap().len(), 1);

    desk.click("Waiting").await;
    desk.wait("desk.says('1–1 of 1') && !desk.named('Retry the job')").await;
    // What is counted changes without a reload: the job is taken by somebody else.
    operator
        .call(reqwest::Method::DELETE, &format!("/api/queues/graph/jobs/{}", dead[2]))
        .send()
        .await
        .expect(204);
    desk.see("0 dead").await;
    desk.leave().await;
});
