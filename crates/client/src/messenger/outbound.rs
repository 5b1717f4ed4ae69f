//! Sends what is in the outbox, one copy after the other.

use std::time::Duration;

use tokio::time::Instant;

use super::outbox::{Outgoing, Refused};
use super::sealing::Hindrance;
use super::worker::Worker;
use super::{Error, Incoming, NotSent, Record};
use crate::api::{Accepted, ApiError, NewMessage};
use crate::socket::ToServer;

/// What fits into a frame of 64 KiB beside its other fields. Longer contents go by REST.
const FITS: usize = 60 * 1024;

/// How long to wait after a failure that may pass.
pub(super) const PAUSE: Duration = Duration::from_secs(1);

/// Codes of refusals that may pass.
const PASSING: [&str; 5] = ["rate_limited", "unavailable", "internal", "busy", "timeout"];

impl Worker {
    /// Goes on with the first message of the outbox as far as that is possible now.
    pub(super) async fn pump(&mut self) -> Result<(), Error> {
        while self.may_send()
            && let Some((number, outgoing)) = self.outbox.first()
        {
            let outgoing = outgoing.clone();
            match outgoing.copies.as_deref() {
                None => self.prepare(number, outgoing).await?,
                Some([]) => self.complete(number, &outgoing)?,
                Some([copy, ..]) if copy.content.len() > FITS => {
                    let answer = self.session.send(copy).await;
                    self.answered(answer)?;
                }
                Some([copy, ..]) => self.say(copy),
            }
            self.finish().await?;
        }
        Ok(())
    }

    fn may_send(&self) -> bool {
        let paused = self.pause.is_some_and(|until| until > Instant::now());
        self.connected && self.asked.is_none() && !paused
    }

    fn say(&mut self, copy: &NewMessage) {
        self.last_id += 1;
        let frame = ToServer::Send {
            id: self.last_id,
            message: copy,
        };
        if self.line.say(&frame) {
            self.asked = Some(self.last_id);
        } else {
            self.pause_for(PAUSE);
        }
    }

    pub(super) fn pause_for(&mut self, wait: Duration) {
        self.pause = Some(Instant::now() + wait);
    }

    async fn prepare(&mut self, number: u64, mut outgoing: Outgoing) -> Result<(), Error> {
        match self.seal(&outgoing).await {
            Ok(copies) => {
                outgoing.copies = Some(copies);
                self.durably = true;
                self.outbox.put(number, outgoing, &mut self.changes)?;
            }
            Err(Hindrance::Passing(wait)) => self.pause_for(wait.unwrap_or(PAUSE)),
            Err(Hindrance::Final(refused)) => self.give_up(number, refused),
            Err(Hindrance::Fatal(error)) => return Err(error),
        }
        Ok(())
    }

    fn give_up(&mut self, number: u64, refused: NotSent) {
        self.outbox.remove(number, &mut self.changes);
        self.tell.push((None, Incoming::NotSent(refused)));
    }

    /// What the server answered to the first copy of the first message.
    pub(super) fn answered(&mut self, answer: Result<Accepted, ApiError>) -> Result<(), Error> {
        match answer {
            Ok(accepted) => self.accepted(&accepted),
            Err(error) if error.is_passing() => {
                self.pause_for(error.retry_after().unwrap_or(PAUSE));
                Ok(())
            }
            Err(ApiError::Refused(refusal)) => self.refused(&refusal.code, &refusal.detail, refusal.retry_after),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn accepted(&mut self, accepted: &Accepted) -> Result<(), Error> {
        let Some((number, outgoing)) = self.outbox.first() else {
            return Ok(());
        };
        let mut outgoing = outgoing.clone();
        let Some(copies) = outgoing.copies.as_mut().filter(|copies| !copies.is_empty()) else {
            return Ok(());
        };
        let copy = copies.remove(0);
        if copy.to == outgoing.to {
            outgoing.sent.push((copy.device, accepted.seq));
        }
        if outgoing.copies.as_ref().is_some_and(Vec::is_empty) {
            return self.complete(number, &outgoing);
        }
        // If this is lost, the copy is sent again under its id, and the server answers as before.
        self.outbox.put(number, outgoing, &mut self.changes)
    }

    pub(super) fn refused(&mut self, code: &str, detail: &str, wait: Option<Duration>) -> Result<(), Error> {
        let Some((number, outgoing)) = self.outbox.first() else {
            return Ok(());
        };
        if PASSING.contains(&code) {
            self.pause_for(wait.unwrap_or(PAUSE));
            return Ok(());
        }
        let mut outgoing = outgoing.clone();
        if code == "device_not_found" {
            // The device was removed since the message was sealed.
            self.people.forget_when_asked(outgoing.next_to());
        }
        match outgoing.refused(code) {
            Refused::Skip if outgoing.copies.as_ref().is_some_and(Vec::is_empty) => {
                return self.complete(number, &outgoing);
            }
            Refused::Skip => return self.outbox.put(number, outgoing, &mut self.changes),
            Refused::SealAnew => {
                self.pause_for(PAUSE);
                return self.outbox.put(number, outgoing, &mut self.changes);
            }
            Refused::GiveUp => {}
        }
        let refused = NotSent {
            id: outgoing.id,
            to: outgoing.to,
            code: code.to_owned(),
            detail: detail.to_owned(),
        };
        self.give_up(number, refused);
        Ok(())
    }

    fn complete(&mut self, number: u64, outgoing: &Outgoing) -> Result<(), Error> {
        let (id, to) = (outgoing.id, outgoing.to);
        self.outbox.remove(number, &mut self.changes);
        // A session that signs in anew is sent copies of what this one sent.
        let me = self.session.user();
        self.seen.is_new(me, id, &mut self.changes);
        self.sent.add(to, id, outgoing.sent.clone(), &mut self.changes);
        let record = Record {
            id,
            peer: to,
            from: me,
            text: outgoing.text.clone(),
            at: outgoing.written.clone(),
        };
        self.diary.add(record, &mut self.changes)?;
        self.tell.push((None, Incoming::Sent { id, to }));
        Ok(())
    }
}
