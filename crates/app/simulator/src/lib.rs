//! A Microsoft Graph for this machine: the sign-in, the list of keys, subscriptions with their handshake, and the posts that follow,
//! with all that goes wrong in the real one. It needs no account and no network.
//!
//! Architecture Invariant: this crate knows no other of ours, so that it shares no mistake with what is tried out on it.

mod config;
mod control;
mod delivery;
mod faults;
mod forgery;
mod handshake;
mod journal;
mod notifications;
mod order;
mod rich;
mod sign_in;
mod signer;
mod simulator;
mod subscription;
mod subscriptions;
mod world;
mod x509;

pub use config::{Client, ClientSecret, Config};
pub use faults::{Endpoint, Fault};
pub use forgery::Forgery;
pub use journal::{Entry, Posted};
pub use order::{Lifecycle, Order, OrderError, Sent};
pub use simulator::{Simulator, StartError};
pub use subscription::Subscription;
