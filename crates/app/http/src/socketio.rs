//! Socket.IO: what `socket.io-client` and its like speak, over the same hub as native sockets, and so with the same rooms, offsets,
//! limits and revocations. The protocol itself is the crate `tenon-socketio`'s.

mod caller;
mod cluster;
mod ear;
mod entrance;
pub(crate) mod packets;
mod recovery;
mod replies;
mod requests;
mod trail;
mod voice;

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use tenon_socketio::{Worker, forbidden, serve};

use cluster::Watchers;
pub(crate) use ear::Ear;
use entrance::Entrance;

use crate::client::{self, Network};
use crate::reply::Answer;
use crate::socket::{credentials, upgrade};
use crate::{Api, ApiError};

/// Rooms, under the names of their events.
const ROOMS: &str = "/";
/// What happens in the organization.
const EVENTS: &str = "/events";
/// Instances and nodes.
const CLUSTER: &str = "/cluster";

/// Where `socket.io-client` looks by default.
pub(crate) const PATHS: [&str; 2] = ["/socket.io/", "/socket.io"];

/// The Socket.IO of a worker, from its first request on.
pub(crate) type WorkersSocketIo = Rc<OnceCell<Rc<Worker<Entrance>>>>;

/// Everything that clients of Socket.IO ask for. It is no part of the OpenAPI document, because it is a protocol of its own.
pub(crate) async fn connect(api: web::Data<Api>, request: HttpRequest, payload: web::Payload) -> Answer {
    if credentials::admit(&api, request.headers()).is_err() {
        return Ok(forbidden());
    }
    if !has_session(&request) {
        count(&api, &request).await?;
    }
    let hub = upgrade::hub(&api, &request)?;
    let cell: &WorkersSocketIo = request
        .app_data()
        .ok_or_else(|| ApiError::internal("the worker has no place for its Socket.IO"))?;
    let worker = Rc::clone(cell.get_or_init(|| {
        let engine = Arc::clone(&api.sockets.engine);
        let entrance = Entrance {
            api: api.clone(),
            hub,
            watchers: Watchers::new(&api),
        };
        Worker::start(engine, Rc::new(entrance))
    }));
    let response: HttpResponse = serve(&worker, &request, payload.into_inner()).await;
    Ok(response)
}

/// Whether it is a request of a session that there is.
fn has_session(request: &HttpRequest) -> bool {
    request.query_string().split('&').any(|pair| pair.starts_with("sid="))
}

/// Counts a connection that is opened. The request says nothing of who opens it.
async fn count(api: &Api, request: &HttpRequest) -> Result<(), ApiError> {
    let settings = &api.settings;
    let address = client::address(request.peer_addr(), request.headers(), &settings.trusted_proxies);
    let key = format!("ip:{}", Network(address));
    let standing = api.limits.take(&settings.connection_quota, &key).await;
    if standing.allowed() {
        Ok(())
    } else {
        Err(ApiError::limited(standing))
    }
}
