//! Why the server ends a socket (RFC 6455, section 7.4; from 4000 on it is ours).

pub(crate) const FAILED: u16 = 1011;
pub(crate) const RESTARTING: u16 = 1012;
pub(crate) const TOO_SLOW: u16 = 1013;
pub(crate) const TOKEN_ENDED: u16 = 4401;
pub(crate) const NOT_ALLOWED: u16 = 4403;
pub(crate) const NO_PONG: u16 = 4408;
pub(crate) const TOO_MANY_SOCKETS: u16 = 4409;
pub(crate) const TOO_MANY_FRAMES: u16 = 4429;
pub(crate) const TOO_MANY_MISTAKES: u16 = 4400;
