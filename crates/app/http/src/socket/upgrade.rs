use std::cell::OnceCell;
use std::rc::Rc;

use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, HttpResponse, web};
use tenon_kernel::Actor;
use tenon_websocket::HandshakeError;

use super::Hub;
use super::credentials::{self, Credentials, PROTOCOL};
use crate::Api;
use crate::error::{Advice, ApiError, ORGANIZATION_REQUIRED, UNAVAILABLE, UPGRADE_REQUIRED};
use crate::extract::Query;
use crate::reply::Answer;

/// The hub of a worker, from its first socket on.
pub(crate) type WorkersHub = Rc<OnceCell<Rc<Hub>>>;

/// Open a socket that speaks `tenon.v1`.
///
/// The token comes as `Authorization: Bearer`, as `?ticket=` (of `POST /api/ws/ticket`), as a subprotocol entry
/// `bearer.<token>` beside `tenon.v1`, or as `?token=` where the installation allows it. Frames are described in docs/websocket.md.
#[utoipa::path(get, path = "/api/ws", tag = "sockets", operation_id = "openSocket", params(Credentials),
    security(("bearer" = [])), responses((status = 101, description = "The socket is open."),
        (status = 403, description = "`origin_not_allowed`, `organization_required`, `api_key_refused`"),
        (status = 426, description = "`upgrade_required`")))]
pub(crate) async fn connect(
    api: web::Data<Api>,
    request: HttpRequest,
    query: Query<Credentials>,
    payload: web::Payload,
) -> Answer {
    let claims = credentials::recognize(&api, &request, &query.0).await?;
    let Actor::Member(member) = claims.actor() else {
        return Err(ApiError::new(&ORGANIZATION_REQUIRED));
    };
    let device = query.0.device()?;
    credentials::admit(&api, request.headers())?;
    tenon_websocket::verify(&request)?;
    if api.sockets.is_draining() {
        return Err(ApiError::new(&UNAVAILABLE).detail("The instance is about to stop: connect again."));
    }
    let hub = hub(&api, &request)?;
    let offered = credentials::protocols(request.headers()).any(|entry| entry == PROTOCOL);
    let protocol = offered.then(|| HeaderValue::from_static(PROTOCOL));
    let limits = api.settings.sockets.limits();
    let open = |link: &Rc<_>| hub.open(link, claims, member, device);
    let response: HttpResponse = tenon_websocket::upgrade(&request, payload.into_inner(), limits, protocol, open)?;
    Ok(response)
}

pub(crate) fn hub(api: &web::Data<Api>, request: &HttpRequest) -> Result<Rc<Hub>, ApiError> {
    let cell: &WorkersHub = request
        .app_data()
        .ok_or_else(|| ApiError::internal("the worker has no place for its hub"))?;
    Ok(Rc::clone(cell.get_or_init(|| Hub::start(api))))
}

impl From<HandshakeError> for ApiError {
    fn from(error: HandshakeError) -> Self {
        Self::new(&UPGRADE_REQUIRED)
            .detail(format!("This is for WebSocket, version 13: {error}."))
            .advising(Advice::Upgrade)
    }
}
