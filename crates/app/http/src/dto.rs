//! What goes over the wire, and how it becomes and shows domain values.

pub(crate) mod activity;
pub(crate) mod api_keys;
pub(crate) mod assets;
pub(crate) mod audit;
pub(crate) mod auth;
mod check;
pub(crate) mod cluster;
pub(crate) mod conversations;
pub(crate) mod credentials;
pub(crate) mod devices;
pub(crate) mod graph;
pub(crate) mod health;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod members;
pub(crate) mod messages;
pub(crate) mod organizations;
pub(crate) mod page;
pub(crate) mod patch;
pub(crate) mod places;
pub(crate) mod prekeys;
pub(crate) mod profile;
pub(crate) mod queues;
pub(crate) mod retention;
pub(crate) mod rooms;
pub(crate) mod sessions;
pub(crate) mod setup;
mod text;
pub(crate) mod tokens;
pub(crate) mod users;

pub(crate) use check::{Check, id};
pub(crate) use page::{PageQuery, PageView};
pub(crate) use text::{IdText, Stamp, hex};
