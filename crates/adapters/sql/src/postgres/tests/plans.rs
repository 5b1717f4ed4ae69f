//! How Postgres finds what is asked for, among 20,000 assets of three organizations.

use diesel::connection::SimpleConnection;
use diesel::debug_query;
use diesel::deserialize::QueryableByName;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use tenon_assets::SortKey;
use tenon_kernel::Id;
use uuid::Uuid;

use super::explain::{generic_plan, plan, prepared_plans};
use crate::postgres::finding::Among;
use crate::postgres::planning::{ONCE, for_values};
use crate::postgres::repositories::query;
use crate::postgres::{Conn, Database, Db, migrate, store};
use crate::rows::AssetRow;
use crate::schema::assets;
use crate::testing::{Case, PostgresDatabase, ask_everything, cases, record, recorded};

/// Ids as `testing::listings` makes them. Ten owners an organization, a tenth of the assets at sites and in units.
const ROWS: &str = "
    CREATE FUNCTION pg_temp.id(kind int, number bigint) RETURNS uuid LANGUAGE sql AS $$
        SELECT (lpad(to_hex(kind), 2, '0') || '000000-0000-7000-8000-' || lpad(to_hex(number), 12, '0'))::uuid
    $$;
    INSERT INTO organizations SELECT pg_temp.id(1, n), 'Organization', 1, now(), now() FROM generate_series(0, 2) n;
    INSERT INTO sites SELECT pg_temp.id(1, n % 3), pg_temp.id(3, n), 'Site', 1, now(), now() FROM generate_series(0, 29) n;
    INSERT INTO units SELECT pg_temp.id(1, n % 3), pg_temp.id(4, n), pg_temp.id(3, n), 'Unit', 1, now(), now()
        FROM generate_series(0, 29) n;
    INSERT INTO assets
        SELECT pg_temp.id(1, n % 3), pg_temp.id(5, n), pg_temp.id(2, 10 * (n % 3) + n % 10),
            CASE WHEN n % 10 = 4 THEN pg_temp.id(3, n % 30) END, CASE WHEN n % 10 = 4 THEN pg_temp.id(4, n % 30) END,
            'title ' || n * 7919 % 1000, repeat('description ', 10), 'category ' || n % 40,
            (ARRAY['draft', 'active', 'archived'])[1 + n % 3 / 2], '[]', '{}', NULL, NULL, NULL, 1,
            timestamptz '2026-01-01' + n * interval '1 ms', timestamptz '2026-01-01' + n * interval '1 ms',
            array_to_tsvector(ARRAY['@' || pg_temp.id(1, n % 3), 'pump', 'word' || n % 500, '#tag ' || n % 50])
        FROM generate_series(0, 19999) n;
";

fn filled() -> (PostgresDatabase, Conn) {
    let database = PostgresDatabase::create();
    migrate(&database.url()).unwrap();
    let mut connection = Conn::establish(&database.url()).unwrap();
    connection.batch_execute(ONCE).unwrap();
    connection.batch_execute(ROWS).unwrap();
    // As autovacuum does after so many rows; it also takes the new terms out of the list that precedes the GIN index.
    connection.batch_execute("VACUUM ANALYZE").unwrap();
    (database, connection)
}

/// Of the case's listing: for its own values, and for any.
fn plans(conn: &mut Conn, case: &Case) -> [String; 2] {
    let query = || {
        query(&case.scope, &case.listing, false)
            .limit(21)
            .select(AssetRow::as_select())
    };
    let text = debug_query::<Db, _>(&query()).to_string();
    let statement = text.split(" -- binds").next().unwrap();
    [plan(conn, query()), generic_plan(conn, statement)]
}

/// One owner's assets by title or update are either sorted or picked out of the organization's, as statistics say.
fn has_an_index(case: &Case) -> bool {
    case.scope.owner.is_none() || case.listing.sort.key == SortKey::CreatedAt
}

#[test]
fn no_listing_of_assets_reads_the_whole_table() {
    let (_database, mut connection) = filled();
    for case in cases() {
        for plan in plans(&mut connection, &case) {
            assert!(!plan.contains("Seq Scan"), "{case:?}\n{plan}");
        }
    }
}

#[test]
fn listings_of_assets_without_a_filter_are_read_in_order_from_an_index() {
    let (_database, mut connection) = filled();
    for case in cases().into_iter().filter(|case| case.plain && has_an_index(case)) {
        for plan in plans(&mut connection, &case) {
            assert!(
                plan.contains("Index Scan") && !plan.contains("Sort"),
                "{case:?}\n{plan}"
            );
        }
    }
}

#[test]
fn a_page_far_behind_begins_at_its_position_in_the_index() {
    let (_database, mut connection) = filled();
    for case in cases()
        .into_iter()
        .filter(|case| case.plain && has_an_index(case) && case.listing.after.is_some())
    {
        let range = match case.listing.sort.key {
            SortKey::CreatedAt => "(id ",
            SortKey::UpdatedAt => "(ROW(updated_at, id) ",
            SortKey::Title => "(ROW(title, id) ",
        };
        for plan in plans(&mut connection, &case) {
            let condition = plan
                .lines()
                .find(|line| line.contains("Index Cond"))
                .unwrap_or_default();
            assert!(condition.contains(range), "{case:?}\n{plan}");
            assert_eq!(
                condition.contains("owner_id"),
                case.scope.owner.is_some(),
                "{case:?}\n{plan}"
            );
            assert!(!plan.contains("Filter"), "{case:?}\n{plan}");
        }
    }
}

/// What a connection's statements were planned for: `(any values, their own values)` of the prepared statement whose text contains this.
fn planned(conn: &mut Conn, text: &str) -> QueryResult<(i64, i64)> {
    let counts = "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE strpos(statement, $1) > 0";
    let Planned {
        generic_plans,
        custom_plans,
    } = diesel::sql_query(counts).bind::<Text, _>(text).get_result(conn)?;
    Ok((generic_plans, custom_plans))
}

#[derive(QueryableByName)]
struct Planned {
    #[diesel(sql_type = BigInt)]
    generic_plans: i64,
    #[diesel(sql_type = BigInt)]
    custom_plans: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_is_planned_once_but_for_what_depends_on_its_values() {
    let (server, _) = filled();
    let database = Database::open(&server.url(), 1).unwrap();
    let inventory = store(database.clone()).inventory;
    let of = |plain| {
        let mut cases = cases().into_iter();
        cases
            .find(|case| case.plain == plain && case.scope.owner.is_none())
            .unwrap()
    };
    let (plain, filtered) = (of(true), of(false));
    assert!(filtered.listing.filter.category.is_some());
    // Left to itself Postgres would decide after five.
    for case in [&plain, &filtered].repeat(7) {
        inventory.list(&case.scope, &case.listing).await.unwrap();
    }
    let of_plain = r#"= $1) ORDER BY "assets""#;
    let of_filtered = r#"("assets"."category" ="#;
    let found = database.read(move |conn| Ok([planned(conn, of_plain)?, planned(conn, of_filtered)?]));
    assert_eq!(found.await.unwrap(), [(7, 0), (0, 7)]);
}

#[test]
fn what_fails_leaves_the_connection_planning_once() {
    let server = PostgresDatabase::create();
    let mut connection = Conn::establish(&server.url()).unwrap();
    let nothing = for_values(&mut connection, |conn| diesel::sql_query("SELECT 1/0").execute(conn));
    nothing.unwrap_err();
    let mode = diesel::select(sql::<Text>("current_setting('plan_cache_mode')"));
    assert_eq!(
        mode.get_result::<String>(&mut connection).unwrap(),
        "force_generic_plan"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_many_ask_for_together_is_found_by_its_keys() {
    let (server, _) = filled();
    let database = Database::open(&server.url(), 1).unwrap();
    ask_everything(&store(database.clone())).await;
    let plans = database.read(|conn| Ok(prepared_plans(conn, "unnest("))).await.unwrap();
    assert!(plans.len() >= 7, "{plans:?}");
    for (statement, plan) in plans {
        assert!(!plan.contains("Seq Scan"), "{statement}\n{plan}");
        let mut lines = plan.lines();
        while let Some(line) = lines.next() {
            if line.contains("Index Scan") || line.contains("Index Only Scan") {
                let condition = lines.next().unwrap_or_default();
                assert!(condition.contains("Index Cond"), "{statement}\n{plan}");
            }
        }
    }
}

#[test]
fn assets_that_many_ask_for_are_found_by_their_keys() {
    let (_database, mut connection) = filled();
    connection.batch_execute("SET enable_seqscan = off").unwrap();
    let keys = [1, 2]
        .map(Uuid::from_u128)
        .map(|uuid| (Id::from_uuid(uuid), Id::from_uuid(uuid)));
    let query = assets::table.filter(Among::of(&keys)).select(AssetRow::as_select());
    // Diesel says of what type a parameter is beside the statement.
    let text = debug_query::<Db, _>(&query).to_string();
    let text = text.replace("$1", "$1::uuid[]").replace("$2", "$2::uuid[]");
    let plan = generic_plan(&mut connection, text.split(" -- binds").next().unwrap());
    assert!(plan.contains("Index Scan using assets_pkey"), "{plan}");
    assert!(
        plan.contains("(organization_id = ") && plan.contains("(id = "),
        "{plan}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_is_asked_has_an_index() {
    record();
    let (server, mut connection) = filled();
    let store = store(Database::open(&server.url(), 2).unwrap());
    ask_everything(&store).await;
    let statements = recorded(&server.url());
    assert!(statements.len() > 150, "{}", statements.len());
    diesel::sql_query("SET enable_seqscan = off")
        .execute(&mut connection)
        .unwrap();
    for statement in statements.iter().filter(|statement| statement.contains("FROM \"")) {
        let plan = generic_plan(&mut connection, statement);
        assert!(!plan.contains("Seq Scan"), "{statement}\n{plan}");
    }
}

/// Such a plan stays with its connection, also when the table is full.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_planned_while_a_table_is_empty_goes_by_an_index() {
    let server = PostgresDatabase::create();
    let database = Database::open(&server.url(), 1).unwrap();
    let told = "DELETE FROM outbox WHERE id = ANY($1)";
    let plan = database.read(move |conn| Ok(generic_plan(conn, told))).await.unwrap();
    assert!(plan.contains("Index Scan"), "{plan}");
}
