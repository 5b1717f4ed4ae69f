//! The instances and the nodes as the operator sees them.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Client, Setup, is_id, is_stamp};
use tenon_tests::for_each_setup;
use tenon_tests::waiting::until_ok;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::time::Instant;

async fn cluster(operator: &Client) -> Value {
    operator.get("/api/cluster").await.expect(200).json()
}

/// Asks until what is seen is right, and returns it.
async fn until(operator: &Client, limit: Duration, right: impl Fn(&Value) -> bool) -> Value {
    until_ok("the cluster is so", limit, async || {
        let seen = cluster(operator).await;
        if right(&seen) {
            Ok(seen)
        } else {
            Err(format!("{seen:#}"))
        }
    })
    .await
}

/// The interval of probes is a second, and so is how long one may take: a change shows within both, and a second more.
const PROBES: [&str; 2] = ["TENON__CLUSTER__PROBE_SECONDS", "TENON__CLUSTER__PROBE_TIMEOUT_SECONDS"];
const SHOWN: Duration = Duration::from_secs(3);

for_each_setup!(an_instance_shows_itself_with_what_it_has_open, |setup| {
    let app = setup.options().own_redis().start().await;
    let operator = app.operator().await;
    let seen = cluster(&operator).await;
    assert_eq!(seen["nodes"], json!([]));
    assert!(is_stamp(seen["at"].as_str().unwrap()));
    let own = &seen["instances"][0];
    assert!(is_id(own["id"].as_str().unwrap()) && is_stamp(own["startedAt"].as_str().unwrap()));
    let health = operator.health().await.json();
    assert_eq!(own["version"], health["version"]);
    assert!(own["uptimeSeconds"].as_f64().unwrap() < health["uptime"].as_f64().unwrap());
    assert_eq!(
        (&own["sockets"], &own["rooms"], &own["self"]),
        (&json!(0), &json!(0), &json!(true))
    );
    // Chores may be waiting.
    assert!(own["jobs"].is_u64());
    assert_eq!(own["database"]["status"], "up");
    assert!(own["database"]["latencyMs"].as_f64().unwrap() > 0.0);
    match setup {
        Setup::SqliteAlone => assert_eq!(own["redis"], Value::Null),
        Setup::PostgresWithRedis => assert_eq!(own["redis"]["status"], "up"),
    }

    let ada = app.register("ada").await;
    let _socket = ada.socket().await;
    until(&operator, Duration::from_secs(5), |seen| {
        seen["instances"][0]["sockets"] == 1 && seen["instances"][0]["rooms"] == 2
    })
    .await;
});

for_each_setup!(
    instances_see_one_another_by_their_start_until_one_is_told_to_stop,
    |setup| {
        let first = setup.options().own_redis().start().await;
        let mut second = first.another(&[]).await;
        let (operator, others) = (first.operator().await, second.operator().await);
        let both = |seen: &Value| seen["instances"].as_array().unwrap().len() == 2;
        let limit = Duration::from_secs(5);
        let (here, there) = tokio::join!(until(&operator, limit, both), until(&others, limit, both));
        for number in [0, 1] {
            let (here, there) = (&here["instances"][number], &there["instances"][number]);
            assert_eq!(here["id"], there["id"]);
            assert_eq!(
                (&here["self"], &there["self"]),
                (&json!(number == 0), &json!(number == 1))
            );
        }
        let told = Instant::now();
        let (code, seen) = tokio::join!(
            second.stop(),
            until(&operator, Duration::from_secs(3), |seen| !both(seen))
        );
        assert_eq!(code, Some(0));
        assert_eq!(
            seen["instances"][0]["id"],
            here["instances"][0]["id"],
            "{:?}",
            told.elapsed()
        );
    }
);

for_each_setup!(
    a_node_that_stops_and_comes_back_is_shown_within_its_interval_and_the_time_of_a_probe,
    |setup| {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let app = setup
            .options()
            .set(PROBES[0], "1")
            .set(PROBES[1], "1")
            .set("TENON__CLUSTER__NODES", &format!("gate={address}"))
            .start()
            .await;
        let operator = app.operator().await;
        let is = |reachable: bool| move |seen: &Value| seen["nodes"][0]["reachable"] == reachable;
        let up = until(&operator, SHOWN, is(true)).await["nodes"][0].clone();
        assert_eq!(
            (&up["name"], &up["address"]),
            (&json!("gate"), &json!(format!("tcp://{address}")))
        );
        assert!(up["latencyMs"].as_f64().unwrap() > 0.0);
        assert_eq!(up["error"], Value::Null);

        drop(listener);
        let down = until(&operator, SHOWN, is(false)).await["nodes"][0].clone();
        assert_eq!(
            (&down["latencyMs"], &down["error"]),
            (&Value::Null, &json!("connection refused"))
        );
        assert!(down["changedAt"].as_str() > up["changedAt"].as_str());
        assert_eq!(down["changedAt"], down["checkedAt"]);

        let _listener = TcpListener::bind(address).await.unwrap();
        let again = until(&operator, SHOWN, is(true)).await["nodes"][0].clone();
        assert!(again["changedAt"].as_str() > down["changedAt"].as_str());
        let later = |seen: &Value| seen["nodes"][0]["checkedAt"].as_str() > again["checkedAt"].as_str();
        let later = until(&operator, SHOWN, later).await["nodes"][0].clone();
        assert_eq!(later["changedAt"], again["changedAt"], "nothing changed");
    }
);

for_each_setup!(
    nodes_are_shown_as_configured_whether_they_answer_well_fail_or_are_silent,
    |setup| {
        let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let nodes = [
            format!("well = http://{}/health", answering("HTTP/1.1 404 Not Found").await),
            format!(
                "failing = http://{}/",
                answering("HTTP/1.1 500 Internal Server Error").await
            ),
            format!("silent = http://{}/", silent.local_addr().unwrap()),
        ];
        let app = setup
            .options()
            .set(PROBES[0], "1")
            .set(PROBES[1], "1")
            .set("TENON__CLUSTER__NODES", &nodes.join(","))
            .start()
            .await;
        let operator = app.operator().await;
        let known = |seen: &Value| {
            seen["nodes"]
                .as_array()
                .unwrap()
                .iter()
                .all(|node| !node["reachable"].is_null())
        };
        let seen = until(&operator, SHOWN, known).await;
        let of = |member: &str| [0, 1, 2].map(|number| seen["nodes"][number][member].clone());
        assert_eq!(of("name"), ["well", "failing", "silent"]);
        assert_eq!(of("reachable"), [true, false, false]);
        assert_eq!(of("error"), [Value::Null, json!("answered 500"), json!("timed out")]);
    }
);

/// Something that gives every request this answer, for as long as the test lasts.
async fn answering(status: &'static str) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") && stream.read_buf(&mut head).await.unwrap_or(0) > 0 {}
            let answer = format!("{status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            // A client that went needs no answer.
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    address
}
