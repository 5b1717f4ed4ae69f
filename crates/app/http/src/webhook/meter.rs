use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use parking_lot::Mutex;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

/// Over how long Graph judges an endpoint.
const WINDOW: Duration = Duration::from_secs(600);
const PARTS: usize = 20;
const PART: Duration = Duration::from_secs(WINDOW.as_secs() / PARTS as u64);

/// Graph holds an answer for late after so long, and for lost after so much longer.
const LATE: Duration = Duration::from_secs(3);
const LOST: Duration = Duration::from_secs(10);

/// Graph takes an endpoint for slow when more than 10 % of its answers are late, and drops notifications when more than 15 % are lost: here
/// half of it is already worth a warning.
const LATE_SHARE: f64 = 0.05;
const LOST_SHARE: f64 = 0.075;

const BUCKETS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1.0, 3.0, 10.0];

/// Measures how the webhook would do in Graph's eyes.
pub struct WebhookMeter {
    started: Instant,
    parts: Mutex<[Part; PARTS]>,
    warned: AtomicBool,
    seconds: Histogram,
    late: Counter,
    lost: Counter,
}

#[derive(Debug, Clone, Copy, Default)]
struct Part {
    /// Which part of all time it counts.
    number: u64,
    answers: u64,
    late: u64,
    lost: u64,
}

/// The last ten minutes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct WebhookStanding {
    pub answers: u64,
    /// Those that took more than three seconds.
    pub late: u64,
    /// Those that took more than ten.
    pub lost: u64,
}

impl WebhookStanding {
    /// Whether half of what Graph puts up with is exceeded.
    pub fn is_slow(self) -> bool {
        let answers = self.answers as f64;
        self.late as f64 > LATE_SHARE * answers || self.lost as f64 > LOST_SHARE * answers
    }
}

impl Default for WebhookMeter {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            parts: Mutex::default(),
            warned: AtomicBool::new(false),
            seconds: Histogram::new(BUCKETS),
            late: Counter::default(),
            lost: Counter::default(),
        }
    }
}

impl WebhookMeter {
    /// Counts an answer that took so long.
    pub fn answered(&self, took: Duration) {
        self.seconds.observe(took.as_secs_f64());
        let (late, lost) = (took > LATE, took > LOST);
        self.late.inc_by(late.into());
        self.lost.inc_by(lost.into());
        self.count(self.started.elapsed(), late, lost);
        let standing = self.standing();
        let slow = standing.is_slow();
        if self.warned.swap(slow, Ordering::Relaxed) != slow {
            if slow {
                let WebhookStanding { answers, late, lost } = standing;
                tracing::warn!(answers, late, lost, "Graph will soon find the webhook slow");
            } else {
                tracing::info!("the webhook is fast enough for Graph again");
            }
        }
    }

    /// How the last ten minutes were.
    pub(crate) fn standing(&self) -> WebhookStanding {
        self.standing_at(self.started.elapsed())
    }

    /// Lets it be printed.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register(
            "tenon_graph_webhook_seconds",
            "From the last byte of what Graph posted to the answer",
            self.seconds.clone(),
        );
        registry.register(
            "tenon_graph_webhook_late",
            "Answers after more than 3 s",
            self.late.clone(),
        );
        registry.register(
            "tenon_graph_webhook_lost",
            "Answers after more than 10 s",
            self.lost.clone(),
        );
        let slow: Gauge = Gauge::default();
        slow.set(self.standing().is_slow().into());
        registry.register(
            "tenon_graph_webhook_slow",
            "Whether half of what Graph puts up with in ten minutes is exceeded",
            slow,
        );
    }

    fn count(&self, since_start: Duration, late: bool, lost: bool) {
        let number = part(since_start);
        let mut parts = self.parts.lock();
        let Some(part) = parts.get_mut(slot(number)) else {
            return;
        };
        if part.number != number {
            *part = Part {
                number,
                ..Part::default()
            };
        }
        part.answers += 1;
        part.late += u64::from(late);
        part.lost += u64::from(lost);
    }

    fn standing_at(&self, since_start: Duration) -> WebhookStanding {
        let now = part(since_start);
        let parts = self.parts.lock();
        let recent = parts.iter().filter(|part| part.number + PARTS as u64 > now);
        recent.fold(WebhookStanding::default(), |sum, part| WebhookStanding {
            answers: sum.answers + part.answers,
            late: sum.late + part.late,
            lost: sum.lost + part.lost,
        })
    }
}

fn part(since_start: Duration) -> u64 {
    since_start.as_secs() / PART.as_secs()
}

fn slot(number: u64) -> usize {
    usize::try_from(number % PARTS as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn half_of_what_graph_puts_up_with_is_slow() {
        let standing = |answers, late, lost| WebhookStanding { answers, late, lost };
        assert!(!WebhookStanding::default().is_slow());
        assert!(!standing(100, 5, 5).is_slow());
        assert!(standing(100, 6, 0).is_slow());
        assert!(!standing(1000, 50, 50).is_slow());
        assert!(standing(1000, 50, 76).is_slow());
    }

    #[test]
    fn what_was_more_than_ten_minutes_ago_does_not_count() {
        let meter = WebhookMeter::default();
        meter.count(SECOND, true, false);
        meter.count(31 * SECOND, false, false);
        let at = |seconds: u32| meter.standing_at(seconds * SECOND);
        assert_eq!((at(31).answers, at(31).late), (2, 1));
        assert_eq!((at(599).answers, at(599).late), (2, 1));
        assert_eq!((at(600).answers, at(600).late), (1, 0));
        assert_eq!(at(630).answers, 0);
        meter.count(601 * SECOND, true, true);
        assert_eq!((at(601).answers, at(601).lost), (2, 1));
    }

    #[test]
    fn answers_are_counted_by_how_late_they_are() {
        let meter = WebhookMeter::default();
        for millis in [1, 3_000, 3_001, 10_001] {
            meter.answered(Duration::from_millis(millis));
        }
        assert_eq!(
            meter.standing(),
            WebhookStanding {
                answers: 4,
                late: 2,
                lost: 1
            }
        );
    }
}
