//! Seals a message for everybody who is to read it.

use std::collections::BTreeMap;
use std::time::Duration;

use uuid::Uuid;

use super::outbox::Outgoing;
use super::worker::Worker;
use super::{Error, NotSent};
use crate::api::NewMessage;
use crate::devices::{ClaimedDevice, DeviceContent, Letter, PublicDevice, WrongSignature};
use crate::encoding::random_id;
use crate::keylog::DeviceKeys;
use crate::simple::{Agreement, Labels, SimpleError, Versions};
use crate::{devices, simple};

/// The most characters of a `content`.
const LONGEST: usize = 98_304;

/// Why a message is not sealed.
pub(super) enum Hindrance {
    /// It may be later, after this time if anybody said so.
    Passing(Option<Duration>),
    /// It never will be.
    Final(NotSent),
    /// The messenger cannot go on.
    Fatal(Error),
}

type Target = (Uuid, u32);

impl Outgoing {
    fn hindered(&self, code: &str, detail: &str) -> Hindrance {
        Hindrance::Final(NotSent {
            id: self.id,
            to: self.to,
            code: code.to_owned(),
            detail: detail.to_owned(),
        })
    }

    fn by(&self, error: Error) -> Hindrance {
        if error.is_passing() {
            return Hindrance::Passing(error.retry_after());
        }
        match (&error, error.refusal()) {
            (_, Some(refusal)) => self.hindered(&refusal.code, &refusal.detail),
            (Error::KeyLog(_), _) => self.hindered("key_log_broken", &error.to_string()),
            _ => Hindrance::Fatal(error),
        }
    }
}

impl Worker {
    /// What is to be sent of a message: one copy for each device, or one for all.
    pub(super) async fn seal(&mut self, outgoing: &Outgoing) -> Result<Vec<NewMessage>, Hindrance> {
        let theirs = self.people.ledger(outgoing.to, &mut self.changes).await;
        let theirs = theirs.map_err(|error| outgoing.by(error))?.clone();
        let me = self.session.user();
        let mine = self.people.ledger(me, &mut self.changes).await;
        let mine = mine.map_err(|error| outgoing.by(error))?.clone();
        // Only now is it known what both keys are.
        if self.people.has_lapsed(outgoing.to).map_err(Hindrance::Fatal)? {
            let detail = "The keys have changed since the safety numbers were compared.";
            return Err(outgoing.hindered("keys_changed", detail));
        }
        if self.own.device.is_none() || theirs.devices().is_empty() {
            return self.seal_simply(outgoing, &theirs, mine.public_key());
        }
        let mut targets: BTreeMap<Target, DeviceKeys> = BTreeMap::new();
        for ledger in [&theirs, &mine] {
            targets.extend(
                ledger
                    .devices()
                    .iter()
                    .map(|(number, keys)| ((ledger.user(), *number), *keys)),
            );
        }
        targets.remove(&(me, self.own.number()));
        self.begin_sessions(outgoing, &targets).await?;
        let mut copies = Vec::new();
        // One's other devices get none of what the recipient may yet be refused.
        let (theirs, mine): (Vec<_>, Vec<_>) = targets.into_keys().partition(|(user, _)| *user == outgoing.to);
        for (user, device) in theirs.into_iter().chain(mine) {
            copies.push(self.seal_for(outgoing, user, device)?);
        }
        Ok(copies)
    }

    fn seal_simply(
        &self,
        outgoing: &Outgoing,
        theirs: &crate::keylog::Ledger,
        mine: Option<(u32, crate::PublicKey)>,
    ) -> Result<Vec<NewMessage>, Hindrance> {
        let me = self.session.user();
        let Some((recipient, key)) = theirs.public_key() else {
            return Err(outgoing.hindered("no_key", "The recipient has no keys yet."));
        };
        let Some((sender, secret)) = self.own.simple_for(mine) else {
            let detail = "This account's public key was made elsewhere, and its private key is not here.";
            return Err(outgoing.hindered("no_own_key", detail));
        };
        // The id of the message is what the server knows it by: there is one copy, and it must not be sent twice.
        let labels = Labels {
            sender: me,
            recipient: outgoing.to,
            client_id: outgoing.id,
        };
        let sealed = Agreement::new(me, secret, outgoing.to, &key)
            .and_then(|agreement| agreement.seal(&labels, Versions { sender, recipient }, &outgoing.text));
        let content = sealed.map_err(|error| match error {
            SimpleError::NoRandomness(error) => Hindrance::Fatal(error.into()),
            error => outgoing.hindered("no_key", &error.to_string()),
        })?;
        let copy = NewMessage {
            client_id: outgoing.id,
            to: outgoing.to,
            device: 0,
            kind: simple::KIND.to_owned(),
            content,
        };
        Ok(vec![fitting(outgoing, copy)?])
    }

    /// Begins a session with each device that has none in which something could be written.
    async fn begin_sessions(
        &mut self,
        outgoing: &Outgoing,
        targets: &BTreeMap<Target, DeviceKeys>,
    ) -> Result<(), Hindrance> {
        let mut missing: BTreeMap<Uuid, Vec<u32>> = BTreeMap::new();
        for (user, device) in targets.keys() {
            let channel = self.channels.with(*user, *device).map_err(Hindrance::Fatal)?;
            if channel.needs_session() {
                missing.entry(*user).or_default().push(*device);
            }
        }
        for (user, numbers) in missing {
            let claimed = self.claim(outgoing, user, &numbers).await?;
            for (device, prekey) in claimed {
                let number = device.device;
                if !numbers.contains(&number) {
                    continue;
                }
                let keys = DeviceKeys {
                    identity: device.identity_key,
                    agreement: device.agreement_key.key,
                };
                if targets.get(&(user, number)) != Some(&keys) {
                    return Err(outgoing.hindered("key_log_broken", "The claimed keys are not those of the key log."));
                }
                let (own, channel) = (self.own.device.as_ref(), self.channels.with(user, number));
                let (Some(own), Ok(channel)) = (own, channel) else {
                    continue;
                };
                let begun = channel.begin(own, &device, &prekey);
                begun.map_err(|error| outgoing.hindered("no_key", &error.to_string()))?;
            }
        }
        Ok(())
    }

    /// A prekey of each of these devices: claimed, or their signed ones when claims are limited.
    async fn claim(
        &mut self,
        outgoing: &Outgoing,
        user: Uuid,
        numbers: &[u32],
    ) -> Result<Vec<(PublicDevice, crate::PublicKey)>, Hindrance> {
        let one = if let [one] = numbers { Some(*one) } else { None };
        let claimed = match self.session.claim(user, one).await {
            Ok(claimed) => claimed,
            Err(error) if error.code() == Some("rate_limited") => {
                let devices = self.people.devices(user, &mut self.changes).await;
                let devices = devices.map_err(|error| outgoing.by(error))?;
                return Ok(devices
                    .into_iter()
                    .map(|device| (device.clone(), device.signed_prekey.key))
                    .collect());
            }
            Err(error) if error.code() == Some("device_not_found") => {
                self.people.forget_when_asked(user);
                return Err(Hindrance::Passing(None));
            }
            Err(error) => return Err(outgoing.by(error.into())),
        };
        let verified = |claimed: ClaimedDevice| {
            claimed.verify()?;
            Ok((claimed.device, claimed.prekey.prekey.key))
        };
        let verified: Result<_, WrongSignature> = claimed.into_iter().map(verified).collect();
        verified.map_err(|error| outgoing.hindered("wrong_signature", &error.to_string()))
    }

    fn seal_for(&mut self, outgoing: &Outgoing, user: Uuid, device: u32) -> Result<NewMessage, Hindrance> {
        let own = self.own.number();
        let letter = Letter {
            from: self.session.user(),
            from_device: own,
            to: user,
            to_device: device,
            conversation: outgoing.to,
            id: outgoing.id,
            text: outgoing.text.clone(),
            sent_at: outgoing.written.clone(),
        };
        let plain = serde_json::to_vec(&letter).map_err(|_| Hindrance::Fatal(Error::Unreadable("a letter")))?;
        let plain = zeroize::Zeroizing::new(plain);
        let channel = self.channels.with(user, device).map_err(Hindrance::Fatal)?;
        let sealed = channel.seal(&plain);
        let message = sealed.map_err(|error| outgoing.hindered("no_key", &error.to_string()))?;
        let stored = self.channels.store(user, device, &mut self.changes);
        stored.map_err(Hindrance::Fatal)?;
        let copy = NewMessage {
            client_id: random_id().map_err(|error| Hindrance::Fatal(error.into()))?,
            to: user,
            device,
            kind: devices::KIND.to_owned(),
            content: DeviceContent { device: own, message }.write(),
        };
        fitting(outgoing, copy)
    }
}

fn fitting(outgoing: &Outgoing, copy: NewMessage) -> Result<NewMessage, Hindrance> {
    if copy.content.len() > LONGEST {
        return Err(outgoing.hindered("too_long", "The message is too long."));
    }
    Ok(copy)
}
