use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use futures_util::FutureExt;
use tokio::time::timeout;

use crate::error::{ApiError, INTERNAL, TIMEOUT};

/// Serves a request within a time. A panic is an answer like any other failure, and the worker lives on.
pub(super) async fn shielded<S, B>(service: &S, request: ServiceRequest, within: Duration) -> ServiceResponse<BoxBody>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let kept = request.request().clone();
    let call = AssertUnwindSafe(async { service.call(request).await }).catch_unwind();
    let error: Error = match timeout(within, call).await {
        Ok(Ok(Ok(response))) => return response.map_into_boxed_body(),
        Ok(Ok(Err(error))) => error,
        Ok(Err(panic)) => ApiError::new(&INTERNAL).because(message(panic.as_ref())).into(),
        Err(elapsed) => ApiError::new(&TIMEOUT).because(elapsed).into(),
    };
    ServiceResponse::from_err(error, kept)
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", text.unwrap_or("no message"))
}
