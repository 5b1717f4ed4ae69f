//! What comes from others: licences, sources and bans, as `deny.toml` has them.
//!
//! cargo-deny says more of them (`cargo xtask check` runs it where it is installed), and is not there on every machine that runs the
//! tests. These read the same file, for the platform that they run on, and with all features.

use std::fs;
use std::sync::LazyLock;

use cargo_metadata::{Metadata, Node, Package};
use spdx::{Expression, LicenseReq, Licensee, ParseMode};
use toml::{Table, Value};

use crate::workspace::{self, WORKSPACE};

static RULES: LazyLock<Table> = LazyLock::new(|| {
    fs::read_to_string(WORKSPACE.root().join("deny.toml"))
        .unwrap()
        .parse()
        .unwrap()
});

static ALL: LazyLock<Metadata> = LazyLock::new(|| workspace::metadata(&["--all-features".to_owned()]));

/// A list of the file, which must say something.
fn rules(section: &str, list: &str) -> &'static [Value] {
    let rules = RULES[section][list].as_array().unwrap();
    assert!(!rules.is_empty(), "[{section}] {list} is empty");
    rules
}

fn text<'a>(rule: &'a Value, key: &str) -> &'a str {
    rule[key].as_str().unwrap()
}

fn texts<'a>(rule: &'a Value, key: &str) -> Vec<&'a str> {
    let list = rule.get(key).and_then(Value::as_array);
    list.into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

fn nodes() -> &'static [Node] {
    &ALL.resolve.as_ref().unwrap().nodes
}

/// What of the packages of this name is in the resolved graph.
fn named(name: &str) -> Vec<&'static Node> {
    nodes().iter().filter(|node| ALL[&node.id].name == name).collect()
}

fn permitted(package: &Package, allowed: &[Licensee]) -> bool {
    let expression = package.license.as_deref().unwrap_or_default();
    let allows = |wanted: &LicenseReq| allowed.iter().any(|licensee| licensee.satisfies(wanted));
    Expression::parse_mode(expression, ParseMode::LAX).is_ok_and(|licence| licence.evaluate(allows))
}

#[test]
fn every_package_may_be_had_under_a_permitted_licence() {
    let allowed = rules("licenses", "allow")
        .iter()
        .map(|licence| licence.as_str().unwrap());
    let allowed: Vec<_> = allowed.map(|licence| Licensee::parse(licence).unwrap()).collect();
    let refused: Vec<_> = ALL
        .packages
        .iter()
        .filter(|package| !permitted(package, &allowed))
        .collect();
    let told = refused
        .iter()
        .map(|package| format!("{}: {:?}", package.id, package.license));
    assert!(refused.is_empty(), "{:#?}", told.collect::<Vec<_>>());
}

#[test]
fn a_licence_is_refused_unless_one_that_is_permitted_can_be_chosen() {
    let allowed = [Licensee::parse("MIT").unwrap()];
    let mut package = ALL.packages[0].clone();
    for (licence, expected) in [
        (Some("MIT"), true),
        (Some("GPL-3.0-only OR MIT"), true),
        (Some("MIT/Apache-2.0"), true),
        (Some("GPL-3.0-only AND MIT"), false),
        (Some("GPL-3.0-only"), false),
        (Some("whatever"), false),
        (None, false),
    ] {
        package.license = licence.map(str::to_owned);
        assert_eq!(permitted(&package, &allowed), expected, "{licence:?}");
    }
}

#[test]
fn every_package_is_ours_or_from_the_registry() {
    for rule in ["unknown-registry", "unknown-git"] {
        assert_eq!(RULES["sources"][rule].as_str(), Some("deny"));
    }
    let own = ALL.workspace_packages();
    let is_elsewhere = |package: &&Package| match &package.source {
        Some(source) => !source.is_crates_io(),
        None => !own.contains(package),
    };
    let elsewhere: Vec<_> = ALL
        .packages
        .iter()
        .filter(is_elsewhere)
        .map(|package| &package.id)
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:?}");
}

#[test]
fn what_is_banned_is_known_to_those_alone_that_may_have_it() {
    for rule in rules("bans", "deny") {
        let (name, wrappers) = (text(rule, "crate"), texts(rule, "wrappers"));
        let banned = named(name);
        assert!(
            wrappers.is_empty() || !banned.is_empty(),
            "the ban of {name} concerns nothing any more"
        );
        for user in nodes() {
            let has = user
                .dependencies
                .iter()
                .any(|id| banned.iter().any(|node| node.id == *id));
            let user = ALL[&user.id].name.as_str();
            assert!(
                !has || wrappers.contains(&user),
                "{user} depends on {name}: {}",
                text(rule, "reason")
            );
        }
    }
}

#[test]
fn no_banned_feature_is_on() {
    for rule in rules("bans", "features") {
        let (name, banned) = (text(rule, "crate"), texts(rule, "deny"));
        let built = named(name);
        assert!(
            !built.is_empty() && !banned.is_empty(),
            "the ban of features of {name} concerns nothing any more"
        );
        for node in built {
            let found: Vec<_> = node
                .features
                .iter()
                .filter(|feature| banned.contains(&feature.as_str()))
                .collect();
            assert!(found.is_empty(), "{name} has {found:?}: {}", text(rule, "reason"));
        }
    }
}
