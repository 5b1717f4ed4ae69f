use std::time::Duration;

use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::credentials;
use crate::Api;
use crate::error::{ApiError, TOKEN_MISSING};
use crate::extract::User;
use crate::middleware::bearer;
use crate::reply::{self, Answer};

const LIFE: Duration = Duration::from_secs(30);

/// A ticket.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TicketView {
    /// For `GET /api/ws?ticket=`, once.
    ticket: String,
    /// In seconds.
    #[schema(example = 30)]
    expires_in: u64,
}

/// Get a ticket with which a browser opens one socket, so that no token stands in an address.
#[utoipa::path(post, path = "/api/ws/ticket", tag = "sockets", operation_id = "createTicket",
    security(("bearer" = [])), responses((status = 200, description = "Good once, for 30 seconds.", body = TicketView)))]
pub(crate) async fn create(api: web::Data<Api>, _: User, request: HttpRequest) -> Answer {
    let token = bearer(request.headers()).ok_or_else(|| ApiError::new(&TOKEN_MISSING))?;
    let ticket = credentials::issue(&api, token, LIFE).await?;
    reply::ok(&TicketView {
        ticket,
        expires_in: LIFE.as_secs(),
    })
}
