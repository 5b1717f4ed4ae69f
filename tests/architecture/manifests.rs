//! Every crate takes its lints and its dependencies from the workspace.

use std::fs;

use toml::{Table, Value};

use crate::workspace::WORKSPACE;

const KINDS: [&str; 3] = ["dependencies", "dev-dependencies", "build-dependencies"];

fn manifests() -> Vec<(String, Table)> {
    let read = |package: &cargo_metadata::Package| {
        let text = fs::read_to_string(&package.manifest_path).unwrap();
        (package.name.to_string(), text.parse().unwrap())
    };
    WORKSPACE.packages().into_iter().map(read).collect()
}

/// The dependency tables of a manifest, those for certain platforms included.
fn dependencies(manifest: &Table) -> Vec<(&String, &Value)> {
    let platforms = manifest
        .get("target")
        .and_then(Value::as_table)
        .into_iter()
        .flat_map(Table::values);
    let tables = platforms.filter_map(Value::as_table).chain([manifest]);
    let kinds = tables.flat_map(|table| KINDS.iter().filter_map(|kind| table.get(*kind)?.as_table()));
    kinds.flatten().collect()
}

fn from_workspace(value: &Value) -> bool {
    value.get("workspace").and_then(Value::as_bool) == Some(true)
}

#[test]
fn every_crate_takes_its_lints_from_the_workspace() {
    for (name, manifest) in manifests() {
        assert!(
            manifest.get("lints").is_some_and(from_workspace),
            "{name} has lints of its own"
        );
    }
}

#[test]
fn every_dependency_is_declared_once_in_the_workspace() {
    let mut seen = 0;
    for (name, manifest) in manifests() {
        for (dependency, value) in dependencies(&manifest) {
            assert!(from_workspace(value), "{name} declares {dependency} by itself");
            seen += 1;
        }
    }
    assert!(seen > 0);
}

#[test]
fn dependencies_for_one_platform_and_for_tests_are_seen() {
    let manifest: Table = "[dev-dependencies]\na = '1'\n[target.'cfg(unix)'.dependencies]\nb.workspace = true"
        .parse()
        .unwrap();
    let found: Vec<_> = dependencies(&manifest)
        .into_iter()
        .map(|(name, value)| (name.as_str(), from_workspace(value)))
        .collect();
    assert_eq!(found, [("b", true), ("a", false)]);
}
