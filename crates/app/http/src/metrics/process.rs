use std::fs;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use crate::Api;

/// How many of `utime` and `stime` are a second, wherever Linux tells of them in a file (proc(5), `USER_HZ`).
const TICKS: f64 = 100.0;

/// What the system says of the process, under the names that all of Prometheus' clients have for it. Only on Linux is there more to tell
/// than when it was started.
pub(super) fn register(api: &Api, registry: &mut Registry) {
    let started: Gauge<f64, AtomicU64> = Gauge::default();
    let now = api.clock.now().as_micros() as f64 / 1e6;
    started.set(now - api.health.uptime().as_secs_f64());
    registry.register(
        "process_start_time_seconds",
        "When the process was started, since 1970",
        started,
    );
    let told = |file| fs::read_to_string(file).unwrap_or_default();
    if let Some(bytes) = resident(&told("/proc/self/status")) {
        let memory: Gauge = Gauge::default();
        memory.set(bytes);
        registry.register("process_resident_memory_bytes", "Memory that is in use", memory);
    }
    if let Some(seconds) = processor(&told("/proc/self/stat")) {
        let used: Counter<f64, AtomicU64> = Counter::default();
        used.inc_by(seconds);
        registry.register("process_cpu_seconds", "Time of the processor that was used", used);
    }
}

/// The bytes that `/proc/PID/status` tells of.
fn resident(status: &str) -> Option<i64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<i64>().ok()?.checked_mul(1024)
}

/// The seconds that `/proc/PID/stat` tells of. The second field is a name in parentheses, which may hold anything; after it come the
/// state, which is the third field, and numbers.
fn processor(stat: &str) -> Option<f64> {
    let (_, fields) = stat.rsplit_once(')')?;
    let mut times = fields.split_whitespace().skip(14 - 3).map(str::parse::<i64>);
    let ticks = times.next()?.ok()?.checked_add(times.next()?.ok()?)?;
    Some(ticks as f64 / TICKS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_linux_says_of_a_process_is_read_whatever_it_is_called() {
        let stat = "7 (a) b) S 1 7 7 0 -1 4194560 900 0 0 0 250 50 0 0 20 0 12 0 1000 123456789 2048";
        assert_eq!(processor(stat), Some(3.0));
        assert_eq!(processor("7 (tenon) S 1"), None);
        assert_eq!(
            resident("Name:\ttenon\nVmRSS:\t   12345 kB\nVmData:\t 1 kB\n"),
            Some(12345 * 1024)
        );
        assert_eq!(resident("Name:\ttenon\n"), None);
    }
}
