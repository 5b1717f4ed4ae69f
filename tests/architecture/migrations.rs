//! Both databases have the same history.

use std::collections::BTreeSet;
use std::fs;

use crate::workspace::WORKSPACE;

fn migrations(database: &str) -> BTreeSet<String> {
    let folder = WORKSPACE.root().join("migrations").join(database);
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn sqlite_and_postgres_have_the_same_migrations() {
    assert_eq!(migrations("sqlite"), migrations("postgres"));
}
