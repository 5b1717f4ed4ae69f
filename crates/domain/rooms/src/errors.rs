use tenon_kernel::Unavailable;

/// Why a room was not subscribed to.
#[derive(Debug, thiserror::Error)]
pub enum SubscribeError {
    /// The member reaches no such room: it is another tenant's or another person's, or there is none.
    #[error("no such room")]
    UnknownRoom,
    /// What is needed for it did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why a room's past, or who is in it, was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadRoomError {
    /// The member reaches no such room: it is another tenant's or another person's, or there is none.
    #[error("no such room")]
    UnknownRoom,
    /// What is needed for it did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why what happened in an organization was not read.
#[derive(Debug, thiserror::Error)]
pub enum ReadActivityError {
    /// It is another tenant, or there is none.
    #[error("no such organization")]
    UnknownOrganization,
    /// The store did not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why an event was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// A viewer publishes nothing.
    #[error("viewers may not publish")]
    ReadOnly,
    /// The room is a person's; clients do not publish there.
    #[error("nobody publishes to a person's room")]
    Private,
    /// The member reaches no such room: it is another tenant's, or there is none.
    #[error("no such room")]
    UnknownRoom,
    /// What is needed for it did not answer. The event may have been published nevertheless.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}

/// Why an event was not emitted.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// It is another tenant, or there is none.
    #[error("no such organization")]
    UnknownOrganization,
    /// It takes an admin.
    #[error("emitting takes an admin")]
    Denied,
    /// The member's organization has no such room: it is another tenant's, a person's who is no member, or there is none.
    #[error("no such room")]
    UnknownRoom,
    /// The idempotency key was used for a request with another body.
    #[error("the idempotency key belongs to another request")]
    KeyReused,
    /// What is needed for it did not answer. The event may have been emitted nevertheless.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
}
