//! What a process asked of the system, and what a unit allows it to ask.

use std::collections::BTreeSet;
use std::process::Command;

use xtask::programs;

use crate::files::succeed;
use crate::unit::Unit;

/// The calls of a server, without those of what became it.
pub struct Trace<'a>(Vec<&'a str>);

impl<'a> Trace<'a> {
    /// What `strace -f` wrote.
    pub fn of(text: &'a str) -> Self {
        let calls = text
            .lines()
            .filter_map(|line| line.split_once(' ').map(|(_, call)| call.trim_start()));
        let mut calls = calls.skip_while(|call| !call.starts_with("execve(\"/usr/local/bin/tenon\""));
        assert!(calls.next().is_some(), "the server was never started");
        Self(calls.collect())
    }

    /// The calls by this name.
    fn by_name(&self, name: &str) -> impl Iterator<Item = &'a str> {
        let start = format!("{name}(");
        self.0.iter().copied().filter(move |call| call.starts_with(&start))
    }

    /// The names of all calls.
    fn names(&self) -> BTreeSet<&'a str> {
        let name = |call: &&'a str| call.split_once('(').map(|(name, _)| name);
        let is_name = |name: &&str| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.0.iter().filter_map(name).filter(is_name).collect()
    }

    /// Holds each call to what the unit allows.
    pub fn assert_allowed(&self, unit: &Unit) {
        let allowed = allowed(&unit.all("SystemCallFilter"));
        let names = self.names();
        assert!(names.contains("accept4") && names.contains("fdatasync"), "{names:?}");
        let refused: Vec<&&str> = names.iter().filter(|name| !allowed.contains(**name)).collect();
        assert!(refused.is_empty(), "the unit refuses {refused:?}");
        let families: BTreeSet<&str> = unit.one("RestrictAddressFamilies").split(' ').collect();
        for call in self.by_name("socket") {
            let family = call["socket(".len()..].split(',').next().unwrap();
            assert!(families.contains(family), "the unit refuses {call}");
        }
        assert_eq!(unit.one("MemoryDenyWriteExecute"), "yes");
        for call in self.by_name("mmap") {
            assert!(
                !(call.contains("PROT_WRITE") && call.contains("PROT_EXEC")),
                "the unit refuses {call}"
            );
        }
        for call in self.by_name("mprotect") {
            assert!(!call.contains("PROT_EXEC"), "the unit refuses {call}");
        }
        assert_eq!(unit.one("RestrictNamespaces"), "yes");
        assert!(!self.0.iter().any(|call| call.contains("CLONE_NEW")));
        assert_eq!(unit.one("RestrictRealtime"), "yes");
        assert!(
            !self
                .0
                .iter()
                .any(|call| call.contains("SCHED_FIFO") || call.contains("SCHED_RR"))
        );
    }
}

/// The calls that are left by these filters: the first says what is allowed, those with a tilde take away of it.
fn allowed(filters: &[&str]) -> BTreeSet<String> {
    let mut allowed = members("@default");
    for filter in filters {
        for word in filter.split(' ') {
            match word.strip_prefix('~') {
                Some(word) => {
                    let default = members("@default");
                    let refused = members(word);
                    allowed.retain(|name| default.contains(name) || !refused.contains(name));
                }
                None => allowed.extend(members(word)),
            }
        }
    }
    allowed
}

/// The calls of a set of systemd's, or the one that is named.
fn members(word: &str) -> BTreeSet<String> {
    if !word.starts_with('@') {
        return BTreeSet::from([word.to_owned()]);
    }
    let analyze = programs::on_path("systemd-analyze").expect("run `cargo xtask provision`");
    let output = succeed(Command::new(analyze).args(["syscall-filter", "--no-pager", word]));
    let text = String::from_utf8(output.stdout).unwrap();
    let words = text
        .lines()
        .skip(1)
        .map(str::trim)
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    words.flat_map(members).collect()
}

#[test]
fn what_a_filter_takes_away_is_not_allowed() {
    let allowed = allowed(&["@system-service", "~@privileged"]);
    for name in ["accept4", "epoll_wait", "fdatasync", "read", "futex"] {
        assert!(allowed.contains(name), "{name}");
    }
    for name in ["mount", "setuid", "ptrace", "reboot", "bpf"] {
        assert!(!allowed.contains(name), "{name}");
    }
}

#[test]
#[should_panic(expected = "the unit refuses [\"mount\"]")]
fn a_call_that_the_unit_refuses_is_found_out() {
    let trace = "7 execve(\"/usr/bin/sh\", [...]) = 0\n\
                 7 setuid(65532) = 0\n\
                 7 execve(\"/usr/local/bin/tenon\", [...]) = 0\n\
                 7 accept4(3, NULL, NULL, SOCK_CLOEXEC) = 4\n\
                 8 fdatasync(5 <unfinished ...>\n\
                 7 mount(\"a\", \"b\", NULL, MS_BIND, NULL) = -1 EPERM\n";
    Trace::of(trace).assert_allowed(&Unit::read());
}
