use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use tenon_kernel::{Timestamp, UserId};
use tenon_messages::{Acknowledged, DeviceId, Mailbox, MessageId, Receipt, ReceiptKind, Seq};

use super::delivering::{Advance, Cursors, Relief, deliver, hold};
use super::places::Ends;
use super::standing::standings;
use crate::postgres::Conn;
use crate::postgres::posting::Entries;
use crate::postgres::unnest::column;
use crate::rows::{DeliveryRow, NoticeDocument, device_number};
use crate::types::Key;

/// What a device acknowledges.
pub struct Reception {
    pub mailbox: Mailbox,
    pub device: DeviceId,
    pub up_to: i64,
    pub at: Timestamp,
}

/// A device that gets further.
struct Step<'a> {
    reception: &'a Reception,
    cursor: i64,
    up_to: i64,
    waiting: Vec<(MessageId, UserId)>,
}

impl Step<'_> {
    fn of(&self, user: UserId) -> Mailbox {
        Mailbox {
            user,
            ..self.reception.mailbox
        }
    }
}

/// Acknowledges for devices that are known, once for each mailbox.
pub fn acknowledge(conn: &mut Conn, receptions: &[Reception]) -> QueryResult<Vec<Option<Acknowledged>>> {
    let mut answers = Vec::with_capacity(receptions.len());
    let mut steps: BTreeMap<Mailbox, (usize, Step<'_>)> = BTreeMap::new();
    for (reception, standing) in receptions.iter().zip(standings(conn, receptions)?) {
        let up_to = reception.up_to.min(standing.last);
        let answer = |up_to| Acknowledged {
            up_to: Seq::stored(up_to),
            told: Vec::new(),
        };
        if !standing.is_known {
            answers.push(None);
        } else if let Some((_, step)) = steps.get(&reception.mailbox) {
            // What the step before acknowledges already; anything else waits for it.
            let follows = step.reception.device == reception.device && up_to <= step.up_to;
            answers.push(follows.then(|| answer(step.up_to)));
        } else if up_to <= standing.cursor {
            answers.push(Some(answer(standing.cursor)));
        } else {
            let step = Step {
                reception,
                cursor: standing.cursor,
                up_to,
                waiting: standing.waiting,
            };
            steps.insert(reception.mailbox, (answers.len(), step));
            answers.push(Some(answer(up_to)));
        }
    }
    if steps.is_empty() {
        return Ok(answers);
    }
    let (places, steps): (Vec<usize>, Vec<Step<'_>>) = steps.into_values().unzip();
    for (place, told) in places.into_iter().zip(go(conn, &steps)?) {
        if let Some(Some(answer)) = answers.get_mut(place) {
            answer.told = told;
        }
    }
    Ok(answers)
}

/// Who is told by each step.
fn go(conn: &mut Conn, steps: &[Step<'_>]) -> QueryResult<Vec<Vec<UserId>>> {
    let held = |step: &Step<'_>| {
        let senders: Vec<_> = step.waiting.iter().map(|(_, sender)| step.of(*sender)).collect();
        senders.into_iter().chain([step.reception.mailbox])
    };
    hold(conn, &steps.iter().flat_map(held).collect::<BTreeSet<_>>())?;
    let message = |step: &Step<'_>| {
        let (organization, at) = (step.reception.mailbox.organization, step.reception.at);
        step.waiting
            .iter()
            .map(|(id, _)| (organization, *id, at))
            .collect::<Vec<_>>()
    };
    let delivered = deliver(conn, steps.iter().flat_map(message))?;
    let mut relief = Relief::default();
    let (mut ends, mut receipts) = (Ends::default(), Vec::new());
    let mut told = Vec::with_capacity(steps.len());
    for step in steps {
        let from_others = delivered.get(&step.reception.mailbox).into_iter().flatten();
        let from_others: Vec<_> = from_others
            .filter(|(sender, _)| **sender != step.reception.mailbox.user)
            .collect();
        let count: i64 = from_others.iter().map(|(_, delivered)| delivered.messages).sum();
        if count > 0 {
            relief.organization_id.push(Key(step.reception.mailbox.organization));
            relief.user_id.push(Key(step.reception.mailbox.user));
            relief.messages.push(count);
        }
        for (sender, delivered) in &from_others {
            ends.add(step.of(**sender), 1, 0);
            receipts.push((step, **sender, delivered.last));
        }
        told.push(from_others.into_iter().map(|(sender, _)| *sender).collect());
    }
    let mut places = ends.take(conn)?;
    let mut entries = Vec::with_capacity(receipts.len());
    for (step, sender, last) in receipts {
        entries.push(receipt(step, sender, last, places.next(step.of(sender))?)?);
    }
    Advance {
        entries: Entries::of(&entries),
        relief,
        cursors: cursors(steps),
    }
    .execute(conn)?;
    Ok(told)
}

fn receipt(step: &Step<'_>, sender: UserId, last: i64, seq: i64) -> QueryResult<DeliveryRow> {
    let Reception {
        mailbox, device, at, ..
    } = *step.reception;
    let receipt = Receipt {
        kind: ReceiptKind::Delivered,
        by: mailbox.user,
        device,
        after: Seq::stored(step.cursor),
        up_to: Seq::stored(last),
        at,
    };
    Ok(DeliveryRow {
        organization_id: Key(mailbox.organization),
        user_id: Key(sender),
        seq,
        device: 0,
        message_id: None,
        notice: Some(NoticeDocument::from(receipt).write()?),
    })
}

fn cursors(steps: &[Step<'_>]) -> Cursors {
    Cursors {
        organization_id: column(steps, |step| Key(step.reception.mailbox.organization)),
        user_id: column(steps, |step| Key(step.reception.mailbox.user)),
        device: column(steps, |step| device_number(step.reception.device)),
        up_to: column(steps, |step| step.up_to),
    }
}
