use std::cell::RefCell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use futures_util::future::try_join;
use hdrhistogram::Histogram;
use serde_json::Value;

use super::line::Line;

/// Digits of a message's number, which are good base64.
const DIGITS: usize = 12;

/// Receipts that a sender takes before it acknowledges them.
const RECEIPTS: usize = 64;

/// Messages from each sender to its recipient.
#[derive(Clone, Copy)]
pub struct Traffic {
    /// How many.
    pub messages: usize,
    /// Characters of the content.
    pub size: usize,
    /// The time between two of one sender; none for a closed loop.
    pub every: Option<Duration>,
}

/// What became of them.
pub struct Exchanged {
    /// From the first message to the last acknowledgement by a recipient.
    pub elapsed: Duration,
    /// From the moment a message was handed over to its receipt, in microseconds.
    pub delivery: Histogram<u64>,
    /// From there to the answer that it is kept.
    pub stored: Histogram<u64>,
}

impl Exchanged {
    /// Nothing yet.
    pub fn nothing() -> Result<Self> {
        Ok(Self {
            elapsed: Duration::ZERO,
            delivery: Histogram::new_with_bounds(1, 600_000_000, 3)?,
            stored: Histogram::new_with_bounds(1, 600_000_000, 3)?,
        })
    }
}

/// A sender and a recipient, both connected.
pub struct Pair {
    sender: Line,
    recipient: Line,
    /// The recipient's id.
    to: String,
    receipts: usize,
    /// Client ids begin with it.
    number: usize,
    sent: usize,
}

impl Pair {
    /// A sender who has sent so many messages before.
    pub fn new(number: usize, sender: Line, recipient: Line, to: String, sent: usize) -> Self {
        Self {
            sender,
            recipient,
            to,
            receipts: 0,
            number,
            sent,
        }
    }

    /// Sends all of it, and waits until the recipient acknowledged it. A paced sender begins after `offset`.
    pub async fn exchange(&mut self, traffic: Traffic, offset: Duration, all: &RefCell<Exchanged>) -> Result<()> {
        let begun = Instant::now();
        let times = RefCell::new(Vec::with_capacity(traffic.messages));
        let first = self.sent;
        self.sent += traffic.messages;
        let sender = Sender {
            line: &mut self.sender,
            receipts: &mut self.receipts,
            times: &times,
            stored: all,
        };
        let name = format!("{:08x}-0000-4000-8000-", self.number);
        let sending = sender.send(traffic, &self.to, &name, first, begun + offset);
        let reading = receive(&mut self.recipient, traffic.messages, first, &times, all);
        try_join(sending, reading).await?;
        let mut all = all.borrow_mut();
        all.elapsed = all.elapsed.max(begun.elapsed());
        Ok(())
    }
}

struct Sender<'a> {
    line: &'a mut Line,
    receipts: &'a mut usize,
    /// When each message was handed over.
    times: &'a RefCell<Vec<Instant>>,
    stored: &'a RefCell<Exchanged>,
}

impl Sender<'_> {
    async fn send(self, traffic: Traffic, to: &str, name: &str, first: usize, begin: Instant) -> Result<()> {
        let fill = "A".repeat(traffic.size.saturating_sub(DIGITS));
        for number in 0..traffic.messages {
            if let Some(every) = traffic.every {
                let due = begin + every * u32::try_from(number)?;
                tokio::time::sleep_until(due.into()).await;
            }
            let whole = first + number;
            let frame = format!(
                r#"{{"id":{whole},"type":"message.send","clientId":"{name}{whole:012x}","to":"{to}","content":"{whole:0DIGITS$}{fill}"}}"#
            );
            let handed = Instant::now();
            self.times.borrow_mut().push(handed);
            self.line.send(&frame).await?;
            loop {
                let frame = self.line.next().await?;
                if frame.get("type").and_then(Value::as_str) == Some("receipt") {
                    *self.receipts += 1;
                    if self.receipts.is_multiple_of(RECEIPTS) {
                        acknowledge(self.line, &frame, "receipts").await?;
                    }
                } else if frame.get("id").and_then(Value::as_u64) == Some(whole as u64) {
                    ensure!(frame.get("message").is_some(), "refused: {frame}");
                    record(&mut self.stored.borrow_mut().stored, handed);
                    break;
                }
            }
        }
        Ok(())
    }
}

/// Acknowledges what has come, and everything that comes meanwhile with the next acknowledgement.
async fn receive(
    line: &mut Line,
    messages: usize,
    first: usize,
    times: &RefCell<Vec<Instant>>,
    all: &RefCell<Exchanged>,
) -> Result<()> {
    let (mut received, mut acknowledged, mut asked) = (0, 0, None);
    let mut last = Value::Null;
    while acknowledged < messages {
        let frame = line.next().await?;
        match frame.get("type").and_then(Value::as_str) {
            Some("message") => {
                let content = frame.get("content").and_then(Value::as_str).unwrap_or_default();
                let number: usize = content.get(..DIGITS).context("no number")?.parse()?;
                ensure!(
                    number == first + received,
                    "{number} came where {} was due",
                    first + received
                );
                let handed = *times.borrow().get(received).context("not sent")?;
                record(&mut all.borrow_mut().delivery, handed);
                received += 1;
                last = frame;
            }
            Some("ok") => acknowledged = asked.take().context("an answer to nothing")?,
            Some("error") => ensure!(false, "refused: {frame}"),
            _ => {}
        }
        if asked.is_none() && received > acknowledged {
            acknowledge(line, &last, "messages").await?;
            asked = Some(received);
        }
    }
    Ok(())
}

async fn acknowledge(line: &mut Line, entry: &Value, id: &str) -> Result<()> {
    let seq = entry.get("seq").and_then(Value::as_u64).context("no place")?;
    line.send(&format!(r#"{{"id":"{id}","type":"message.ack","upTo":{seq}}}"#))
        .await
}

fn record(times: &mut Histogram<u64>, since: Instant) {
    times.saturating_record(u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX));
}
