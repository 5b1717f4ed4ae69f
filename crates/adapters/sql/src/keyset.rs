//! Comparisons of two columns with two values as row values, `(a, b) < (x, y)`. Unlike the same thing written with OR,
//! both databases read it from an index (SQLite manual, Row Values, section 2.1).

use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::Bool;
use diesel::{QueryResult, backend::Backend};

macro_rules! comparison {
    ($(#[$doc:meta])* $name:ident, $operator:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, QueryId)]
        pub struct $name<A, B, X, Y>(pub (A, B), pub (X, Y));

        impl<A, B, X, Y> Expression for $name<A, B, X, Y> {
            type SqlType = Bool;
        }

        impl<A, B, X, Y> ValidGrouping<()> for $name<A, B, X, Y> {
            type IsAggregate = is_aggregate::No;
        }

        impl<A, B, X, Y, DB> QueryFragment<DB> for $name<A, B, X, Y>
        where
            DB: Backend,
            A: QueryFragment<DB>,
            B: QueryFragment<DB>,
            X: QueryFragment<DB>,
            Y: QueryFragment<DB>,
        {
            fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
                out.push_sql("(");
                self.0.0.walk_ast(out.reborrow())?;
                out.push_sql(", ");
                self.0.1.walk_ast(out.reborrow())?;
                out.push_sql($operator);
                self.1.0.walk_ast(out.reborrow())?;
                out.push_sql(", ");
                self.1.1.walk_ast(out.reborrow())?;
                out.push_sql(")");
                Ok(())
            }
        }

        impl<A, B, X, Y, QS> SelectableExpression<QS> for $name<A, B, X, Y> where Self: AppearsOnTable<QS> {}

        impl<A, B, X, Y, QS> AppearsOnTable<QS> for $name<A, B, X, Y>
        where
            A: AppearsOnTable<QS>,
            B: AppearsOnTable<QS>,
            X: AppearsOnTable<QS>,
            Y: AppearsOnTable<QS>,
        {
        }
    };
}

comparison! {
    /// `(a, b) < (x, y)`.
    Before, ") < ("
}
comparison! {
    /// `(a, b) > (x, y)`.
    After, ") > ("
}
