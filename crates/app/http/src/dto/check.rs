use std::borrow::Cow;
use std::str::FromStr;

use tenon_kernel::{Id, Invalid, InvalidId};

use crate::error::{ApiError, FieldError, INVALID_PARAMETER, Kind, VALIDATION_FAILED};

/// Parses the fields of a request and collects all that is wrong with them.
pub(crate) struct Check {
    kind: &'static Kind,
    wrong: Vec<FieldError>,
}

impl Check {
    /// Of a body.
    pub fn body() -> Self {
        Self {
            kind: &VALIDATION_FAILED,
            wrong: Vec::new(),
        }
    }

    /// Of a query.
    pub fn query() -> Self {
        Self {
            kind: &INVALID_PARAMETER,
            wrong: Vec::new(),
        }
    }

    /// A field that must be there.
    pub fn required<V, T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, Invalid>,
    ) -> Option<T> {
        let missing = || Invalid::new("required", "Must be there.");
        self.note(field, value.ok_or_else(missing).and_then(parse))
    }

    /// A field that may be missing.
    pub fn optional<V, T>(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        value: Option<V>,
        parse: impl FnOnce(V) -> Result<T, Invalid>,
    ) -> Option<T> {
        value.and_then(|value| self.note(field, parse(value)))
    }

    /// A field of a patch that may be missing but not taken away.
    pub fn kept<V, T>(
        &mut self,
        field: &'static str,
        value: Option<Option<V>>,
        parse: impl FnOnce(V) -> Result<T, Invalid>,
    ) -> Option<T> {
        let null = || Invalid::new("not_nullable", "Must not be null.");
        value.and_then(|value| self.note(field, value.ok_or_else(null).and_then(parse)))
    }

    /// A field of a patch that may be missing, or taken away with `null`.
    pub fn nullable<V, T>(
        &mut self,
        field: &'static str,
        value: Option<Option<V>>,
        parse: impl FnOnce(V) -> Result<T, Invalid>,
    ) -> Option<Option<T>> {
        match value? {
            None => Some(None),
            Some(value) => self.note(field, parse(value)).map(Some),
        }
    }

    /// Adds something that is wrong.
    pub fn note<T>(&mut self, field: impl Into<Cow<'static, str>>, parsed: Result<T, Invalid>) -> Option<T> {
        parsed
            .map_err(|invalid| self.wrong.push(FieldError::new(field, invalid)))
            .ok()
    }

    /// What `build` makes of the parsed fields, unless something is wrong with them.
    pub fn finish<T>(self, build: impl FnOnce() -> Option<T>) -> Result<T, ApiError> {
        if !self.wrong.is_empty() {
            return Err(ApiError::new(self.kind).with_fields(self.wrong));
        }
        build().ok_or_else(|| ApiError::internal("a field that was not refused is missing"))
    }
}

/// Reads an id of a body or a query.
pub(crate) fn id<T>(text: impl AsRef<str>) -> Result<Id<T>, Invalid> {
    Id::from_str(text.as_ref()).map_err(|error: InvalidId| error.into())
}
