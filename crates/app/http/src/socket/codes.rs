//! Why the server ends a socket (RFC 6455, section 7.4; from 4000 on it is ours).

use tenon_accounts::TokenStanding;
use tenon_websocket::Close;

pub(crate) const PROTOCOL: u16 = 1002;
pub(crate) const FAILED: u16 = 1011;
pub(crate) const RESTARTING: u16 = 1012;
pub(crate) const TOO_SLOW: u16 = 1013;
pub(crate) const TOKEN_ENDED: u16 = 4401;
pub(crate) const NOT_ALLOWED: u16 = 4403;
pub(crate) const NO_PONG: u16 = 4408;
pub(crate) const TOO_MANY_SOCKETS: u16 = 4409;
pub(crate) const TOO_MANY_FRAMES: u16 = 4429;
pub(crate) const TOO_MANY_MISTAKES: u16 = 4400;

/// Why whoever has such a token has to go; nothing when it is good.
pub(crate) fn of_standing(standing: TokenStanding) -> Option<Close> {
    match standing {
        TokenStanding::Good => None,
        TokenStanding::Expired => Some(Close::new(TOKEN_ENDED, "the access token has expired")),
        TokenStanding::SessionEnded => Some(Close::new(TOKEN_ENDED, "the session has ended")),
        TokenStanding::MembershipChanged => Some(Close::new(NOT_ALLOWED, "your membership has changed: sign in again")),
    }
}

pub(crate) fn too_many_frames() -> Close {
    Close::new(TOO_MANY_FRAMES, "too many frames in a minute")
}

pub(crate) fn restarting() -> Close {
    Close::new(RESTARTING, "the instance is about to stop")
}
