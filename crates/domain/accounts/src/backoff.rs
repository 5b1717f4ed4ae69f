use std::time::Duration;

/// How long an account waits after `failures` wrong passwords in a row: nothing for the first three, which are typing
/// errors, then 1 s, doubling to 15 minutes. There is no hard lock.
pub fn backoff(failures: u32) -> Duration {
    match failures {
        0..=3 => Duration::ZERO,
        _ => Duration::from_secs(1 << (failures - 4).min(10)).min(Duration::from_secs(15 * 60)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_double_the_wait_up_to_fifteen_minutes() {
        let seconds: Vec<u64> = (3..=15).map(|failures| backoff(failures).as_secs()).collect();
        assert_eq!(seconds, [0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(backoff(u32::MAX).as_secs(), 900);
    }
}
