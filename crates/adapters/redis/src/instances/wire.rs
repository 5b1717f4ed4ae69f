//! What an instance says of itself, in one line: `version started_at seen_at sockets rooms jobs database redis`. Times and
//! latencies are microseconds; a service that is down is `down`, and one that is not used `-`.

use std::time::Duration;

use tenon_cluster::{Instance, Signs};
use tenon_kernel::{ServiceState, Timestamp};

const DOWN: &str = "down";
const UNUSED: &str = "-";

pub fn written(instance: &Instance) -> String {
    let Signs {
        sockets,
        rooms,
        jobs,
        database,
        redis,
    } = instance.signs;
    let (version, started, seen) = (
        &instance.version,
        instance.started_at.as_micros(),
        instance.seen_at.as_micros(),
    );
    let redis = redis.map_or_else(|| UNUSED.to_owned(), state);
    format!(
        "{version} {started} {seen} {sockets} {rooms} {jobs} {} {redis}",
        state(database)
    )
}

/// What [`written`] wrote; nothing when it is something else.
pub fn read(id: &str, text: &str) -> Option<Instance> {
    let mut words = text.split(' ');
    let mut next = || words.next();
    let instance = Instance {
        id: id.parse().ok()?,
        version: next()?.to_owned(),
        started_at: time(next()?)?,
        seen_at: time(next()?)?,
        signs: Signs {
            sockets: next()?.parse().ok()?,
            rooms: next()?.parse().ok()?,
            jobs: next()?.parse().ok()?,
            database: parsed(next()?)?,
            redis: match next()? {
                UNUSED => None,
                word => Some(parsed(word)?),
            },
        },
    };
    words.next().is_none().then_some(instance)
}

fn time(word: &str) -> Option<Timestamp> {
    word.parse().ok().map(Timestamp::from_micros)
}

fn state(state: ServiceState) -> String {
    match state {
        ServiceState::Up(latency) => latency.as_micros().to_string(),
        ServiceState::Down => DOWN.to_owned(),
    }
}

fn parsed(word: &str) -> Option<ServiceState> {
    match word {
        DOWN => Some(ServiceState::Down),
        micros => micros.parse().ok().map(Duration::from_micros).map(ServiceState::Up),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_cluster::InstanceId;

    fn instance(database: ServiceState, redis: Option<ServiceState>) -> Instance {
        let now = Timestamp::from_micros(1_767_225_599_000_042);
        Instance {
            id: InstanceId::at(now),
            version: "1.2.3-rc.1".to_owned(),
            started_at: now,
            seen_at: now.plus(Duration::from_secs(9)),
            signs: Signs {
                sockets: 1,
                rooms: 2,
                jobs: u64::MAX,
                database,
                redis,
            },
        }
    }

    #[test]
    fn what_was_written_reads_back_equal() {
        let up = ServiceState::Up(Duration::from_micros(312));
        for database in [up, ServiceState::Down] {
            for redis in [None, Some(up), Some(ServiceState::Down)] {
                let instance = instance(database, redis);
                let read = read(&instance.id.to_string(), &written(&instance));
                assert_eq!(read, Some(instance));
            }
        }
    }

    #[test]
    fn anything_else_is_not_read() {
        let instance = instance(ServiceState::Down, None);
        let (id, text) = (instance.id.to_string(), written(&instance));
        assert_eq!(read("seven", &text), None);
        for text in ["", "1.2.3", &format!("{text} more"), &text.replace("down", "lost")] {
            assert_eq!(read(&id, text), None, "{text}");
        }
    }
}
