//! What to do about each kind of failure, for `docs/errors.md`.

use std::fmt::Write as _;

use super::KINDS;

/// By code. A test holds that every kind has a line, and every line a kind.
#[rustfmt::skip]
static REMEDIES: &[(&str, &str)] = &[
    ("bad_request", "Mend the request; `detail` says what is wrong with it."),
    ("malformed_json", "Send JSON; `detail` says at which line and column it is none."),
    ("incomplete_body", "Send the body whole, or a `Content-Length` that is right."),
    ("unknown_field", "Leave the field out: `fields` names it."),
    ("validation_failed", "Mend what `fields` names; each has a `code` and a sentence."),
    ("invalid_parameter", "Mend the parameters that `fields` names."),
    ("unknown_parameter", "Leave the parameter out: `fields` names it."),
    ("invalid_cursor", "Begin the listing anew, without `cursor`; keep filters and order while going through its pages."),
    ("invalid_id", "Take the id from an answer of the server."),
    ("invalid_room", "Write `org:{id}`, `org:{id}:site:{id}`, `org:{id}:unit:{id}` or `user:{id}`."),
    ("invalid_if_match", "Send the `ETag` of an answer as it is, quotation marks included."),
    ("invalid_idempotency_key", "Send one key of visible ASCII characters, such as a UUID."),
    ("invalid_validation_token", "Nothing: Microsoft Graph sends a good one."),
    ("token_missing", "Send `Authorization: Bearer` with an access token."),
    ("token_invalid", "Refresh the token with `POST /api/auth/refresh`; sign in again if that is refused."),
    ("invalid_credentials", "Ask the person again."),
    ("refresh_token_invalid", "Sign in again."),
    ("refresh_token_reused", "Sign in again. If the client sends each refresh token once, somebody else has had it: look at the sessions."),
    ("insufficient_role", "Ask an admin or an owner of the organization; `detail` says which role it takes."),
    ("organization_required", "Sign in as a member of an organization."),
    ("operator_required", "Sign in as the operator of the installation."),
    ("scope_missing", "Make an API key with the scope that `detail` names."),
    ("api_key_refused", "Sign in as a person."),
    ("account_disabled", "Ask the operator of the installation."),
    ("origin_not_allowed", "Add the page's origin to `cors.origins`."),
    ("wrong_password", "Ask the person again."),
    ("invitation_for_other_address", "Sign in with the address that was invited."),
    ("not_found", "Look at the path: the routes are in `/api/openapi.json`."),
    ("asset_not_found", "Take it out of what is shown: it was deleted, or is somebody else's."),
    ("organization_not_found", "Take a token for the organization with `POST /api/auth/switch`, if it is one of yours."),
    ("room_not_found", "Look at the organization, the site or the unit that the room is of."),
    ("user_not_found", "Look at the id; members are at `GET /api/orgs/{organization}/members`."),
    ("member_not_found", "Look at the id; members are at `GET /api/orgs/{organization}/members`."),
    ("invitation_not_found", "Have somebody invite the address again."),
    ("site_not_found", "Look at the id; the sites are at `GET /api/orgs/{organization}/sites`."),
    ("unit_not_found", "Look at the id; the units are at `GET /api/orgs/{organization}/units`."),
    ("session_not_found", "Nothing: it has ended."),
    ("conversation_not_found", "Send a message; that begins the conversation."),
    ("public_key_not_found", "Wait until the user has published a key, or send to their devices."),
    ("device_not_found", "Register the device again, or leave it out."),
    ("graph_subscription_not_found", "Look at the id; the subscriptions are at `GET /api/graph/subscriptions`."),
    ("notification_not_found", "Look at the id; the notifications are at `GET /api/graph/notifications`."),
    ("credential_not_found", "Look at the id; the credentials are at `GET /api/credentials`."),
    ("api_key_not_found", "Look at the id; the keys are at `GET /api/orgs/{organization}/api-keys`."),
    ("queue_not_found", "Look at the name; the queues are at `GET /api/queues`."),
    ("job_not_found", "Nothing, if it is done; else look at the id."),
    ("method_not_allowed", "Use a method that `Allow` names."),
    ("request_timeout", "Send the body without a pause, or less of it."),
    ("email_taken", "Sign in; the person has an account."),
    ("last_owner", "Make another member an owner first."),
    ("site_in_use", "Move or delete the units and assets of the site first."),
    ("unit_in_use", "Move or delete the assets of the unit first."),
    ("credential_in_use", "Delete the subscription first, or replace the credential with `PUT`."),
    ("already_member", "Nothing: switch to the organization."),
    ("identity_key_taken", "Make another identity key."),
    ("too_many_devices", "Remove a device that is used no more."),
    ("job_not_dead", "Wait: it is being done, or will be."),
    ("job_superseded", "Discard it."),
    ("job_running", "Wait until it is done or dead."),
    ("prekey_conflict", "Make the prekeys anew, under ids that were never used."),
    ("too_many_prekeys", "Wait until some are claimed."),
    ("graph_not_configured", "Set `GRAPH_WEBHOOK_URL`."),
    ("not_quarantined", "Nothing: it was judged."),
    ("notification_forgotten", "Read the resource from Microsoft Graph."),
    ("idempotency_in_progress", "Send the same request again after a moment."),
    ("version_mismatch", "Read it again, apply the change to what is there now, and send it with the new `ETag`."),
    ("body_too_large", "Send less at once; `detail` says how much is taken."),
    ("unsupported_media_type", "Send `Content-Type: application/json`."),
    ("unsupported_encoding", "Send the body uncompressed."),
    ("invalid_signature", "Sign the keys that `fields` names with the identity key."),
    ("idempotency_key_reused", "Take a new key for another request."),
    ("client_id_reused", "Take a new `clientId` for another message."),
    ("upgrade_required", "Open it with a client for WebSocket."),
    ("precondition_required", "Read it, and send its `ETag` as `If-Match`."),
    ("rate_limited", "Wait for the seconds in `Retry-After`."),
    ("login_backoff", "Wait for the seconds in `Retry-After`; each wrong password makes it longer."),
    ("internal", "Tell the operator the `requestId`; the log has the cause under it."),
    ("unavailable", "Send it again after a moment; `GET /api/health` says what is down."),
    ("starting", "Send it again after a moment."),
    ("not_durable", "Send it again."),
    ("busy", "Wait for the seconds in `Retry-After`."),
    ("timeout", "Read whether it was done before sending it again, or send it with the same `Idempotency-Key`."),
    ("recipient_full", "Wait until the recipient has fetched messages."),
];

/// Every kind of failure, as the page tells of it.
fn page() -> String {
    let mut page = HEAD.to_owned();
    for kind in KINDS {
        let remedy = REMEDIES.iter().find(|(code, _)| *code == kind.code);
        let remedy = remedy.map_or("", |(_, remedy)| remedy);
        let status = kind.status().as_u16();
        writeln!(page, "| `{}` | {status} | {} | {remedy} |", kind.code, kind.detail).unwrap();
    }
    page + TAIL
}

const HEAD: &str = "\
# Errors

Every failure is a problem document (RFC 9457, `application/problem+json`): of routes, of paths that do not exist, of methods, media
types and bodies that are not taken, of limits, and of handshakes of sockets. The one exception is what is no request at all, or whose
head is too large or does not come in time: it is answered 400, 431 or 408 without a body, and the connection is closed.

```json
{
  \"type\": \"https://tenon.dev/problems/version-mismatch\",
  \"title\": \"Version mismatch\",
  \"status\": 412,
  \"detail\": \"The resource has changed: its current entity tag is in `ETag`. Read it again, then repeat the change.\",
  \"instance\": \"/api/assets/0198c0de-0000-7000-8000-00000000c0de\",
  \"code\": \"version_mismatch\",
  \"requestId\": \"0198c0de-0000-7000-8000-0000000f00d5\",
  \"timestamp\": \"2026-11-26T03:22:17.187204Z\",
  \"error\": { \"message\": \"Version mismatch\", \"status\": 412, \"timestamp\": \"2026-11-26T03:22:17.187204Z\" }
}
```

`code` is stable; clients decide by it. `type` ends with it, with dashes, and is a name, not a page. `detail` is a sentence for people and may
change. `requestId` is in the answer's `X-Request-Id` and in every line of the log about the request. `fields` is there for what is wrong with
single fields: `{field, code, message}`, `field` being a path such as `value.currency` or `tags[3]`. `error` is for clients of older
systems. In development a failure of the server has `debug`, the chain of its causes.

What belongs to another tenant is answered like what does not exist. Which operation answers with which codes is in `GET /api/openapi.json`.

| code | status | meaning | what to do |
|---|---|---|---|
";

const TAIL: &str = "
What is refused on a socket is told there: see [websocket.md](websocket.md).

This page is made of `crates/app/http/src/error/kinds.rs` and `remedies.rs`; `UPDATE_ERRORS=1 cargo test -p tenon-http errors_md` writes it.
";

#[test]
fn every_kind_of_failure_has_a_remedy() {
    let without = KINDS.iter().map(|kind| kind.code);
    let without: Vec<_> = without
        .filter(|code| !REMEDIES.iter().any(|(known, _)| known == code))
        .collect();
    assert_eq!(
        without,
        Vec::<&str>::new(),
        "say in error/remedies.rs what to do about these"
    );
    let unknown = REMEDIES.iter().map(|(code, _)| *code);
    let unknown: Vec<_> = unknown
        .filter(|code| !KINDS.iter().any(|kind| kind.code == *code))
        .collect();
    assert_eq!(unknown, Vec::<&str>::new(), "there are no such kinds");
}

#[test]
fn errors_md_is_current() {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../docs/errors.md");
    if std::env::var_os("UPDATE_ERRORS").is_some() {
        std::fs::write(file, page()).unwrap();
    }
    let written = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        written == page(),
        "docs/errors.md is stale: run this test with UPDATE_ERRORS=1"
    );
}
