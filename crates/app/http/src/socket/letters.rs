//! What each frame about messages does.

use tenon_kernel::UserId;
use tenon_messages::{Draft, ReadMailError, Seq};

use super::frames;
use super::refusal::Refusal;
use super::requests::FrameId;
use super::session::Session;
use crate::error::{Advice, ApiError, RATE_LIMITED};

impl Session {
    pub(super) async fn send(&self, id: Option<&FrameId>, draft: &Draft) -> Result<(), Refusal> {
        let member = self.connection.member.get();
        let sent = self.hub.api.messages.send(&member, draft).await.map_err(refusal)?;
        self.link.reply(frames::ok_sent(id, &sent));
        Ok(())
    }

    pub(super) async fn acknowledge(&self, id: Option<&FrameId>, up_to: Seq) -> Result<(), Refusal> {
        let (member, mail) = (self.connection.member.get(), &self.connection.mail);
        let up_to = mail.acknowledged(up_to);
        let done = self.hub.api.messages.acknowledge(&member, mail.device, up_to).await;
        if matches!(done, Err(ReadMailError::UnknownDevice)) {
            mail.refuse();
        }
        self.link.reply(frames::ok_up_to(id, done.map_err(refusal)?));
        self.hub.look_for_mail(&self.connection);
        Ok(())
    }

    pub(super) async fn mark_read(&self, id: Option<&FrameId>, peer: UserId, up_to: Seq) -> Result<(), Refusal> {
        let member = self.connection.member.get();
        let done = self.hub.api.messages.mark_read(&member, peer, up_to).await;
        self.link.reply(frames::ok_up_to(id, done.map_err(refusal)?));
        Ok(())
    }
}

/// As a request over HTTP would have been refused.
fn refusal(error: impl Into<ApiError>) -> Refusal {
    let error = error.into();
    let kind = error.kind();
    if let Some(cause) = error.cause() {
        tracing::warn!(cause, code = kind.code, "a frame was not followed");
    }
    Refusal {
        code: kind.code,
        message: kind.detail,
        is_mistake: kind.status().is_client_error() && kind.code != RATE_LIMITED.code,
        retry_after: match error.advice() {
            Advice::Wait(wait) => Some(wait),
            Advice::None | Advice::Version(_) | Advice::Limited(_) | Advice::Upgrade | Advice::Methods(_) => None,
        },
    }
}
