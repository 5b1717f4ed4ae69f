//! What is in `deploy/`, read.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

/// The project's folder.
pub fn project() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .canonicalize()
        .unwrap()
}

/// A path below `deploy/`.
pub fn path(name: &str) -> PathBuf {
    project().join("deploy").join(name)
}

/// The text of a file below `deploy/`.
pub fn text(name: &str) -> String {
    fs::read_to_string(path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// The one document of a file below `deploy/`.
pub fn yaml(name: &str) -> Value {
    serde_saphyr::from_str(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Kubernetes' objects, each with the name of its file.
pub fn objects() -> Vec<(String, Value)> {
    let files = fs::read_dir(path("kubernetes")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "kustomization.yaml").collect();
    names.sort();
    names
        .into_iter()
        .map(|name| {
            let object = yaml(&format!("kubernetes/{name}"));
            (name, object)
        })
        .collect()
}

/// Kubernetes' one object of a kind.
pub fn object(kind: &str) -> Value {
    let mut found = objects().into_iter().filter(|(_, object)| object["kind"] == kind);
    let (_, object) = found.next().unwrap_or_else(|| panic!("there is no {kind}"));
    assert!(found.next().is_none(), "there are two of {kind}");
    object
}

/// The members of an object whose values are texts.
pub fn texts(object: &Value) -> Vec<(String, String)> {
    let members = object.as_object().unwrap_or_else(|| panic!("not an object: {object}"));
    let text = |(name, value): (&String, &Value)| (name.clone(), value.as_str().expect(name).to_owned());
    members.iter().map(text).collect()
}

/// The built binary.
pub fn binary() -> String {
    variable("TENON_TEST_BINARY")
}

/// A program of the environment that has the packages for Python.
pub fn beside_python(name: &str) -> Command {
    Command::new(Path::new(&variable("TENON_TEST_PYTHON")).with_file_name(name))
}

/// Runs a command to its end, which must be a good one.
pub fn succeed(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| {
        panic!("{name} is not set: run `cargo xtask test`, or set what `cargo xtask servers` prints")
    })
}
