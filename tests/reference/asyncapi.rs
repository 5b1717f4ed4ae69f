//! `docs/asyncapi.yaml`, held with the frames that really go over a socket.

use std::time::Duration;

use serde_json::{Value, json};
use tenon_tests::app::Setup;

use crate::guide::Story;
use crate::python::{run, script};

const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_frame_is_one_message_of_the_asyncapi_document() {
    let story = Story::told(Setup::SqliteAlone).await;
    let frames = story
        .frames
        .iter()
        .map(|(who, frame)| json!({ "who": who, "frame": frame }));
    let frames = Value::Array(frames.collect());
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("frames.json");
    std::fs::write(&file, frames.to_string()).unwrap();
    let said = run(script("asyncapi.py").arg(&file), PATIENCE).await;
    assert!(said.contains("every message was seen"), "{said}");
}
