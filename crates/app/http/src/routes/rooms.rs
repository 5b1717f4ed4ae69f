use actix_web::web;
use tenon_kernel::OrganizationId;
use tenon_rooms::Room;

use crate::Api;
use crate::cursor::Binding;
use crate::dto::activity::ActivityView;
use crate::dto::rooms::{HistoryQuery, HistoryView, PresenceView};
use crate::dto::{PageQuery, PageView, page};
use crate::extract::{At, Holder, Query, ReadRooms};
use crate::reply::{self, Answer};

/// List what happened in the organization, the latest first. The same items come live in its room.
#[utoipa::path(get, path = "/api/orgs/{organization}/activity", tag = "organizations", operation_id = "listActivity",
    params(("organization" = uuid::Uuid, Path), PageQuery), security(("bearer" = []), ("apiKey" = ["rooms:read"])),
    responses((status = 200, description = "A page.", body = PageView<ActivityView>)))]
pub(crate) async fn activity(
    api: web::Data<Api>,
    user: Holder<ReadRooms>,
    At(organization): At<OrganizationId>,
    query: Query<PageQuery>,
) -> Answer {
    let binding = Binding::new("activity").with(organization.as_bytes());
    let page = api
        .feed
        .list(&user.0, organization, &query.0.request(&binding)?)
        .await?;
    page::answer(&page, &binding, ActivityView::of)
}

/// Read what happened in a room: the latest events, or those after a position.
#[utoipa::path(get, path = "/api/rooms/{room}/history", tag = "rooms", operation_id = "getRoomHistory",
    params(("room" = String, Path, description = "As sockets name it."), HistoryQuery),
    security(("bearer" = []), ("apiKey" = ["rooms:read"])),
    responses((status = 200, description = "Events that are kept.", body = HistoryView)))]
pub(crate) async fn history(
    api: web::Data<Api>,
    user: Holder<ReadRooms>,
    At(room): At<Room>,
    query: Query<HistoryQuery>,
) -> Answer {
    let (since, limit) = query.0.parse()?;
    let past = api.rooms.history(&user.0, &room, since, limit).await?;
    reply::ok(&HistoryView::of(&room, &past))
}

/// Read who is in a room.
#[utoipa::path(get, path = "/api/rooms/{room}/presence", tag = "rooms", operation_id = "getRoomPresence",
    params(("room" = String, Path, description = "As sockets name it.")),
    security(("bearer" = []), ("apiKey" = ["rooms:read"])),
    responses((status = 200, description = "Those with an open socket in the room.", body = PresenceView)))]
pub(crate) async fn presence(api: web::Data<Api>, user: Holder<ReadRooms>, At(room): At<Room>) -> Answer {
    let present = api.rooms.present(&user.0, &room).await?;
    reply::ok(&PresenceView::of(&room, &present))
}
