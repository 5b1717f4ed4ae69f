//! Many rows in one statement: each column is one parameter, an array.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::result::Error as DieselError;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Integer, Nullable, Text, Uuid};
use tenon_kernel::{OrganizationId, Timestamp};

use super::kind::{Column, Kind};
use super::side::quoted;
use super::value::{Record, Value};
use crate::postgres::FoundBy;
use crate::types::{At, Json, sql};

/// An insertion of rows and of what is made from them, to be executed.
pub type Insertion = BoxedSqlQuery<'static, Pg, SqlQuery>;

/// Inserts the rows, which have these columns.
///
/// # Errors
///
/// When a value is not of its column's kind.
pub fn insertion(table: &str, columns: &[Column], rows: Vec<Record>) -> QueryResult<Insertion> {
    let found_by = match table {
        "assets" => Some(found_by(columns, &rows)?),
        _ => None,
    };
    let mut names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
    names.extend(found_by.iter().map(|_| quoted("terms")));
    let parameters: Vec<String> = (1..=names.len()).map(|number| format!("${number}")).collect();
    let (names, parameters) = (names.join(", "), parameters.join(", "));
    let text = format!(
        "INSERT INTO {} ({names}) SELECT * FROM unnest({parameters})",
        quoted(table)
    );
    let mut values: Vec<std::vec::IntoIter<Value>> = rows.into_iter().map(|row| row.0.into_iter()).collect();
    let mut query = diesel::sql_query(text).into_boxed();
    for column in columns {
        let of_column = values.iter_mut().map(|row| row.next().unwrap_or(Value::Null));
        query = bind(query, column, of_column)?;
    }
    Ok(match found_by {
        Some(terms) => query.bind::<Array<sql::Terms>, _>(terms),
        None => query,
    })
}

fn bind(query: Insertion, column: &Column, values: impl Iterator<Item = Value>) -> QueryResult<Insertion> {
    Ok(match column.kind {
        Kind::Id => query.bind::<Array<Nullable<Uuid>>, _>(of(column, values, |value| match value {
            Value::Bytes(bytes) => uuid::Uuid::from_slice(&bytes).ok(),
            _ => None,
        })?),
        Kind::Text => query.bind::<Array<Nullable<Text>>, _>(of(column, values, text)?),
        Kind::Document => {
            let documents = of(column, values, |value| text(value).map(Json))?;
            query.bind::<Array<Nullable<sql::Document>>, _>(documents)
        }
        Kind::Long => query.bind::<Array<Nullable<BigInt>>, _>(of(column, values, number)?),
        Kind::Integer => {
            let numbers = of(column, values, |value| i32::try_from(number(value)?).ok())?;
            query.bind::<Array<Nullable<Integer>>, _>(numbers)
        }
        Kind::Truth => query.bind::<Array<Nullable<Bool>>, _>(of(column, values, |value| Some(number(value)? != 0))?),
        Kind::Instant => {
            let times = of(column, values, |value| Some(At(Timestamp::from_micros(number(value)?))))?;
            query.bind::<Array<Nullable<sql::Instant>>, _>(times)
        }
        Kind::Bytes => query.bind::<Array<Nullable<Binary>>, _>(of(column, values, |value| match value {
            Value::Bytes(bytes) => Some(bytes),
            _ => None,
        })?),
    })
}

/// The values of a column as their kind has them.
fn of<T>(
    column: &Column,
    values: impl Iterator<Item = Value>,
    convert: impl Fn(Value) -> Option<T>,
) -> QueryResult<Vec<Option<T>>> {
    let of_kind = |value| match value {
        Value::Null => Ok(None),
        value => convert(value)
            .map(Some)
            .ok_or_else(|| strange(&format!("{} has a value that is not of its kind", column.name))),
    };
    values.map(of_kind).collect()
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

fn number(value: Value) -> Option<i64> {
    match value {
        Value::Integer(number) => Some(number),
        _ => None,
    }
}

fn strange(what: &str) -> DieselError {
    DieselError::SerializationError(what.into())
}

/// What these assets are found by.
fn found_by(columns: &[Column], rows: &[Record]) -> QueryResult<Vec<FoundBy>> {
    let place = |name: &str| columns.iter().position(|column| column.name == name);
    let places = [
        place("organization_id"),
        place("title"),
        place("description"),
        place("tags"),
    ];
    let of_row = |row: &Record| {
        let values = places.map(|place| place.and_then(|place| row.0.get(place)));
        let [
            Some(Value::Bytes(organization)),
            Some(Value::Text(title)),
            Some(Value::Text(description)),
            Some(Value::Text(tags)),
        ] = values
        else {
            return None;
        };
        let organization = OrganizationId::from_uuid(uuid::Uuid::from_slice(organization).ok()?);
        let tags: Vec<String> = serde_json::from_str(tags).ok()?;
        let tags = tags.iter().map(String::as_str);
        Some(FoundBy::new(organization, [title, description], tags))
    };
    let of_row = |row| of_row(row).ok_or_else(|| strange("an asset has no title, description or tags"));
    rows.iter().map(of_row).collect()
}
