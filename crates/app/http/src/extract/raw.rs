use actix_web::web::Bytes;
use actix_web::{HttpRequest, web};
use tokio::time::timeout;

use super::body::{BodyRules, collect, refuse_early};
use crate::error::{ApiError, REQUEST_TIMEOUT};

/// A request's body as it comes, of whatever type it claims to be.
pub(crate) struct RawBody;

impl RawBody {
    /// Reads up to `limit` bytes.
    ///
    /// # Errors
    ///
    /// When it is larger, or comes slowly, or does not end.
    pub async fn read(request: &HttpRequest, payload: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
        let rules = request.app_data::<BodyRules>().copied().unwrap_or_default();
        let rules = BodyRules { limit, ..rules };
        refuse_early(request.headers(), &rules)?;
        let mut payload = payload.into_inner();
        match timeout(rules.within, collect(&mut payload, rules.limit)).await {
            Ok(read) => read,
            Err(_) => Err(ApiError::new(&REQUEST_TIMEOUT)),
        }
    }
}
