//! Every path that somebody asks whether Tenon does well is answered.

use std::collections::BTreeSet;

use tenon_tests::app::Setup;

use crate::agreement::container;
use crate::files::{object, text};

/// The paths that probes and proxies ask.
fn asked() -> BTreeSet<String> {
    let container = container();
    let probes = ["startupProbe", "livenessProbe", "readinessProbe"];
    let mut paths: BTreeSet<String> = probes
        .iter()
        .map(|probe| container[*probe]["httpGet"]["path"].as_str().unwrap().to_owned())
        .collect();
    for probe in probes {
        assert_eq!(container[probe]["httpGet"]["port"], container["ports"][0]["name"]);
    }
    let caddyfile = text("proxy/Caddyfile");
    let health = caddyfile
        .lines()
        .find_map(|line| line.trim().strip_prefix("health_uri "))
        .unwrap();
    paths.insert(health.to_owned());
    let annotations = &object("Deployment")["spec"]["template"]["metadata"]["annotations"];
    paths.insert(annotations["prometheus.io/path"].as_str().unwrap().to_owned());
    paths
}

#[tokio::test]
async fn every_path_that_is_asked_is_answered_without_a_token() {
    let app = Setup::SqliteAlone.start().await;
    let paths = asked();
    assert!(
        paths.contains("/api/health/live") && paths.contains("/api/health/ready"),
        "{paths:?}"
    );
    for path in paths {
        app.anonymous().get(&path).await.expect(200);
    }
}

#[tokio::test]
async fn the_health_check_of_the_image_says_yes_of_a_server_and_no_of_none() {
    let dockerfile = text("Dockerfile");
    let check = dockerfile
        .lines()
        .find_map(|line| line.strip_prefix("HEALTHCHECK "))
        .unwrap();
    let (_, command) = check.split_once(" CMD ").unwrap();
    let words: Vec<String> = serde_json::from_str(command).unwrap();
    let (program, arguments) = words.split_first().unwrap();
    assert_eq!(program, "/usr/bin/tenon");
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut app = Setup::SqliteAlone.start().await;
    let port = app.address().port().to_string();
    let ask = |app: &tenon_tests::app::TestApp| app.command(&arguments).env("PORT", &port).status().unwrap().code();
    assert_eq!(ask(&app), Some(0));
    app.stop().await;
    assert_eq!(ask(&app), Some(1));
}
