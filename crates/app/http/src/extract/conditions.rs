use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName};
use actix_web::{FromRequest, HttpRequest};
use tenon_kernel::{Expected, Version};

use crate::error::{ApiError, INVALID_IF_MATCH, PRECONDITION_REQUIRED};
use crate::etag::{self, Condition, Tag};

/// The versions that a change may be made to (RFC 9110, section 13.1.1). A request without `If-Match` is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IfMatch {
    first: Expected,
    others: Vec<Version>,
}

impl IfMatch {
    fn of(request: &HttpRequest) -> Result<Self, ApiError> {
        let text = joined(request, &header::IF_MATCH).ok_or_else(|| ApiError::new(&PRECONDITION_REQUIRED))?;
        Self::parse(&text).ok_or_else(|| ApiError::new(&INVALID_IF_MATCH))
    }

    fn parse(text: &str) -> Option<Self> {
        let mut others: Vec<Version> = match etag::parse(text)? {
            Condition::Any => {
                let first = Expected::Any;
                return Some(Self {
                    first,
                    others: Vec::new(),
                });
            }
            // A weak tag never matches here (RFC 9110, section 8.8.3.2), nor does one that no resource has.
            Condition::Tags(tags) => tags
                .into_iter()
                .filter(|tag| !tag.weak)
                .filter_map(etag::Tag::version)
                .collect(),
        };
        others.sort();
        let first = Expected::Exactly(others.pop().unwrap_or(Version::new(0)));
        Some(Self { first, others })
    }

    /// Makes the change to the version that the resource has, if it is one of those given. Who gives any has it made to whatever others
    /// leave, as often as they are faster, within the time that a request has.
    pub async fn change<T>(&self, mut change: impl AsyncFnMut(Expected) -> Result<T, ApiError>) -> Result<T, ApiError> {
        let mut expected = self.first;
        loop {
            let error = match change(expected).await {
                Ok(changed) => return Ok(changed),
                Err(error) => error,
            };
            expected = match error.current_version() {
                Some(_) if self.first == Expected::Any => Expected::Any,
                Some(current) if self.others.contains(&current) => Expected::Exactly(current),
                _ => return Err(error),
            };
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// The versions that the client has already (RFC 9110, section 13.1.2). A malformed header is as none.
#[derive(Debug)]
pub(crate) struct IfNoneMatch(Option<String>);

impl IfNoneMatch {
    /// Whether the client has this version.
    pub fn has(&self, version: Version) -> bool {
        self.names(|tag| tag.version() == Some(version))
    }

    /// Whether the client has what has this tag, given without its quotation marks.
    pub fn has_tagged(&self, opaque: &str) -> bool {
        self.names(|tag| tag.opaque == opaque)
    }

    fn names(&self, is_it: impl Fn(Tag<'_>) -> bool) -> bool {
        match self.0.as_deref().and_then(etag::parse) {
            Some(Condition::Any) => true,
            Some(Condition::Tags(tags)) => tags.into_iter().any(is_it),
            None => false,
        }
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(joined(request, &header::IF_NONE_MATCH))))
    }
}

/// All lines of a list header as one; `None` when there is none. What is not ASCII is no list.
fn joined(request: &HttpRequest, name: &HeaderName) -> Option<String> {
    let lines: Vec<&str> = request
        .headers()
        .get_all(name)
        .map(|value| value.to_str().unwrap_or("?"))
        .collect();
    (!lines.is_empty()).then(|| lines.join(","))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn if_match(lines: &[&str]) -> Result<IfMatch, &'static str> {
        let request = lines.iter().fold(TestRequest::patch(), |request, line| {
            request.append_header((header::IF_MATCH, *line))
        });
        IfMatch::of(&request.to_http_request()).map_err(|error| error.kind().code)
    }

    fn exactly(version: i64, others: &[i64]) -> IfMatch {
        let others = others.iter().copied().map(Version::new).collect();
        let first = Expected::Exactly(Version::new(version));
        IfMatch { first, others }
    }

    #[test]
    fn a_change_needs_a_well_formed_if_match() {
        assert_eq!(if_match(&[]), Err("precondition_required"));
        for text in ["", "v1", "\"v1", "\"v1\" \"v2\"", "**"] {
            assert_eq!(if_match(&[text]), Err("invalid_if_match"), "{text}");
        }
    }

    #[test]
    fn stars_tags_and_lists_are_accepted() {
        assert_eq!(if_match(&["*"]).unwrap().first, Expected::Any);
        assert_eq!(if_match(&["\"v3\""]), Ok(exactly(3, &[])));
        assert_eq!(if_match(&["\"v3\", \"v7\"", "\"v5\""]), Ok(exactly(7, &[3, 5])));
    }

    #[test]
    fn weak_and_foreign_tags_match_nothing() {
        assert_eq!(if_match(&["W/\"v3\", \"abc\""]), Ok(exactly(0, &[])));
    }

    #[actix_web::test]
    async fn a_list_is_tried_against_the_version_that_the_resource_has() {
        let change = |current: Version| {
            async move |expected: Expected| match expected.allows(current) {
                true => Ok(expected),
                false => Err(ApiError::stale(current)),
            }
        };
        let list = if_match(&["\"v3\", \"v7\""]).unwrap();
        let done = list.change(change(Version::new(3))).await.unwrap();
        assert_eq!(done, Expected::Exactly(Version::new(3)));
        let error = list.change(change(Version::new(4))).await.unwrap_err();
        assert_eq!(error.current_version(), Some(Version::new(4)));
    }

    #[actix_web::test]
    async fn any_version_is_changed_however_often_others_are_faster() {
        let mut others = 3;
        let change = async |expected| match others {
            0 => Ok(expected),
            _ => {
                others -= 1;
                Err(ApiError::stale(Version::new(7)))
            }
        };
        assert_eq!(if_match(&["*"]).unwrap().change(change).await.unwrap(), Expected::Any);
    }

    #[test]
    fn weak_tags_tell_what_the_client_has() {
        let known = |text: &'static str| IfNoneMatch(Some(text.to_owned())).has(Version::new(3));
        assert!(known("W/\"v3\"") && known("\"v1\", \"v3\"") && known("*"));
        assert!(!known("\"v2\"") && !known("v3") && !IfNoneMatch(None).has(Version::new(3)));
    }
}
