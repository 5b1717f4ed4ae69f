use actix_web::web;

use crate::Api;
use crate::dto::cluster::ClusterView;
use crate::extract::Operator;
use crate::reply::{self, Answer};

/// Show the instances that are there and the configured nodes; for the operator.
#[utoipa::path(get, path = "/api/cluster", tag = "cluster", operation_id = "showCluster", security(("bearer" = [])),
    responses((status = 200, description = "What the instance that answers knows.", body = ClusterView)))]
pub(crate) async fn show(api: web::Data<Api>, _: Operator) -> Answer {
    reply::ok(&ClusterView::of(&api.cluster.snapshot()))
}
