//! Why a connection ends, as its WebSocket says it (RFC 6455, section 7.4.1; 1012 and 1013 are in IANA's registry of close
//! codes). Those from 4000 on are for private use (section 7.4.2) and follow the statuses of HTTP that mean the same.

/// The client went, or nothing is wanted of it any more.
pub(crate) const NORMAL: u16 = 1000;
/// The client sent what is no packet, or none that may come there.
pub(crate) const PROTOCOL_ERROR: u16 = 1002;
/// The client did not do in time what it must, or did it twice.
pub(crate) const POLICY_VIOLATION: u16 = 1008;
/// The instance is about to stop; others may be there.
pub(crate) const RESTARTING: u16 = 1012;
/// The client takes nothing.
pub(crate) const TOO_SLOW: u16 = 1013;
/// Private use, after 408 Request Timeout: no answer to a ping.
pub(crate) const NO_PONG: u16 = 4408;
/// Private use, after 429 Too Many Requests: more packets in a minute than a client may send.
pub(crate) const TOO_MANY_PACKETS: u16 = 4429;
