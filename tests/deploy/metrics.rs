//! What is told at `/metrics`, and what the documentation, the dashboard and the alerts make of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::{Client, Setup};
use tenon_tests::waiting::until_ok;
use xtask::programs;

use crate::files::{path, project, succeed, text, yaml};

/// What is known of a metric: its kind, and its labels.
type Metrics = BTreeMap<String, (String, BTreeSet<String>)>;

/// What a server tells of which everything has happened that is counted, with and without Redis.
async fn told() -> Metrics {
    let mut metrics = Metrics::new();
    for setup in [Setup::SqliteAlone, Setup::PostgresWithRedis] {
        let options = setup.options().set("TENON__CLUSTER__PROBE_SECONDS", "1");
        let options = options.set("TENON__CLUSTER__PROBE_TIMEOUT_SECONDS", "1");
        let app = options.start().await;
        // The first instance is what the second looks after.
        let node = format!("peer={}", app.address());
        let looking = app.another(&[("TENON__CLUSTER__NODES", node.as_str())]).await;
        let ada = app.register("ada").await.on(&looking);
        let mut socket = ada.socket().await;
        ada.end_all_sessions().await.expect(204);
        socket.closed().await;
        let text = complete(&looking.anonymous()).await;
        for (name, known) in parsed(&text) {
            let entry = metrics.entry(name).or_insert_with(|| (known.0, BTreeSet::new()));
            entry.1.extend(known.1);
        }
    }
    metrics
}

/// What is told once the node was tried and the socket's end was counted.
async fn complete(anybody: &Client) -> String {
    until_ok("everything is told", Duration::from_secs(20), async || {
        let text = anybody.get("/metrics").await.expect(200).text();
        let is_told = |sample| text.contains(sample);
        if is_told("tenon_node_up{node=\"peer\"} 1") && is_told("tenon_socket_closes_total{") {
            Ok(text)
        } else {
            Err(text)
        }
    })
    .await
}

/// Reads the exposition: what `# TYPE` announces, and the labels of the samples that follow it.
fn parsed(text: &str) -> Metrics {
    let mut metrics = Metrics::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(announced) = line.strip_prefix("# TYPE ") {
            let (name, kind) = announced.split_once(' ').unwrap();
            current = name.to_owned();
            let known = metrics.insert(current.clone(), (kind.to_owned(), BTreeSet::new()));
            assert!(known.is_none(), "{name} is announced twice");
        } else if !line.starts_with('#') {
            let (_, labels) = metrics.get_mut(&current).unwrap();
            let inside = line.split_once('{').and_then(|(_, rest)| rest.rsplit_once('}'));
            // The values here have no commas in them.
            let pairs = inside
                .map(|(inside, _)| inside)
                .into_iter()
                .flat_map(|inside| inside.split(','));
            let names = pairs
                .filter_map(|pair| pair.split_once('='))
                .map(|(name, _)| name.to_owned());
            labels.extend(names.filter(|name| name != "le"));
        }
    }
    metrics
}

/// The rows of the tables of `docs/operations.md` that begin with a metric: name, kind, labels.
fn documented() -> Metrics {
    let text = fs::read_to_string(project().join("docs/operations.md")).unwrap();
    let rows = text
        .lines()
        .filter(|line| line.starts_with("| `tenon") || line.starts_with("| `process_"));
    rows.map(|row| {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        let labels = cells[2]
            .split(',')
            .map(|label| label.trim().trim_matches('`').to_owned());
        let labels = labels.filter(|label| !label.is_empty()).collect();
        (cells[0].trim_matches('`').to_owned(), (cells[1].to_owned(), labels))
    })
    .collect()
}

/// The names that samples have of what is told.
fn samples(metrics: &Metrics) -> BTreeSet<String> {
    let endings = |kind: &str| match kind {
        "counter" => vec!["_total"],
        "histogram" => vec!["_bucket", "_sum", "_count"],
        "info" => vec!["_info"],
        "gauge" => vec![""],
        other => panic!("{other} is no kind that is known"),
    };
    let names = metrics.iter().flat_map(|(name, (kind, _))| {
        let endings = endings(kind).into_iter();
        endings.map(move |ending| format!("{name}{ending}")).collect::<Vec<_>>()
    });
    names.collect()
}

/// The expressions of the dashboard, with the variables of Grafana filled in.
fn of_the_dashboard() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&text("grafana/tenon.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.filter_map(|panel| panel["targets"].as_array()).flatten();
    let mut expressions: Vec<&str> = targets.map(|target| target["expr"].as_str().unwrap()).collect();
    expressions.push(dashboard["annotations"]["list"][0]["expr"].as_str().unwrap());
    assert!(expressions.len() > 30);
    let filled_in = |text: &str| text.replace("$instance", ".*").replace("$__rate_interval", "5m");
    expressions.into_iter().map(filled_in).collect()
}

fn alerts() -> Vec<Value> {
    let rules = yaml("prometheus/alerts.yaml");
    rules["groups"][0]["rules"].as_array().unwrap().clone()
}

/// The metrics that an expression names.
fn named(expression: &str) -> Vec<&str> {
    let words = expression.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    words
        .filter(|word| word.starts_with("tenon_") || word.starts_with("process_"))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_metric_is_documented_with_its_kind_and_its_labels_and_used_where_it_is_there() {
    let told = told().await;
    assert_eq!(documented(), told);
    let samples = samples(&told);
    let mut expressions = of_the_dashboard();
    expressions.extend(alerts().iter().map(|rule| rule["expr"].as_str().unwrap().to_owned()));
    for expression in &expressions {
        for name in named(expression) {
            assert!(
                samples.contains(name),
                "{name} is not told, but asked for by {expression}"
            );
        }
    }
    // What is told and shown nowhere is not worth telling.
    let shown: BTreeSet<&str> = expressions.iter().flat_map(|expression| named(expression)).collect();
    for (name, _) in told {
        assert!(
            shown.iter().any(|shown| shown.starts_with(&name)),
            "{name} is in no panel"
        );
    }
}

#[test]
fn promtool_understands_every_expression_and_every_alert_fires_when_it_should() {
    let promtool = programs::on_path("promtool").expect("promtool is not installed: run `cargo xtask provision`");
    let folder = path("prometheus");
    let run = |arguments: &[&str]| succeed(Command::new(&promtool).args(arguments).current_dir(&folder));
    run(&["check", "rules", "alerts.yaml"]);
    run(&["test", "rules", "alerts.test.yaml"]);
    let scratch = tempfile::tempdir().unwrap();
    let rule = |(number, expression)| json!({ "record": format!("panel:{number}"), "expr": expression });
    let rules: Vec<Value> = (0..).zip(of_the_dashboard()).map(rule).collect();
    let file = scratch.path().join("dashboard.yaml");
    // JSON is YAML.
    fs::write(
        &file,
        json!({ "groups": [{ "name": "dashboard", "rules": rules }] }).to_string(),
    )
    .unwrap();
    run(&["check", "rules", file.to_str().unwrap()]);
}

#[test]
fn every_alert_is_seen_to_fire_and_leads_to_what_to_do() {
    let tests = text("prometheus/alerts.test.yaml");
    let operations = fs::read_to_string(project().join("docs/operations.md")).unwrap();
    let headings = operations.lines().filter_map(|line| line.strip_prefix('#'));
    let anchor = |heading: &str| heading.trim_start_matches(['#', ' ']).to_lowercase().replace(' ', "-");
    let anchors: BTreeSet<String> = headings.map(anchor).collect();
    let tried: Vec<Value> = serde_saphyr::from_str::<Value>(&tests).unwrap()["tests"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|test| test["alert_rule_test"].as_array().cloned())
        .flatten()
        .collect();
    for rule in alerts() {
        let name = rule["alert"].as_str().unwrap();
        let fires = |test: &&Value| test["alertname"] == name && !test["exp_alerts"].as_array().unwrap().is_empty();
        assert!(tried.iter().any(|test| fires(&test)), "{name} is never seen to fire");
        let runbook = rule["annotations"]["runbook"].as_str().unwrap();
        let target = runbook
            .strip_prefix("docs/operations.md#")
            .unwrap_or_else(|| panic!("{runbook}"));
        assert!(anchors.contains(target), "{runbook} is nowhere");
        assert!(operations.contains(&format!("`{name}`")), "{name} is not documented");
    }
}
