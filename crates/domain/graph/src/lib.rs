//! Changes that Microsoft Graph tells of: subscriptions to them, and the way of a notification from the webhook to a room.
//!
//! `intake` takes what is posted to the webhook and carries it on, `reading` and `judging` find out what is in it, and
//! `subscriptions` keeps Graph's side as the store says. Source of the protocol: Microsoft's pages on change notifications, lifecycle
//! notifications, and notifications with resource data.

mod batch;
mod errors;
mod intake;
mod judging;
mod lifetimes;
mod notification;
mod ports;
mod reading;
mod remote;
mod rich;
mod subscription;
mod subscriptions;
mod task;

pub use batch::{Batch, BatchId};
pub use errors::{AskError, GraphError, KeepError, SubscribeError, TaskError};
pub use intake::{Intake, IntakePorts, Keeping};
pub use lifetimes::Lifetimes;
pub use notification::{Marks, Notification, NotificationFilter, Quarantine, Scope, Settled, State, Verdict};
pub use ports::{Apps, CertificateId, Certificates, Inbox, Known, Notifications, Registry, StoredCertificate};
pub use reading::{Item, MalformedBatch, Posted, is_batch, read};
pub use remote::{App, AppSecret, Granted, Remote, RemoteError, RemoteId, Wanted};
pub use rich::{
    Certificate, EncryptedContent, Envelope, EnvelopeError, NewCertificate, PublicCertificate, TokenError, Tokens,
    Verified,
};
pub use subscription::{
    ChangeTypes, ClientStateDigest, ClientStates, NewSubscription, Resource, Subscription, SubscriptionState,
};
pub use subscriptions::{Subscriptions, SubscriptionsConfig, SubscriptionsPorts};
pub use task::Task;
