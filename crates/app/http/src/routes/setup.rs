use actix_web::web;

use crate::Api;
use crate::dto::setup::SetupView;
use crate::reply::{Answer, Reply};

/// Tell whether somebody has registered yet, so that a page can offer to be the first.
#[utoipa::path(get, path = "/api/setup", tag = "health", operation_id = "getSetup",
    responses((status = 200, description = "How far the installation is.", body = SetupView)))]
pub(crate) async fn show(api: web::Data<Api>) -> Answer {
    let first_run = api.accounts.is_first_run().await?;
    Ok(Reply::ok(&SetupView { first_run })?.into_response())
}
