use std::error::Error;

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use tenon_kernel::Unavailable;

/// Why a piece of work in a transaction ended without being committed.
#[derive(Debug)]
pub enum Fault<E> {
    /// The domain refuses.
    Refused(E),
    /// The database failed.
    Failed(DieselError),
}

impl<E> From<DieselError> for Fault<E> {
    fn from(error: DieselError) -> Self {
        Self::Failed(error)
    }
}

impl<E: From<Unavailable>> Fault<E> {
    /// The error that the caller of the port gets.
    pub fn into_error(self) -> E {
        match self {
            Self::Refused(error) => error,
            Self::Failed(error) => unavailable(error).into(),
        }
    }
}

impl<E> Fault<E> {
    /// The same, with what the violation of a foreign key means.
    pub fn or_missing(self, meaning: E) -> Self {
        match self {
            Self::Failed(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _)) => {
                Self::Refused(meaning)
            }
            other => other,
        }
    }

    /// The same in the words of another operation.
    pub fn map<F>(self, meaning: impl FnOnce(E) -> F) -> Fault<F> {
        match self {
            Self::Refused(error) => Fault::Refused(meaning(error)),
            Self::Failed(error) => Fault::Failed(error),
        }
    }
}

/// The database did not do its part.
pub fn unavailable(source: impl Into<Box<dyn Error + Send + Sync>>) -> Unavailable {
    Unavailable::new("database", source)
}

/// Turns the violation of a foreign key into what it means for the statement that violated it.
///
/// SQLite does not say which key it was, so a statement must be able to violate only keys that mean the same.
pub fn reference_missing<T, E>(result: Result<T, DieselError>, meaning: E) -> Result<T, Fault<E>> {
    violation(result, &DatabaseErrorKind::ForeignKeyViolation, meaning)
}

/// Turns the violation of a unique key into what it means for the statement that violated it.
pub fn already_there<T, E>(result: Result<T, DieselError>, meaning: E) -> Result<T, Fault<E>> {
    violation(result, &DatabaseErrorKind::UniqueViolation, meaning)
}

/// The name of the foreign key that was violated. SQLite tells none.
pub fn violated_key<T>(result: &Result<T, DieselError>) -> Option<&str> {
    match result {
        Err(DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, about)) => about.constraint_name(),
        _ => None,
    }
}

fn violation<T, E>(result: Result<T, DieselError>, expected: &DatabaseErrorKind, meaning: E) -> Result<T, Fault<E>> {
    result.map_err(|error| match error {
        DieselError::DatabaseError(kind, _) if std::mem::discriminant(&kind) == std::mem::discriminant(expected) => {
            Fault::Refused(meaning)
        }
        other => Fault::Failed(other),
    })
}
