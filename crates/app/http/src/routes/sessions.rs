use actix_web::web;
use tenon_kernel::SessionId;

use crate::Api;
use crate::cursor::Binding;
use crate::dto::sessions::{SessionPatch, SessionView};
use crate::dto::{PageQuery, PageView, page};
use crate::extract::{At, Body, IfMatch, Origin, Query, User};
use crate::openapi::headers;
use crate::reply::{self, Answer};

/// List one's own live sessions, newest first.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "auth", operation_id = "listSessions", params(PageQuery),
    security(("bearer" = [])), responses((status = 200, description = "A page.", body = PageView<SessionView>)))]
pub(crate) async fn list(api: web::Data<Api>, user: User, query: Query<PageQuery>) -> Answer {
    let binding = Binding::new("sessions").with(user.0.user.as_bytes());
    let page = api.accounts.sessions(user.0.user, &query.0.request(&binding)?).await?;
    page::answer(&page, &binding, |session| SessionView::of(session, user.0.session))
}

/// End every session of one's own, this one included.
#[utoipa::path(delete, path = "/api/auth/sessions", tag = "auth", operation_id = "deleteSessions",
    security(("bearer" = [])), responses((status = 204, description = "All sessions have ended.")))]
pub(crate) async fn remove_all(api: web::Data<Api>, user: User, origin: Origin) -> Answer {
    api.accounts.end_all_sessions(user.0.user, &origin.0).await?;
    reply::no_content()
}

/// Read one of one's own sessions.
///
/// The entity tag is that of its name; it does not change when the session is used, so there is no 304.
#[utoipa::path(get, path = "/api/auth/sessions/{session}", tag = "auth", operation_id = "getSession",
    params(("session" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 200, description = "The session.", body = SessionView)))]
pub(crate) async fn find(api: web::Data<Api>, user: User, At(session): At<SessionId>) -> Answer {
    let session = api.accounts.session(user.0.user, session).await?;
    reply::tagged(session.version, &SessionView::of(&session, user.0.session))
}

/// Name one of one's own sessions.
#[utoipa::path(patch, path = "/api/auth/sessions/{session}", tag = "auth", operation_id = "changeSession",
    params(("session" = uuid::Uuid, Path), headers::IfMatch), request_body = SessionPatch, security(("bearer" = [])),
    responses((status = 200, description = "The session from now on.", body = SessionView)))]
pub(crate) async fn change(
    api: web::Data<Api>,
    user: User,
    At(session): At<SessionId>,
    condition: IfMatch,
    body: Body<SessionPatch>,
) -> Answer {
    let name = body.value.name()?;
    let rename = async |expected| {
        Ok(api
            .accounts
            .rename_session(user.0.user, session, &name, expected)
            .await?)
    };
    let session = condition.change(rename).await?;
    reply::tagged(session.version, &SessionView::of(&session, user.0.session))
}

/// End one of one's own sessions. Needs no `If-Match`: revoking must not fail on a lost race.
#[utoipa::path(delete, path = "/api/auth/sessions/{session}", tag = "auth", operation_id = "deleteSession",
    params(("session" = uuid::Uuid, Path)), security(("bearer" = [])),
    responses((status = 204, description = "The session has ended.")))]
pub(crate) async fn remove(api: web::Data<Api>, user: User, At(session): At<SessionId>, origin: Origin) -> Answer {
    api.accounts.end_session(user.0.user, session, &origin.0).await?;
    reply::no_content()
}
