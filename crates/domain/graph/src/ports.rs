use async_trait::async_trait;
use tenon_kernel::{
    ChangeError, Created, CredentialId, Entry, Expected, GraphSubscriptionId, Id, NotificationId, OrganizationId, Page,
    PageRequest, Remembered, Sealed, Slot, Timestamp, Unavailable,
};

use crate::{
    App, Batch, BatchId, ClientStateDigest, Granted, KeepError, Notification, NotificationFilter, RemoteId, Scope,
    Settled, SubscribeError, Subscription, Task,
};

/// What was posted to the webhook, and what became of it.
#[async_trait]
pub trait Inbox: Send + Sync {
    /// Keeps a batch, and the job that processes it. MUST be durable when it returns.
    async fn accept(&self, batch: &Batch) -> Result<(), Unavailable>;

    /// A batch, while it is kept.
    async fn batch(&self, id: BatchId) -> Result<Option<Batch>, Unavailable>;

    /// Settles notifications of a batch, all or none of them. MUST pass over one whose place in the batch is settled already, and a
    /// believed one whose digest was there before; MUST store the activity of each other believed one. A lifecycle event that is believed MUST
    /// change its subscription and leave the job for it: removed, it is created anew and marked for a delta query; missed, it is marked for
    /// a resync; to be reauthorized, it is. Says how many were believed for the first time.
    async fn settle(
        &self,
        batch: BatchId,
        received_at: Timestamp,
        settled: &[Settled],
        now: Timestamp,
    ) -> Result<u64, Unavailable>;

    /// Settles a notification in quarantine again, as [`Inbox::settle`] does. One that turns out to be a repetition goes. MUST leave it with the
    /// organization and the subscription that it is stored with, if it is. Nothing happens when it is not in quarantine.
    async fn resettle(&self, settled: &Settled, now: Timestamp) -> Result<(), Unavailable>;

    /// Looks at the first `most` batches that came before `before`, of those with an id after `after`, and deletes them. MUST keep one that a job
    /// refers to, whether it waits, runs or is dead: one that is to be processed, or that has a notification to be judged again. Returns the
    /// last one that it looked at, after which others may come; nothing when there was none.
    async fn forget_batches(
        &self,
        before: Timestamp,
        after: Option<BatchId>,
        most: u32,
    ) -> Result<Option<BatchId>, Unavailable>;

    /// Deletes up to `most` notifications that were settled before `before`: what was told before may be told again then. Says how many those
    /// were.
    async fn forget_notifications(&self, before: Timestamp, most: u32) -> Result<u64, Unavailable>;

    /// A notification, whosever it is: for the work that a queue gives.
    async fn notification(&self, id: NotificationId) -> Result<Option<Notification>, Unavailable>;
}

/// What somebody reads of notifications. Every method is confined to the scope.
#[async_trait]
pub trait Notifications: Send + Sync {
    /// The latest first.
    async fn list(
        &self,
        scope: Scope,
        filter: NotificationFilter,
        page: &PageRequest<NotificationId>,
    ) -> Result<Page<Notification, NotificationId>, Unavailable>;

    /// One of them.
    async fn find(&self, scope: Scope, id: NotificationId) -> Result<Option<Notification>, Unavailable>;

    /// Leaves the job that judges it again. Asked twice before it was done, it is done once.
    async fn replay(&self, id: NotificationId, now: Timestamp) -> Result<(), Unavailable>;
}

/// What is known of a subscription to which a notification belongs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub id: GraphSubscriptionId,
    pub organization: OrganizationId,
    pub credential: CredentialId,
    pub remote: Option<RemoteId>,
    pub client_state: ClientStateDigest,
}

/// The subscriptions of organizations. Whatever changes what is shown of one, when it was last changed too, MUST raise its version.
#[async_trait]
pub trait Registry: Send + Sync {
    /// Stores a subscription, the job that creates it at Graph, the entry, and what is to be remembered, or returns the kept answer. MUST refuse a
    /// credential that the organization does not have or that is none of an app.
    async fn insert(
        &self,
        subscription: &Subscription,
        remember: Option<&Remembered>,
        entry: &Entry,
    ) -> Result<Created<()>, SubscribeError>;

    /// All of the organization, in order of creation.
    async fn list(
        &self,
        organization: OrganizationId,
        page: &PageRequest<GraphSubscriptionId>,
    ) -> Result<Page<Subscription, GraphSubscriptionId>, Unavailable>;

    /// One of them.
    async fn find(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
    ) -> Result<Option<Subscription>, Unavailable>;

    /// Those of any organization that have one of these ids at Graph, and those without an id yet that have one of these client states:
    /// Graph may tell of a change before it has answered who it was.
    async fn known(&self, remotes: &[RemoteId], states: &[ClientStateDigest]) -> Result<Vec<Known>, Unavailable>;

    /// Marks it as to be deleted, at the time of the entry, leaves the job for that, and writes the entry with its resource.
    async fn dismiss(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        expected: Expected,
        entry: &Entry,
    ) -> Result<(), ChangeError>;

    /// Removes it from the store.
    async fn forget(&self, organization: OrganizationId, id: GraphSubscriptionId) -> Result<(), Unavailable>;

    /// Leaves a job for it, unless the same job waits already, and writes the entry.
    async fn ask(&self, task: Task, entry: &Entry) -> Result<(), Unavailable>;

    /// Leaves the jobs of subscriptions that are to be renewed by now, and of those that have been on their way to or from Graph since
    /// `stuck`, whatever became of their jobs. Says how many those are.
    async fn ask_for_renewals(&self, now: Timestamp, stuck: Timestamp) -> Result<u64, Unavailable>;

    /// Notes the client state that Graph is about to be given, before it is.
    async fn begin(
        &self,
        subscription: &Subscription,
        state: ClientStateDigest,
        now: Timestamp,
    ) -> Result<(), Unavailable>;

    /// Notes what Graph gave: it is active, until then, for this certificate, as of `now`. MUST change nothing, and say so with false, when the
    /// subscription has another id or client state by now than `subscription` has, or is to be deleted, or is gone.
    async fn granted(
        &self,
        subscription: &Subscription,
        granted: &Granted,
        renew_at: Timestamp,
        certificate: Option<&str>,
        now: Timestamp,
    ) -> Result<bool, Unavailable>;

    /// Notes that Graph has lost it: it is to be created anew, which the job is left for, and a delta query is due for what
    /// [`Subscription::missed_since`] says. MUST change nothing
    /// when it has another id at Graph by now than `subscription` has.
    async fn lost(&self, subscription: &Subscription, now: Timestamp) -> Result<(), Unavailable>;

    /// Notes what went wrong, or that nothing does any more.
    async fn trouble(
        &self,
        subscription: &Subscription,
        problem: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Unavailable>;

    /// Takes the marks for a delta query and a resync away, and returns the subscription.
    async fn caught_up(
        &self,
        organization: OrganizationId,
        id: GraphSubscriptionId,
        now: Timestamp,
    ) -> Result<Option<Subscription>, Unavailable>;
}

#[doc(hidden)]
#[derive(Debug)]
pub enum CertificateTag {}

/// A certificate of an organization.
pub type CertificateId = Id<CertificateTag>;

/// A certificate as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCertificate {
    pub id: CertificateId,
    pub organization: OrganizationId,
    pub der: Vec<u8>,
    pub thumbprint: String,
    /// The private key: PKCS #8, DER.
    pub private_key: Sealed,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl StoredCertificate {
    /// Where the private key is kept.
    pub const fn slot(organization: OrganizationId, id: CertificateId) -> Slot {
        Slot {
            organization: Some(organization),
            table: "graph_certificates",
            column: "sealed",
            row: id.uuid(),
        }
    }
}

/// The apps as which organizations sign in.
#[async_trait]
pub trait Apps: Send + Sync {
    /// The app that the credential stands for; nothing when the organization has no such credential, or it is none of an app.
    ///
    /// # Errors
    ///
    /// [`Unavailable`] when it cannot be opened now.
    async fn app(&self, organization: OrganizationId, credential: CredentialId) -> Result<Option<App>, Unavailable>;
}

/// The certificates for which Graph encrypts resources.
#[async_trait]
pub trait Certificates: Send + Sync {
    /// The latest certificate.
    async fn latest(&self, organization: OrganizationId) -> Result<Option<StoredCertificate>, Unavailable>;

    /// One of them, however old.
    async fn find(
        &self,
        organization: OrganizationId,
        id: CertificateId,
    ) -> Result<Option<StoredCertificate>, Unavailable>;

    /// Keeps a new one. If somebody asked for it, of which `asked` tells, stores that and leaves the jobs that renew the subscriptions with
    /// resource data for it, in the same transaction. MUST say so when its organization is gone.
    async fn insert(&self, certificate: &StoredCertificate, asked: Option<&Entry>) -> Result<(), KeepError>;
}
