/// How busy something is of which there is only so much, so that the rest waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// What it is called where operators look: `database`, `writer`, `hashing`.
    pub of: &'static str,
    /// The most that is done at a time.
    pub capacity: u64,
    /// What is being done.
    pub busy: u64,
    /// What waits for its turn.
    pub waiting: u64,
}

/// What requests share and have to wait for.
pub trait Pools: Send + Sync {
    /// How busy each of them is. MUST NOT wait.
    fn loads(&self) -> Vec<Load>;
}
