use std::fmt::Write as _;

use tenon_accounts::{Revocation, Subject};
use tenon_kernel::{Id, Timestamp};

/// One line for each revocation: `session <id>` or `membership <user> <organization>`, then `issued_until` and `forget_at`
/// in microseconds since 1970.
pub fn write(revocations: &[Revocation]) -> String {
    let mut text = String::with_capacity(revocations.len() * 112);
    for Revocation {
        subject,
        issued_until,
        forget_at,
    } in revocations
    {
        let (until, forget) = (issued_until.as_micros(), forget_at.as_micros());
        // Writing to a string cannot fail.
        let _ = match subject {
            Subject::Session(session) => writeln!(text, "session {session} {until} {forget}"),
            Subject::Membership(user, organization) => {
                writeln!(text, "membership {user} {organization} {until} {forget}")
            }
        };
    }
    text
}

/// The revocations of a message. A line that is none is left out: it may come from a newer version.
pub fn read(text: &str) -> Vec<Revocation> {
    text.lines().filter_map(line).collect()
}

fn line(line: &str) -> Option<Revocation> {
    let mut words = line.split(' ');
    let subject = match words.next()? {
        "session" => Subject::Session(id(words.next()?)?),
        "membership" => Subject::Membership(id(words.next()?)?, id(words.next()?)?),
        _ => return None,
    };
    let issued_until = time(words.next()?)?;
    let forget_at = time(words.next()?)?;
    words.next().is_none().then_some(Revocation {
        subject,
        issued_until,
        forget_at,
    })
}

fn id<T>(text: &str) -> Option<Id<T>> {
    text.parse().ok()
}

fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok().map(Timestamp::from_micros)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn revocations() -> [Revocation; 2] {
        let at = Timestamp::from_micros(1_800_000_000_000_123);
        let later = Timestamp::from_micros(1_800_000_960_000_123);
        [
            Revocation {
                subject: Subject::Session(Id::at(at)),
                issued_until: at,
                forget_at: later,
            },
            Revocation {
                subject: Subject::Membership(Id::at(at), Id::at(later)),
                issued_until: at,
                forget_at: later,
            },
        ]
    }

    #[test]
    fn what_is_written_reads_back() {
        let revocations = revocations();
        assert_eq!(read(&write(&revocations)), revocations);
        assert_eq!(read(&write(&[])), []);
    }

    #[test]
    fn malformed_lines_are_left_out_and_the_others_count() {
        let revocations = revocations();
        let good = write(&revocations);
        let id = "0198c0de-0000-7000-8000-000000000000";
        let bad = [
            String::new(),
            "session".into(),
            format!("session {id}"),
            format!("session {id} 1"),
            format!("session {id} 1 2 3"),
            format!("session {id} 1 99999999999999999999"),
            format!("session {id}  1 2"),
            format!("membership {id} 1 2"),
            format!("tenant {id} 1 2"),
            "session x 1 2".into(),
            "{\"session\":1}".into(),
        ];
        for bad in bad {
            assert_eq!(read(&bad), [], "{bad}");
            assert_eq!(read(&format!("{bad}\n{good}{bad}")), revocations, "{bad}");
        }
    }
}
