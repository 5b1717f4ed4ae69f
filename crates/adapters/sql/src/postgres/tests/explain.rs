use diesel::deserialize::QueryableByName;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Integer, Text};

use crate::postgres::{Conn, Db};

/// `EXPLAIN query`, with the query's own values.
struct Explain<Q>(Q);

impl<Q> QueryId for Explain<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Explain<Q> {
    type SqlType = Text;
}

impl<Q> RunQueryDsl<Conn> for Explain<Q> {}

impl<Q: QueryFragment<Db>> QueryFragment<Db> for Explain<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Db>) -> QueryResult<()> {
        out.unsafe_to_cache_prepared();
        out.push_sql("EXPLAIN ");
        self.0.walk_ast(out)
    }
}

/// The plan for the query's own values.
pub fn plan<Q: QueryFragment<Db>>(conn: &mut Conn, query: Q) -> String {
    let lines: Vec<String> = Explain(query).load(conn).unwrap();
    lines.join("\n")
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

/// The plan that serves any values, which a connection that plans once makes.
pub fn generic_plan(conn: &mut Conn, statement: &str) -> String {
    let values = (1..)
        .take_while(|number| statement.contains(&format!("${number}")))
        .map(|_| "NULL");
    let values: Vec<_> = values.collect();
    let arguments = match values.is_empty() {
        true => String::new(),
        false => format!("({})", values.join(", ")),
    };
    diesel::sql_query(format!("PREPARE explained AS {statement}"))
        .execute(conn)
        .unwrap();
    let lines: Vec<Line> = diesel::sql_query(format!("EXPLAIN EXECUTE explained{arguments}"))
        .load(conn)
        .unwrap();
    diesel::sql_query("DEALLOCATE explained").execute(conn).unwrap();
    lines.into_iter().map(|line| line.line).collect::<Vec<_>>().join("\n")
}

#[derive(QueryableByName)]
struct Prepared {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    statement: String,
    #[diesel(sql_type = Integer)]
    parameters: i32,
}

/// The statements that the connection has prepared and whose text contains this, with the plan that serves any values.
pub fn prepared_plans(conn: &mut Conn, text: &str) -> Vec<(String, String)> {
    let query = "SELECT name, statement, cardinality(parameter_types) AS parameters FROM pg_prepared_statements \
                 WHERE strpos(statement, $1) > 0";
    let prepared: Vec<Prepared> = diesel::sql_query(query).bind::<Text, _>(text).load(conn).unwrap();
    let plan = |prepared: Prepared| {
        let values = vec!["NULL"; usize::try_from(prepared.parameters).unwrap()];
        let explain = format!("EXPLAIN EXECUTE \"{}\" ({})", prepared.name, values.join(", "));
        let lines: Vec<Line> = diesel::sql_query(explain).load(conn).unwrap();
        let lines: Vec<_> = lines.into_iter().map(|line| line.line).collect();
        (prepared.statement, lines.join("\n"))
    };
    prepared.into_iter().map(plan).collect()
}
