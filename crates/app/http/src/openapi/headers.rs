//! The request headers that operations take.

use utoipa::IntoParams;

/// Which version a change is for.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header")]
pub(crate) struct IfMatch {
    /// The `ETag` of the version that was read, a list of such, or `*` for any version.
    #[param(
        rename = "If-Match",
        example = "\"v3\"",
        pattern = r#"^(\*|(W/)?"[!#-~]*"([ \t]*,[ \t]*(W/)?"[!#-~]*")*)$"#
    )]
    if_match: String,
}

/// Which version the client has.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header")]
pub(crate) struct IfNoneMatch {
    /// The `ETag` of a version that the client has; the answer is 304 if it is the current one.
    #[param(rename = "If-None-Match", example = "\"v3\"")]
    if_none_match: Option<String>,
}

/// What makes a creation repeatable.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes a header")]
pub(crate) struct IdempotencyKey {
    /// Chosen by the client for one creation. For 24 hours the same key with the same body gives the same answer, marked
    /// with `Idempotent-Replayed: true`.
    #[param(
        rename = "Idempotency-Key",
        example = "8e03978e-40d5-43dd-bc93-6894a57f9324",
        min_length = 1,
        max_length = 255,
        pattern = "^[!-~]+$"
    )]
    idempotency_key: Option<String>,
}
