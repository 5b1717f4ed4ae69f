//! What brokers and presences promise, in process and over Redis, and what databases know of organizations.

mod delivery;
mod directory;
mod presences;
mod publishing;
mod resuming;
