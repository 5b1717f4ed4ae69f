//! A Microsoft Graph of its own, to try webhooks out without one: tokens, subscriptions, handshakes and notifications.
//!
//! Architecture Invariant: it knows no other crate of ours, so that it can be wrong only in its own way.
