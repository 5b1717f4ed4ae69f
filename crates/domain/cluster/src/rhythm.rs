use std::time::Duration;

/// How often an instance says that it is there.
pub const BEAT: Duration = Duration::from_secs(5);

/// How often it looks who else is.
pub const LOOK: Duration = Duration::from_secs(2);

/// How long an instance is believed to be there after it beat.
pub const LIFE: Duration = Duration::from_secs(15);

/// How long after the begin of a probe the next one of the node begins: eight to ten tenths of `interval`, as `random` has it, so
/// that instances which started together do not probe together. Never more than `interval`, so that a node that fails is
/// found within that and the time of one probe.
pub fn pause(interval: Duration, random: u32) -> Duration {
    let part = f64::from(random) / f64::from(u32::MAX);
    interval.saturating_sub((interval / 5).mul_f64(part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_between_eight_tenths_of_the_interval_and_all_of_it() {
        let second = Duration::from_secs(1);
        assert_eq!(pause(second, 0), second);
        assert_eq!(pause(second, u32::MAX), Duration::from_millis(800));
        let middle = pause(second, u32::MAX / 2);
        assert!(
            middle.abs_diff(Duration::from_millis(900)) < Duration::from_micros(1),
            "{middle:?}"
        );
    }
}
