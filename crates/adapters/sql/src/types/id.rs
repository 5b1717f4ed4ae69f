use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::Sqlite;
use tenon_kernel::Id;
use uuid::Uuid;

use super::sql;

impl<T> AsExpression<sql::Id> for Id<T> {
    type Expression = Bound<sql::Id, Self>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<'a, T> AsExpression<sql::Id> for &'a Id<T> {
    type Expression = Bound<sql::Id, &'a Id<T>>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<T> ToSql<sql::Id, Pg> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(self.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl<T> ToSql<sql::Id, Sqlite> for Id<T> {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_bytes().as_slice());
        Ok(IsNull::No)
    }
}

impl<T> FromSql<sql::Id, Pg> for Id<T> {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.as_bytes())?))
    }
}

impl<T> FromSql<sql::Id, Sqlite> for Id<T> {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_uuid(Uuid::from_slice(value.read_blob())?))
    }
}

impl<T, DB> Queryable<sql::Id, DB> for Id<T>
where
    DB: Backend,
    Self: FromSql<sql::Id, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
