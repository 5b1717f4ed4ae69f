//! How SQLite finds what is asked for. With stable plans (QPSG) this does not depend on the values or on statistics.

use diesel::connection::SimpleConnection;
use diesel::debug_query;
use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::sql_types::Text;
use tenon_assets::SortKey;

use crate::rows::AssetRow;
use crate::sqlite::repositories::query;
use crate::sqlite::{Conn, Database, Db, migrate, store};
use crate::testing::{Case, ask_everything, cases, file, record, recorded};

#[derive(Debug, QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

fn plan(conn: &mut Conn, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(conn)
        .unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

fn statement(case: &Case, sorted: bool) -> String {
    let query = query(&case.scope, &case.listing, sorted)
        .limit(21)
        .select(AssetRow::as_select());
    let text = debug_query::<Db, _>(&query).to_string();
    text.split(" -- binds").next().unwrap().to_owned()
}

/// Whether a step reads a whole table, row by row.
fn reads_all(step: &str) -> bool {
    let by_match = step.starts_with("SCAN asset_terms VIRTUAL TABLE INDEX 0:M");
    let one_row = step == "SCAN CONSTANT ROW";
    step.starts_with("SCAN") && !step.contains(" USING ") && !by_match && !one_row
}

fn empty() -> (tempfile::TempDir, Conn) {
    let (folder, path) = file();
    migrate(&path).unwrap();
    (folder, Conn::establish(path.to_str().unwrap()).unwrap())
}

#[tokio::test]
async fn nothing_that_is_asked_reads_a_whole_table() {
    record();
    let (_folder, path) = file();
    let store = store(Database::open(&path, 2).unwrap());
    ask_everything(&store).await;
    let url = path.to_str().unwrap();
    let statements = recorded(url);
    assert!(statements.len() > 150, "only {} statements", statements.len());
    let mut connection = Conn::establish(url).unwrap();
    for statement in statements.iter().filter(|statement| statement.contains("FROM `")) {
        let plan = plan(&mut connection, statement);
        assert!(!plan.iter().any(|step| reads_all(step)), "{statement}\n{plan:#?}");
    }
}

#[test]
fn listings_of_assets_without_a_filter_are_read_in_order_from_an_index() {
    let (_folder, mut connection) = empty();
    for case in cases().into_iter().filter(|case| case.plain) {
        let plan = plan(&mut connection, &statement(&case, false));
        assert_eq!(plan.len(), 1, "{case:?}\n{plan:#?}");
        assert!(plan[0].starts_with("SEARCH assets USING "), "{case:?}\n{plan:#?}");
    }
}

#[test]
fn a_page_far_behind_begins_at_its_position_in_the_index() {
    let (_folder, mut connection) = empty();
    for case in cases()
        .into_iter()
        .filter(|case| case.plain && case.listing.after.is_some())
    {
        let plan = plan(&mut connection, &statement(&case, false));
        let range = match case.listing.sort.key {
            SortKey::CreatedAt => ["AND id>?)", "AND id<?)"],
            SortKey::UpdatedAt => ["AND (updated_at,id)>(?,?))", "AND (updated_at,id)<(?,?))"],
            SortKey::Title => ["AND (title,id)>(?,?))", "AND (title,id)<(?,?))"],
        };
        assert!(
            range.iter().any(|range| plan[0].ends_with(range)),
            "{case:?}\n{plan:#?}"
        );
        let by_owner = plan[0].contains("AND owner_id=?");
        let expected = case.scope.owner.is_some() && case.listing.sort.key == SortKey::CreatedAt;
        assert_eq!(by_owner, expected, "{case:?}\n{plan:#?}");
    }
}

#[test]
fn the_few_assets_of_an_owner_are_found_by_their_owner_and_sorted() {
    let (_folder, mut connection) = empty();
    for case in cases()
        .into_iter()
        .filter(|case| case.plain && case.scope.owner.is_some())
    {
        if case.listing.sort.key == SortKey::CreatedAt {
            continue;
        }
        let plan = plan(&mut connection, &statement(&case, true)).join("\n");
        assert!(
            plan.contains("assets_by_owner (organization_id=? AND owner_id=?"),
            "{case:?}\n{plan}"
        );
        assert!(plan.contains("USE TEMP B-TREE FOR"), "{case:?}\n{plan}");
    }
}

#[test]
fn an_owners_assets_are_the_same_whether_sorted_or_picked_out_of_the_organizations() {
    let (_folder, mut connection) = empty();
    // Every third is another owner's; times and titles repeat, so that ids decide.
    let rows = "WITH RECURSIVE n (i) AS (SELECT 9900 UNION ALL SELECT i + 1 FROM n WHERE i < 10100)
        INSERT INTO assets (organization_id, id, owner_id, title, description, category, status, tags, attributes,
            version, created_at, updated_at)
        SELECT unhex('01000000000070008000000000000001'), unhex('0500000000007000' || printf('8000%012x', i)),
            unhex('0200000000007000' || printf('8000%012x', 10 + (i % 3 > 0))), 'title ' || (i % 7 + 497), '', '', 'active',
            '[]', '{}', 1, 1767225610000000 + i % 5 - 2, 1767225610000000 + i % 5 - 2 FROM n";
    connection.batch_execute("PRAGMA foreign_keys = OFF").unwrap();
    connection.batch_execute(rows).unwrap();
    for case in cases()
        .into_iter()
        .filter(|case| case.plain && case.scope.owner.is_some())
    {
        let mut page = |sorted| -> Vec<AssetRow> {
            let query = query(&case.scope, &case.listing, sorted).limit(21);
            query.select(AssetRow::as_select()).load(&mut connection).unwrap()
        };
        let ids = |rows: Vec<AssetRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        let sorted = ids(page(true));
        assert_eq!(sorted.len(), 21, "{case:?}");
        assert_eq!(sorted, ids(page(false)), "{case:?}");
    }
}

#[derive(Debug, QueryableByName)]
struct Instruction {
    #[diesel(sql_type = Text)]
    opcode: String,
}

#[test]
fn entering_an_asset_makes_no_table_in_memory() {
    let (_folder, mut connection) = empty();
    for statement in [
        "EXPLAIN INSERT INTO assets (organization_id, id, owner_id, title, description, category, status, tags,
        attributes, version, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        "EXPLAIN INSERT INTO activities (organization_id, id, by_id, about, verb, api_key_id) VALUES (?, ?, ?, ?, ?, ?)",
        "EXPLAIN INSERT INTO outbox (id, organization_id, by_id, about, verb, api_key_id) VALUES (?, ?, ?, ?, ?, ?)",
    ] {
        let program: Vec<Instruction> = diesel::sql_query(statement).load(&mut connection).unwrap();
        assert!(program.len() > 20, "{program:#?}");
        assert!(
            program.iter().all(|step| step.opcode != "OpenEphemeral"),
            "{program:#?}"
        );
    }
}

#[test]
fn what_refers_to_a_deleted_row_is_found_by_an_index() {
    let (_folder, mut connection) = empty();
    for statement in [
        "DELETE FROM sites WHERE organization_id = ? AND id = ?",
        "DELETE FROM units WHERE organization_id = ? AND id = ?",
        "DELETE FROM organizations WHERE id = ?",
        "DELETE FROM sessions WHERE id = ?",
        "DELETE FROM users WHERE id = ?",
    ] {
        let plan = plan(&mut connection, statement);
        assert!(plan.len() > 1, "{statement}\n{plan:#?}");
        assert!(!plan.iter().any(|step| reads_all(step)), "{statement}\n{plan:#?}");
    }
}

#[test]
fn sites_and_units_have_an_index_of_their_assets() {
    let (_folder, mut connection) = empty();
    for case in cases() {
        let plan = plan(&mut connection, &statement(&case, false)).join("\n");
        let filter = &case.listing.filter;
        if filter.unit.is_some() && case.listing.sort.key == SortKey::CreatedAt {
            assert!(
                plan.contains("assets_by_unit") && !plan.contains("TEMP"),
                "{case:?}\n{plan}"
            );
        }
        if filter.site.is_some() && case.listing.sort.key == SortKey::CreatedAt {
            assert!(
                plan.contains("assets_by_site") && !plan.contains("TEMP"),
                "{case:?}\n{plan}"
            );
        }
    }
}
