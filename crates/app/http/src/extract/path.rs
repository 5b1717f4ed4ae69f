use std::future::{Ready, ready};
use std::str::FromStr;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use tenon_jobs::QueueName;
use tenon_messages::DeviceId;
use tenon_rooms::Room;

use crate::error::{ApiError, INVALID_ID, INVALID_ROOM, QUEUE_NOT_FOUND};

/// The ids in the path, in their order: `At(asset): At<AssetId>`, `At((org, site)): At<(OrganizationId, SiteId)>`; or the room,
/// the device or the queue that it names.
pub(crate) struct At<T>(pub T);

/// One or two ids, or a room, or a device, or a queue and perhaps an id.
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

impl Ids for Room {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        let (_, text) = segments.next().ok_or_else(missing)?;
        Self::parse(text).map_err(|invalid| ApiError::new(&INVALID_ROOM).detail(invalid.message))
    }
}

impl Ids for DeviceId {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        let (name, text) = segments.next().ok_or_else(missing)?;
        let number = text.parse().ok().and_then(|number| Self::new(number).ok());
        number.ok_or_else(|| {
            ApiError::new(&INVALID_ID).detail(format!("`{name}` in the path must be the number of a device."))
        })
    }
}

impl Ids for QueueName {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        let (_, text) = segments.next().ok_or_else(missing)?;
        text.parse().map_err(|_| ApiError::new(&QUEUE_NOT_FOUND))
    }
}

impl<T> Ids for (QueueName, tenon_kernel::Id<T>) {
    fn parse<'a>(mut segments: impl Iterator<Item = (&'a str, &'a str)>) -> Result<Self, ApiError> {
        Ok((QueueName::parse(segments.by_ref())?, id(segments.next())?))
    }
}

fn missing() -> ApiError {
    ApiError::internal("the route has fewer ids than its handler takes")
}

fn id<T: FromStr>(segment: Option<(&str, &str)>) -> Result<T, ApiError> {
    let (name, text) = segment.ok_or_else(missing)?;
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
