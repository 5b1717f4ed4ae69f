//! Jobs as the operator sees them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tenon_jobs::Failed;
use tenon_sql::Store;
use tenon_tests::app::{Answer, Client, Setup, TestApp};
use tenon_tests::for_each_setup;
use tenon_tests::jobs::{claim, enqueue, give_up, now, only, worker};
use tenon_tests::stores::TestStore;
use tenon_tests::waiting::until_ok;

/// A server that does no jobs of Graph by itself, and the store beside it.
async fn idle(setup: Setup) -> (TestApp, Store) {
    let app = setup.options().set("TENON__JOBS__GRAPH_WORKERS", "0").start().await;
    let store = TestStore::beside(&app);
    (app, store)
}

async fn retry(operator: &Client, path: &str) -> Answer {
    operator.call(Method::POST, &format!("{path}/retry")).send().await
}

async fn discard(operator: &Client, path: &str) -> Answer {
    operator.call(Method::DELETE, path).send().await
}

async fn graph(operator: &Client) -> Value {
    let queues = operator.get("/api/queues").await.expect(200).json();
    let items = queues["items"].as_array().unwrap();
    let names: Vec<&Value> = items.iter().map(|queue| &queue["name"]).collect();
    assert_eq!(names, ["graph", "graph.subscriptions", "housekeeping"]);
    items[0].clone()
}

for_each_setup!(the_operator_counts_lists_retries_and_discards_jobs, |setup| {
    let (app, store) = idle(setup).await;
    let operator = app.operator().await;
    let none = json!({ "name": "graph", "waiting": 0, "running": 0, "dead": 0, "firstDueAt": null });
    assert_eq!(graph(&operator).await, none);
    let dead = give_up(&store, 3).await;
    let counts = graph(&operator).await;
    assert_eq!((&counts["dead"], &counts["waiting"]), (&json!(3), &json!(0)));

    let first = operator
        .get("/api/queues/graph/jobs?limit=2&count=true")
        .await
        .expect(200)
        .json();
    let items = first["items"].as_array().unwrap();
    assert_eq!((items.len(), &first["total"]), (2, &json!(3)));
    let job = &items[0];
    assert_eq!(job["id"], json!(dead[0].to_string()));
    assert_eq!((&job["queue"], &job["state"]), (&json!("graph"), &json!("dead")));
    assert_eq!((&job["payload"], &job["key"]), (&json!("0"), &Value::Null));
    assert_eq!((&job["attempts"], &job["error"]), (&json!(1), &json!("Graph: 404")));
    assert!(job["deadAt"].is_string() && job["dueAt"].is_string() && job["enqueuedAt"].is_string());
    let cursor = first["nextCursor"].as_str().unwrap();
    let path = format!("/api/queues/graph/jobs?limit=2&cursor={cursor}");
    let rest = operator.get(&path).await.expect(200).json();
    assert_eq!(rest["items"][0]["id"], json!(dead[2].to_string()));
    operator
        .get(&format!("{path}&state=waiting"))
        .await
        .problem(400, "invalid_cursor");

    let path = format!("/api/queues/graph/jobs/{}", dead[0]);
    retry(&operator, &path).await.expect(204);
    retry(&operator, &path).await.problem(409, "job_not_dead");
    let waiting = operator
        .get("/api/queues/graph/jobs?state=waiting")
        .await
        .expect(200)
        .json();
    assert_eq!(waiting["items"][0]["attempts"], json!(0));
    assert!(graph(&operator).await["firstDueAt"].is_string());

    for job in &dead[..2] {
        let path = format!("/api/queues/graph/jobs/{job}");
        discard(&operator, &path).await.expect(204);
        discard(&operator, &path).await.problem(404, "job_not_found");
    }
    assert_eq!(graph(&operator).await["dead"], json!(1));
});

for_each_setup!(a_job_that_runs_and_one_that_was_replaced_stay_as_they_are, |setup| {
    let (app, store) = idle(setup).await;
    let operator = app.operator().await;
    let (first, second) = (only("a"), only("a"));
    store.queue.enqueue(std::slice::from_ref(&first)).await.unwrap();
    let claimed = claim(&store, worker(), 1, now()).await;
    let path = format!("/api/queues/graph/jobs/{}", first.id);
    discard(&operator, &path).await.problem(409, "job_running");
    let given_up = store.queue.fail(&claimed[0].lease(), Failed::Dead, "", now()).await;
    assert!(given_up.unwrap());
    store.queue.enqueue(&[second]).await.unwrap();
    retry(&operator, &path).await.problem(409, "job_superseded");
});

for_each_setup!(a_job_is_found_in_its_own_queue_alone, |setup| {
    let (app, store) = idle(setup).await;
    let operator = app.operator().await;
    let job = give_up(&store, 1).await[0];
    for queue in ["housekeeping", "graph.subscriptions"] {
        let path = format!("/api/queues/{queue}/jobs/{job}");
        discard(&operator, &path).await.problem(404, "job_not_found");
        retry(&operator, &path).await.problem(404, "job_not_found");
    }
    for path in ["/api/queues/mail/jobs".to_owned(), "/api/queues/Graph/jobs".to_owned()] {
        operator.get(&path).await.problem(404, "queue_not_found");
    }
    discard(&operator, "/api/queues/graph/jobs/7")
        .await
        .problem(400, "invalid_id");
    operator
        .get("/api/queues/graph/jobs?state=done")
        .await
        .problem(400, "invalid_parameter");
    assert_eq!(graph(&operator).await["dead"], json!(1));
});

for_each_setup!(health_and_metrics_tell_how_many_jobs_there_are, |setup| {
    let (app, store) = idle(setup).await;
    give_up(&store, 2).await;
    enqueue(&store, 3).await;
    let anybody = app.anonymous();
    let expected = json!({ "waiting": 3, "running": 0, "dead": 2 });
    until_ok("health counts the jobs", Duration::from_secs(10), async || {
        let health = anybody.health().await.expect(200).json();
        if health["queues"]["graph"] == expected {
            Ok(())
        } else {
            Err(health.to_string())
        }
    })
    .await;
    let metrics = anybody.get("/metrics").await.expect(200).text();
    for line in [
        "tenon_jobs{queue=\"graph\",state=\"waiting\"} 3",
        "tenon_jobs{queue=\"graph\",state=\"dead\"} 2",
        "tenon_jobs{queue=\"graph.subscriptions\",state=\"dead\"} 0",
        "tenon_job_attempts_total{queue=\"graph\",outcome=\"finished\"} 0",
    ] {
        assert!(metrics.lines().any(|found| found == line), "{line} in\n{metrics}");
    }
    let overdue = metrics
        .lines()
        .find_map(|line| line.strip_prefix("tenon_jobs_overdue_seconds{queue=\"graph\"} "));
    assert!(overdue.unwrap().parse::<u64>().unwrap() > 0);
});
