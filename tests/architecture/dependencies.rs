//! Dependencies point inwards, and each outside world is known to one crate.

use std::collections::BTreeSet;

use cargo_metadata::{DependencyKind, Package};

use crate::workspace::WORKSPACE;

const DOMAIN: &str = "crates/domain";
const ADAPTERS: &str = "crates/adapters";
const APP: &str = "crates/app";
const CLIENT: &str = "crates/client";

fn ours() -> BTreeSet<&'static str> {
    WORKSPACE
        .packages()
        .into_iter()
        .map(|package| package.name.as_str())
        .collect()
}

fn names(folder: &str) -> BTreeSet<&'static str> {
    WORKSPACE
        .packages_in(folder)
        .into_iter()
        .map(|package| package.name.as_str())
        .collect()
}

/// Of our own packages, those that `package` links directly.
fn own_dependencies(package: &'static Package) -> BTreeSet<&'static str> {
    let normal = package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind == DependencyKind::Normal);
    normal
        .map(|dependency| dependency.name.as_str())
        .filter(|name| ours().contains(name))
        .collect()
}

/// Fails unless the packages that name a dependency that `matches`, for whatever purpose, are all `permitted`.
fn only(permitted: &BTreeSet<&str>, matches: fn(&str) -> bool) {
    let mut users = BTreeSet::new();
    for package in WORKSPACE.packages() {
        for dependency in package
            .dependencies
            .iter()
            .filter(|dependency| matches(&dependency.name))
        {
            let user = package.name.as_str();
            assert!(
                permitted.contains(user),
                "{user} depends on {}; only {permitted:?} may",
                dependency.name
            );
            users.insert(user);
        }
    }
    assert!(
        !users.is_empty(),
        "the rule for {permitted:?} concerns no dependency any more"
    );
}

#[test]
fn domain_crates_know_the_kernel_and_no_other_crate_of_ours() {
    for package in WORKSPACE.packages_in(DOMAIN) {
        let mut known = own_dependencies(package);
        known.remove("tenon-kernel");
        assert!(known.is_empty(), "{} depends on {known:?}", package.name);
    }
}

#[test]
fn no_input_or_output_is_linked_into_a_domain_crate() {
    let families = ["actix", "diesel", "tokio", "hyper", "utoipa"];
    let crates = ["redis", "mio", "socket2", "reqwest", "libsqlite3-sys", "pq-sys"];
    for package in WORKSPACE.packages_in(DOMAIN) {
        let linked = WORKSPACE.linked_into(package);
        let forbidden = |name: &&&str| crates.contains(*name) || families.iter().any(|family| name.starts_with(family));
        let found: Vec<_> = linked.iter().filter(forbidden).collect();
        assert!(found.is_empty(), "{} links {found:?}", package.name);
    }
}

#[test]
fn adapters_know_the_domain_and_not_one_another() {
    let domain = names(DOMAIN);
    for package in WORKSPACE.packages_in(ADAPTERS) {
        let others: Vec<_> = own_dependencies(package).difference(&domain).copied().collect();
        assert!(others.is_empty(), "{} depends on {others:?}", package.name);
    }
}

#[test]
fn what_speaks_to_clients_links_no_adapter() {
    let adapters = names(ADAPTERS);
    for package in WORKSPACE.packages_in(APP) {
        if package.name.as_str() == "tenon" {
            continue;
        }
        let linked = WORKSPACE.linked_into(package);
        let found: Vec<_> = linked.intersection(&adapters).collect();
        assert!(found.is_empty(), "{} links {found:?}", package.name);
    }
}

#[test]
fn the_binary_is_the_one_crate_that_knows_all_layers() {
    let binary = WORKSPACE
        .packages_in(APP)
        .into_iter()
        .find(|package| package.name.as_str() == "tenon")
        .unwrap();
    let known = own_dependencies(binary);
    // The client is no layer of the server. The binary has it for `tenon chat`, so that one file is enough to try a server out.
    let layers: BTreeSet<_> = [DOMAIN, ADAPTERS, APP, CLIENT].into_iter().flat_map(names).collect();
    assert!(
        known.is_subset(&layers),
        "the binary depends on {:?}",
        known.difference(&layers)
    );
    assert!(
        known.is_superset(&names(ADAPTERS)),
        "an adapter is not wired: {:?}",
        names(ADAPTERS).difference(&known)
    );
}

#[test]
fn the_client_knows_no_other_crate_of_ours_and_no_layer_knows_it() {
    let clients = names(CLIENT);
    for package in WORKSPACE.packages_in(CLIENT) {
        let known = own_dependencies(package);
        assert!(known.is_empty(), "{} depends on {known:?}", package.name);
    }
    for package in [DOMAIN, ADAPTERS, APP]
        .into_iter()
        .flat_map(|folder| WORKSPACE.packages_in(folder))
    {
        let linked = WORKSPACE.linked_into(package);
        let found: Vec<_> = linked.intersection(&clients).collect();
        assert!(
            found.is_empty() || package.name.as_str() == "tenon",
            "{} links {found:?}",
            package.name
        );
    }
}

#[test]
fn sql_is_spoken_in_one_crate() {
    only(&["tenon-sql"].into(), |name| {
        name.starts_with("diesel") || ["libsqlite3-sys", "pq-sys"].contains(&name)
    });
}

#[test]
fn redis_is_spoken_in_one_crate_and_in_tests() {
    only(&["tenon-redis", "tenon-tests"].into(), |name| name == "redis");
}

#[test]
fn actix_is_known_to_app_crates_only() {
    only(&names(APP), |name| name.starts_with("actix"));
}

#[test]
fn the_api_description_is_written_in_the_http_crate() {
    only(&["tenon-http"].into(), |name| name.starts_with("utoipa"));
}

#[test]
fn the_console_the_simulator_and_the_traces_know_no_other_crate_of_ours() {
    for name in ["tenon-console", "tenon-simulator", "tenon-otlp"] {
        let packages = WORKSPACE.packages();
        let package = packages.into_iter().find(|package| package.name.as_str() == name);
        let known = own_dependencies(package.unwrap());
        assert!(known.is_empty(), "{name} depends on {known:?}");
    }
}
