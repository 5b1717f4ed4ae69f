use actix_web::http::StatusCode;
use actix_web::web;
use tenon_kernel::UserId;
use tenon_messages::DeviceId;
use tenon_messages::keys::Registered;

use crate::Api;
use crate::dto::devices::{ClaimBody, ClaimView, DevicesView, NewDeviceBody, OwnDeviceView, OwnDevicesView};
use crate::dto::prekeys::{StockedView, SupplyView, UploadBody};
use crate::extract::{At, Body, User};
use crate::reply::{self, Answer, Reply};

/// List one's own devices.
#[utoipa::path(get, path = "/api/devices", tag = "devices", operation_id = "listDevices", security(("bearer" = [])),
    responses((status = 200, description = "The devices.", body = OwnDevicesView)))]
pub(crate) async fn list(api: web::Data<Api>, user: User) -> Answer {
    let devices = api.keys.devices(user.0.user).await?;
    reply::ok(&OwnDevicesView::of(&devices))
}

/// Register a device. With keys of a device of one's own, it is that one, and takes the prekeys.
#[utoipa::path(post, path = "/api/devices", tag = "devices", operation_id = "createDevice",
    request_body = NewDeviceBody, security(("bearer" = [])),
    responses((status = 201, description = "The device.", body = OwnDeviceView),
        (status = 200, description = "The device, which was there.", body = OwnDeviceView),
        (status = 409, description = "`identity_key_taken`, `too_many_devices`, `prekey_conflict`, `too_many_prekeys`"),
        (status = 422, description = "`invalid_signature`")))]
pub(crate) async fn create(api: web::Data<Api>, user: User, body: Body<NewDeviceBody>) -> Answer {
    let registered = api.keys.register(user.0.user, &body.value.device()?).await?;
    match registered {
        Registered::Now(device) => {
            Ok(Reply::sized(StatusCode::CREATED, 1024, &OwnDeviceView::of(&device))?.into_response())
        }
        Registered::Before(device) => reply::ok(&OwnDeviceView::of(&device)),
    }
}

/// Remove one of one's own devices. Its number and its identity key come to no other.
#[utoipa::path(delete, path = "/api/devices/{device}", tag = "devices", operation_id = "deleteDevice",
    params(("device" = u32, Path)), security(("bearer" = [])),
    responses((status = 204, description = "It is there no more."), (status = 404, description = "`device_not_found`")))]
pub(crate) async fn remove(api: web::Data<Api>, user: User, At(device): At<DeviceId>) -> Answer {
    api.keys.remove(user.0.user, device).await?;
    reply::no_content()
}

/// Read what one of one's own devices has left.
#[utoipa::path(get, path = "/api/devices/{device}/prekeys", tag = "devices", operation_id = "getPrekeys",
    params(("device" = u32, Path)), security(("bearer" = [])),
    responses((status = 200, description = "How many.", body = SupplyView),
        (status = 404, description = "`device_not_found`")))]
pub(crate) async fn supply(api: web::Data<Api>, user: User, At(device): At<DeviceId>) -> Answer {
    let supply = api.keys.supply(user.0.user, device).await?;
    reply::ok(&SupplyView::of(supply))
}

/// Bring prekeys of one of one's own devices. What is there with the same id and key has no effect, claimed or not.
#[utoipa::path(post, path = "/api/devices/{device}/prekeys", tag = "devices", operation_id = "createPrekeys",
    params(("device" = u32, Path)), request_body = UploadBody, security(("bearer" = [])),
    responses((status = 200, description = "What there is from now on.", body = StockedView),
        (status = 404, description = "`device_not_found`"),
        (status = 409, description = "`prekey_conflict`, `too_many_prekeys`: nothing was taken."),
        (status = 422, description = "`invalid_signature`")))]
pub(crate) async fn stock(api: web::Data<Api>, user: User, At(device): At<DeviceId>, body: Body<UploadBody>) -> Answer {
    let stocked = api.keys.stock(user.0.user, device, &body.value.upload()?).await?;
    reply::ok(&StockedView::of(&stocked))
}

/// List the devices of somebody in one's organization. Claims nothing.
#[utoipa::path(get, path = "/api/users/{user}/devices", tag = "devices", operation_id = "listDevicesOfUser",
    params(("user" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The devices.", body = DevicesView),
        (status = 404, description = "`user_not_found`")))]
pub(crate) async fn of_user(api: web::Data<Api>, user: User, At(other): At<UserId>) -> Answer {
    let devices = api.keys.devices_of(&user.0, other).await?;
    reply::ok(&DevicesView::of(other, &devices))
}

/// Claim a prekey of each device of somebody in one's organization, or of the one. A one-time prekey is handed out once.
#[utoipa::path(post, path = "/api/keys/claim", tag = "keys", operation_id = "claimPrekeys",
    request_body = ClaimBody, security(("bearer" = [])),
    responses((status = 200, description = "The devices with a prekey each.", body = ClaimView),
        (status = 404, description = "`user_not_found`, `device_not_found`")))]
pub(crate) async fn claim(api: web::Data<Api>, user: User, body: Body<ClaimBody>) -> Answer {
    let (other, device) = body.value.parse()?;
    let claimed = api.keys.claim(&user.0, other, device).await?;
    reply::ok(&ClaimView::of(other, &claimed))
}
