use std::io::Write as _;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, Queryable};
use diesel::expression::AsExpression;
use diesel::internal::derives::as_expression::Bound;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sqlite::Sqlite;
use tenon_kernel::Timestamp;

use super::sql;

/// Postgres counts microseconds from 2000-01-01 (PostgreSQL manual, section 8.5).
const POSTGRES_EPOCH: i64 = 946_684_800_000_000;

impl AsExpression<sql::Instant> for Timestamp {
    type Expression = Bound<sql::Instant, Self>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl<'a> AsExpression<sql::Instant> for &'a Timestamp {
    type Expression = Bound<sql::Instant, &'a Timestamp>;

    fn as_expression(self) -> Self::Expression {
        Bound::new(self)
    }
}

impl ToSql<sql::Instant, Pg> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        out.write_all(&self.as_micros().saturating_sub(POSTGRES_EPOCH).to_be_bytes())?;
        Ok(IsNull::No)
    }
}

impl ToSql<sql::Instant, Sqlite> for Timestamp {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.as_micros());
        Ok(IsNull::No)
    }
}

impl FromSql<sql::Instant, Pg> for Timestamp {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        let bytes: [u8; 8] = value.as_bytes().try_into()?;
        Ok(Self::from_micros(i64::from_be_bytes(bytes).saturating_add(POSTGRES_EPOCH)))
    }
}

impl FromSql<sql::Instant, Sqlite> for Timestamp {
    fn from_sql(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from_micros(value.read_long()))
    }
}

impl<DB> Queryable<sql::Instant, DB> for Timestamp
where
    DB: Backend,
    Self: FromSql<sql::Instant, DB>,
{
    type Row = Self;

    fn build(row: Self) -> deserialize::Result<Self> {
        Ok(row)
    }
}
