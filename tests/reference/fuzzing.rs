//! Requests that schemathesis makes up from the description of the API: what the server does must be what stands there.
//!
//! `fuzzing/schemathesis.toml` says how it asks, and `fuzzing/hooks.py` who and for what.

use std::time::Duration;

use tenon_tests::app::{OPERATOR_PASSWORD, Setup};
use tenon_tests::for_each_setup;

use crate::python::{folder, program, run};

/// Far more than it takes.
const PATIENCE: Duration = Duration::from_secs(900);

/// Half of the operations, by their tags; one test asks for these and another for the rest.
const PEOPLE: [&str; 7] = [
    "auth",
    "users",
    "organizations",
    "members",
    "invitations",
    "sites",
    "units",
];

async fn fuzz(setup: Setup, choice: &str) {
    let app = setup.options().start().await;
    let place = tempfile::tempdir().unwrap();
    let mut command = program("schemathesis");
    command
        .current_dir(folder().join("fuzzing"))
        .args([
            "--config-file",
            "schemathesis.toml",
            "run",
            "--no-color",
            "--report-dir",
        ])
        .arg(place.path())
        .args(PEOPLE.iter().flat_map(|tag| [choice, *tag]))
        .arg(format!("{}/api/openapi.json", app.origin()))
        .env("HYPOTHESIS_STORAGE_DIRECTORY", place.path())
        .env("TENON_ORIGIN", app.origin())
        .env("TENON_OPERATOR_PASSWORD", OPERATOR_PASSWORD);
    let said = run(&mut command, PATIENCE).await;
    assert!(said.contains("Tested: "), "{said}");
    app.anonymous().health().await.expect(200);
}

for_each_setup!(
    whatever_is_asked_about_people_and_places_is_answered_as_the_description_says,
    |setup| {
        fuzz(setup, "--include-tag").await;
    }
);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_else_is_asked_is_answered_as_the_description_says() {
    fuzz(Setup::SqliteAlone, "--exclude-tag").await;
}
