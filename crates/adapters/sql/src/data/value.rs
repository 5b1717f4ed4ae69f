use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, QueryableByName};
use diesel::pg::{Pg, PgValue};
use diesel::row::{Field, NamedRow, Row};
use diesel::sql_types::{BigInt, Bool, Integer};
use diesel::sqlite::{Sqlite, SqliteType};
use serde::{Deserialize, Serialize};

use crate::types::{At, sql};

/// A value in the form that both databases give it: ids are their bytes, times microseconds since 1970, truths 0 and 1.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
}

/// A row, with the columns that were asked for, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record(pub Vec<Value>);

impl Value {
    /// About how many bytes it takes.
    pub fn size(&self) -> usize {
        match self {
            Self::Null | Self::Integer(_) => 8,
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    fn of_sqlite(mut value: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(match value.value_type() {
            None => Self::Null,
            Some(SqliteType::Text) => Self::Text(value.read_text().to_owned()),
            Some(SqliteType::Binary) => Self::Bytes(value.read_blob().to_vec()),
            Some(SqliteType::Integer | SqliteType::SmallInt | SqliteType::Long) => Self::Integer(value.read_long()),
            Some(other) => return Err(format!("a value of type {other:?}, which no table has").into()),
        })
    }

    /// By the object ids of `pg_type.dat`.
    fn of_postgres(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(match value.get_oid().get() {
            16 => Self::Integer(<bool as FromSql<Bool, Pg>>::from_sql(value)?.into()),
            20 => Self::Integer(<i64 as FromSql<BigInt, Pg>>::from_sql(value)?),
            23 => Self::Integer(<i32 as FromSql<Integer, Pg>>::from_sql(value)?.into()),
            25 | 114 => Self::Text(std::str::from_utf8(value.as_bytes())?.to_owned()),
            17 | 2950 => Self::Bytes(value.as_bytes().to_vec()),
            1184 => Self::Integer(<At as FromSql<sql::Instant, Pg>>::from_sql(value)?.0.as_micros()),
            other => return Err(format!("a value of type {other}, which no table has").into()),
        })
    }
}

impl QueryableByName<Sqlite> for Record {
    fn build<'a>(row: &impl NamedRow<'a, Sqlite>) -> deserialize::Result<Self> {
        let values = (0..row.field_count()).map(|index| {
            let field = Row::get(row, index).ok_or("a column is missing")?;
            field.value().map_or(Ok(Value::Null), Value::of_sqlite)
        });
        Ok(Self(values.collect::<deserialize::Result<_>>()?))
    }
}

impl QueryableByName<Pg> for Record {
    fn build<'a>(row: &impl NamedRow<'a, Pg>) -> deserialize::Result<Self> {
        let values = (0..row.field_count()).map(|index| {
            let field = Row::get(row, index).ok_or("a column is missing")?;
            field.value().map_or(Ok(Value::Null), Value::of_postgres)
        });
        Ok(Self(values.collect::<deserialize::Result<_>>()?))
    }
}
