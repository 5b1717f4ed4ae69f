//! Rows by column, each of which is one parameter: so one prepared statement serves any number of rows (PostgreSQL manual, section 9.19).

/// A structure of columns: what each holds, and the SQL type of its values.
macro_rules! columns {
    ($(#[$attribute:meta])* $visibility:vis struct $name:ident $(<$lifetime:lifetime>)? { $($column:ident: $value:ty => $kind:ty,)+ }) => {
        $(#[$attribute])*
        #[derive(Default)]
        $visibility struct $name $(<$lifetime>)? {
            $(pub $column: Vec<$value>,)+
        }

        impl $(<$lifetime>)? $name $(<$lifetime>)? {
            /// The names of the columns, in their order.
            pub const NAMES: &'static str = $crate::postgres::unnest::named!($($column),+);

            /// The rows.
            pub fn walk<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, $crate::postgres::Db>,
            ) -> diesel::QueryResult<()> {
                out.push_sql("unnest(");
                self.parameters(out.reborrow())?;
                out.push_sql(")");
                Ok(())
            }

            /// The columns, with commas between.
            pub fn parameters<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, $crate::postgres::Db>,
            ) -> diesel::QueryResult<()> {
                let mut before = "";
                $(
                    out.push_sql(std::mem::replace(&mut before, ", "));
                    out.push_bind_param::<diesel::sql_types::Array<$kind>, _>(&self.$column)?;
                )+
                Ok(())
            }
        }
    };
}

macro_rules! named {
    ($first:ident $(, $column:ident)*) => {
        concat!(stringify!($first) $(, ", ", stringify!($column))*)
    };
}

pub(super) use {columns, named};

/// One column of these rows.
pub fn column<R, T>(rows: impl IntoIterator<Item = R>, value: impl Fn(R) -> T) -> Vec<T> {
    rows.into_iter().map(value).collect()
}
