use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::{ApiError, INVALID_ID};

/// The ids in the path, in their order: `At(asset): At<AssetId>`, `At((org, site)): At<(OrganizationId, SiteId)>`.
pub(crate) struct At<T>(pub T);

/// One or two ids.
pub(crate) trait Ids: Sized {
    fn parse<'a>(segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError>;
}

impl<T> Ids for tenon_kernel::Id<T> {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        id(segments.next())
    }
}

impl<A, B> Ids for (tenon_kernel::Id<A>, tenon_kernel::Id<B>) {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        Ok((id(segments.next())?, id(segments.next())?))
    }
}

fn id<T: FromStr>(segment: Option<(&str, &str)>) -> Result<T, ApiError> {
    let (name, text) = segment.ok_or_else(|| ApiError::internal("the route has fewer ids than its handler takes"))?;
    let invalid = |_| ApiError::new(&INVALID_ID).detail(format!("`{name}` in the path must be a UUID."));
    text.parse().map_err(invalid)
}

impl<T: Ids> FromRequest for At<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(T::parse(request.match_info().iter()).map(Self))
    }
}
