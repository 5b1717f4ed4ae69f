use actix_web::web;
use tenon_jobs::QueueName;
use tenon_kernel::JobId;

use crate::Api;
use crate::cursor::Binding;
use crate::dto::queues::{JobView, JobsQuery, QueuesView};
use crate::dto::{PageView, page};
use crate::extract::{At, Operator, Origin, Query};
use crate::reply::{self, Answer};

/// Count the jobs of every queue; for the operator.
#[utoipa::path(get, path = "/api/queues", tag = "queues", operation_id = "listQueues", security(("bearer" = [])),
    responses((status = 200, description = "Every queue.", body = QueuesView)))]
pub(crate) async fn list(api: web::Data<Api>, _: Operator) -> Answer {
    reply::ok(&QueuesView::of(&api.queues.jobs.counts().await?))
}

/// List the jobs of a queue in a state, the earliest first; for the operator. What is done is not kept.
#[utoipa::path(get, path = "/api/queues/{queue}/jobs", tag = "queues", operation_id = "listJobs",
    params(("queue" = String, Path), JobsQuery), security(("bearer" = [])),
    responses((status = 200, description = "A page.", body = PageView<JobView>)))]
pub(crate) async fn jobs(
    api: web::Data<Api>,
    _: Operator,
    At(queue): At<QueueName>,
    query: Query<JobsQuery>,
) -> Answer {
    let (state, query) = query.0.split()?;
    let binding = Binding::new("jobs").with(queue.as_str()).with(state.as_str());
    let page = api.queues.jobs.list(queue, state, &query.request(&binding)?).await?;
    page::answer(&page, &binding, JobView::of)
}

/// Have a dead job done after all, as if it had never been attempted; for the operator.
#[utoipa::path(post, path = "/api/queues/{queue}/jobs/{job}/retry", tag = "queues", operation_id = "retryJob",
    params(("queue" = String, Path), ("job" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 204, description = "It waits."),
        (status = 409, description = "`job_not_dead`, `job_superseded`")))]
pub(crate) async fn retry(
    api: web::Data<Api>,
    _: Operator,
    At((queue, job)): At<(QueueName, JobId)>,
    origin: Origin,
) -> Answer {
    api.queues.jobs.retry(Some(queue), job, &origin.0).await?;
    reply::no_content()
}

/// Discard a job that is dead or waits; for the operator.
#[utoipa::path(delete, path = "/api/queues/{queue}/jobs/{job}", tag = "queues", operation_id = "discardJob",
    params(("queue" = String, Path), ("job" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 204, description = "It is gone."), (status = 409, description = "`job_running`")))]
pub(crate) async fn discard(
    api: web::Data<Api>,
    _: Operator,
    At((queue, job)): At<(QueueName, JobId)>,
    origin: Origin,
) -> Answer {
    api.queues.jobs.discard(Some(queue), job, &origin.0).await?;
    reply::no_content()
}
