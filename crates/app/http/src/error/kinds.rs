use actix_web::http::StatusCode;

/// A kind of failure. Its code is stable and part of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    status: u16,
    /// In snake case; with dashes it ends the problem's `type`.
    pub code: &'static str,
    /// The same for all failures of the kind.
    pub title: &'static str,
    /// What to say when there is nothing particular to say.
    pub detail: &'static str,
}

impl Kind {
    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The kind of a failure that the framework answered by itself.
    pub(crate) fn of(status: StatusCode) -> &'static Self {
        let generic = [
            &NOT_FOUND,
            &METHOD_NOT_ALLOWED,
            &REQUEST_TIMEOUT,
            &BODY_TOO_LARGE,
            &UNSUPPORTED_MEDIA_TYPE,
            &UNAVAILABLE,
        ];
        let found = generic.into_iter().find(|kind| kind.status == status.as_u16());
        found.unwrap_or(if status.is_client_error() {
            &BAD_REQUEST
        } else {
            &INTERNAL
        })
    }
}

macro_rules! kinds {
    ($($name:ident: $status:literal $code:literal, $title:literal, $detail:literal;)*) => {
        $(pub(crate) static $name: Kind = Kind { status: $status, code: $code, title: $title, detail: $detail };)*

        /// Every kind of failure, for documentation.
        pub static KINDS: &[&Kind] = &[$(&$name),*];
    };
}

kinds! {
    BAD_REQUEST: 400 "bad_request", "Bad request", "The request could not be understood.";
    MALFORMED_JSON: 400 "malformed_json", "Malformed JSON", "The body is not JSON.";
    INCOMPLETE_BODY: 400 "incomplete_body", "Incomplete body", "The body ended before it was complete.";
    UNKNOWN_FIELD: 400 "unknown_field", "Unknown field", "The body has a field that does not exist.";
    VALIDATION_FAILED: 400 "validation_failed", "Validation failed", "Some fields are invalid; see `fields`.";
    INVALID_PARAMETER: 400 "invalid_parameter", "Invalid parameter", "Some query parameters are invalid; see `fields`.";
    UNKNOWN_PARAMETER: 400 "unknown_parameter", "Unknown parameter", "The query has a parameter that does not exist.";
    INVALID_CURSOR: 400 "invalid_cursor", "Invalid cursor",
        "The cursor was not made by this listing with these filters and this order.";
    INVALID_ID: 400 "invalid_id", "Invalid id", "An id in the path is not a UUID.";
    INVALID_ROOM: 400 "invalid_room", "Invalid room", "The path does not name a room.";
    INVALID_IF_MATCH: 400 "invalid_if_match", "Invalid If-Match", "If-Match must be `*` or a list of entity tags.";
    INVALID_IDEMPOTENCY_KEY: 400 "invalid_idempotency_key", "Invalid Idempotency-Key",
        "Idempotency-Key must be given once and have 1 to 255 visible ASCII characters.";
    INVALID_VALIDATION_TOKEN: 400 "invalid_validation_token", "Invalid validation token",
        "`validationToken` must be there once, with 1 to 2048 bytes of text.";
    TOKEN_MISSING: 401 "token_missing", "Authentication token required",
        "Send an access token: `Authorization: Bearer <token>`.";
    TOKEN_INVALID: 401 "token_invalid", "Invalid or expired token", "The access token is not valid.";
    INVALID_CREDENTIALS: 401 "invalid_credentials", "Invalid credentials", "The email address or the password is wrong.";
    REFRESH_TOKEN_INVALID: 401 "refresh_token_invalid", "Invalid or expired refresh token",
        "The refresh token is unknown, has expired, or its session has ended. Sign in again.";
    REFRESH_TOKEN_REUSED: 401 "refresh_token_reused", "Refresh token used twice",
        "The refresh token was used before, so its session has ended. Sign in again.";
    INSUFFICIENT_ROLE: 403 "insufficient_role", "Insufficient role", "Your role in the organization does not allow this.";
    ORGANIZATION_REQUIRED: 403 "organization_required", "Organization required",
        "The operator belongs to no organization; sign in as one of its members.";
    OPERATOR_REQUIRED: 403 "operator_required", "Operator required", "Only the operator of the installation may.";
    SCOPE_MISSING: 403 "scope_missing", "Scope missing", "The API key was made for other things.";
    API_KEY_REFUSED: 403 "api_key_refused", "API key refused", "This takes a person who has signed in, and no API key.";
    ACCOUNT_DISABLED: 403 "account_disabled", "Account disabled",
        "The operator of the installation has disabled this account.";
    ORIGIN_NOT_ALLOWED: 403 "origin_not_allowed", "Origin not allowed",
        "Pages of this origin may not open sockets here.";
    WRONG_PASSWORD: 403 "wrong_password", "Wrong password", "The current password is wrong.";
    OTHER_ADDRESS: 403 "invitation_for_other_address", "Invitation for another address",
        "The invitation is for another email address than yours.";
    NOT_FOUND: 404 "not_found", "Not found", "There is nothing at this path.";
    ASSET_NOT_FOUND: 404 "asset_not_found", "Asset not found", "You see no such asset in this organization.";
    ORGANIZATION_NOT_FOUND: 404 "organization_not_found", "Organization not found",
        "There is no such organization, or your token is for another one.";
    ROOM_NOT_FOUND: 404 "room_not_found", "Room not found", "There is no such room.";
    USER_NOT_FOUND: 404 "user_not_found", "User not found", "There is no account with this id.";
    MEMBER_NOT_FOUND: 404 "member_not_found", "Member not found", "The organization has no such member.";
    INVITATION_NOT_FOUND: 404 "invitation_not_found", "Invitation not found",
        "There is no such open invitation: it was used, withdrawn, or has expired.";
    SITE_NOT_FOUND: 404 "site_not_found", "Site not found", "The organization has no such site.";
    UNIT_NOT_FOUND: 404 "unit_not_found", "Unit not found", "The organization has no such unit.";
    SESSION_NOT_FOUND: 404 "session_not_found", "Session not found", "You have no such session, or it has ended.";
    CONVERSATION_NOT_FOUND: 404 "conversation_not_found", "Conversation not found",
        "You have exchanged no messages with this user in the organization.";
    PUBLIC_KEY_NOT_FOUND: 404 "public_key_not_found", "Public key not found", "There is no simple public key.";
    DEVICE_NOT_FOUND: 404 "device_not_found", "Device not found", "There is no such device, or it was removed.";
    GRAPH_SUBSCRIPTION_NOT_FOUND: 404 "graph_subscription_not_found", "Graph subscription not found",
        "The organization has no such subscription to Microsoft Graph.";
    NOTIFICATION_NOT_FOUND: 404 "notification_not_found", "Notification not found", "You see no such notification.";
    CREDENTIAL_NOT_FOUND: 404 "credential_not_found", "Credential not found", "The organization has no such credential.";
    API_KEY_NOT_FOUND: 404 "api_key_not_found", "API key not found",
        "The organization has no such API key, or it was revoked.";
    QUEUE_NOT_FOUND: 404 "queue_not_found", "Queue not found", "There is no such queue.";
    JOB_NOT_FOUND: 404 "job_not_found", "Job not found", "The queue has no such job: it may be done.";
    METHOD_NOT_ALLOWED: 405 "method_not_allowed", "Method not allowed", "The path has other methods; see `Allow`.";
    REQUEST_TIMEOUT: 408 "request_timeout", "Request timeout", "The body did not arrive in time.";
    EMAIL_TAKEN: 409 "email_taken", "Email taken", "An account has this email address. Sign in instead.";
    LAST_OWNER: 409 "last_owner", "Last owner", "The organization needs an owner: name another one first.";
    SITE_IN_USE: 409 "site_in_use", "Site in use", "Units or assets are in the site; move or delete them first.";
    UNIT_IN_USE: 409 "unit_in_use", "Unit in use", "Assets are in the unit; move or delete them first.";
    CREDENTIAL_IN_USE: 409 "credential_in_use", "Credential in use",
        "A subscription works with the credential; delete it first, or replace the credential.";
    ALREADY_MEMBER: 409 "already_member", "Already a member", "You belong to the organization already.";
    IDENTITY_KEY_TAKEN: 409 "identity_key_taken", "Identity key taken",
        "Another device has this identity key, or had it: make another one.";
    TOO_MANY_DEVICES: 409 "too_many_devices", "Too many devices", "A user has at most 20 devices: remove one first.";
    JOB_NOT_DEAD: 409 "job_not_dead", "Job not dead", "The job waits or runs, so there is nothing to retry.";
    JOB_SUPERSEDED: 409 "job_superseded", "Job superseded",
        "Another job for the same thing waits or runs: discard this one.";
    JOB_RUNNING: 409 "job_running", "Job running", "A worker is doing the job.";
    PREKEY_CONFLICT: 409 "prekey_conflict", "Prekey conflict",
        "An id stands for another key already, or a key has another id. Nothing was taken.";
    TOO_MANY_PREKEYS: 409 "too_many_prekeys", "Too many prekeys",
        "A device has at most 1,000 one-time prekeys that nobody claimed. Nothing was taken.";
    GRAPH_NOT_CONFIGURED: 409 "graph_not_configured", "Graph not configured",
        "The operator has not said where Microsoft Graph reaches this installation: GRAPH_WEBHOOK_URL.";
    NOT_QUARANTINED: 409 "not_quarantined", "Not in quarantine", "The notification is not in quarantine.";
    NOTIFICATION_FORGOTTEN: 409 "notification_forgotten", "Notification forgotten",
        "What was posted is kept no longer, so that it cannot be judged again.";
    IDEMPOTENCY_IN_PROGRESS: 409 "idempotency_in_progress", "Request in progress",
        "A request with this Idempotency-Key is still running; ask again for its answer.";
    VERSION_MISMATCH: 412 "version_mismatch", "Version mismatch",
        "The resource has changed: its current entity tag is in `ETag`. Read it again, then repeat the change.";
    BODY_TOO_LARGE: 413 "body_too_large", "Body too large", "The body is larger than what is accepted.";
    UNSUPPORTED_MEDIA_TYPE: 415 "unsupported_media_type", "Unsupported media type",
        "Send `application/json` or `application/x-www-form-urlencoded`, in UTF-8.";
    UNSUPPORTED_ENCODING: 415 "unsupported_encoding", "Unsupported encoding",
        "Compressed bodies are not accepted: leave out Content-Encoding.";
    INVALID_SIGNATURE: 422 "invalid_signature", "Invalid signature",
        "The identity key did not sign some of the keys; see `fields`.";
    IDEMPOTENCY_KEY_REUSED: 422 "idempotency_key_reused", "Idempotency key reused",
        "This Idempotency-Key was used for a request with another body.";
    CLIENT_ID_REUSED: 422 "client_id_reused", "Client id reused",
        "You have sent another message with this clientId: it belongs to one message for good.";
    UPGRADE_REQUIRED: 426 "upgrade_required", "Upgrade required", "This path speaks WebSocket.";
    PRECONDITION_REQUIRED: 428 "precondition_required", "Precondition required",
        "Send If-Match with the entity tag of the version that you read, or `*`.";
    RATE_LIMITED: 429 "rate_limited", "Rate limited", "Too many requests; see `Retry-After`.";
    LOGIN_BACKOFF: 429 "login_backoff", "Wait before the next attempt",
        "Several wrong passwords were tried for this account; see `Retry-After`.";
    INTERNAL: 500 "internal", "Internal server error",
        "Something went wrong on the server. Its log has the cause under this request id.";
    UNAVAILABLE: 503 "unavailable", "Service unavailable",
        "Something the server depends on did not answer. Try again shortly.";
    STARTING: 503 "starting", "Starting", "The server is starting; try again shortly.";
    NOT_DURABLE: 503 "not_durable", "Not durable", "It is not known to be kept. Send it again.";
    BUSY: 503 "busy", "Busy", "Too many sign-ins at once; see `Retry-After`.";
    TIMEOUT: 503 "timeout", "Timeout", "The server did not finish in time. Whether it did the work is unknown.";
    RECIPIENT_FULL: 507 "recipient_full", "Recipient full",
        "Too many messages wait for the recipient. Try again once they have fetched some.";
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn codes_are_unique_and_in_snake_case() {
        let codes: HashSet<&str> = KINDS.iter().map(|kind| kind.code).collect();
        assert_eq!(codes.len(), KINDS.len());
        for code in codes {
            assert!(
                code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{code}"
            );
        }
    }

    #[test]
    fn every_kind_has_an_error_status_and_ends_its_sentences() {
        for kind in KINDS {
            assert_eq!(kind.status().as_u16(), kind.status, "{}", kind.code);
            assert!(
                kind.status().is_client_error() || kind.status().is_server_error(),
                "{}",
                kind.code
            );
            assert!(kind.detail.ends_with('.'), "{}", kind.code);
        }
    }

    #[test]
    fn what_the_framework_answers_by_itself_has_a_kind() {
        assert_eq!(Kind::of(StatusCode::NOT_FOUND).code, "not_found");
        assert_eq!(Kind::of(StatusCode::IM_A_TEAPOT).code, "bad_request");
        assert_eq!(Kind::of(StatusCode::BAD_GATEWAY).code, "internal");
    }
}
