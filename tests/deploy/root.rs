//! A root file system as the image has it, and a server that sees no other.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::process::{getegid, geteuid};
use tempfile::TempDir;
use tenon_tests::app::Options;
use xtask::programs;

use crate::files::{binary, path, succeed};

/// Whom the server runs as where there is the right to change users; elsewhere it is this user to itself alone.
const USER: u32 = 65532;

/// Steps that show the system's processes, the server's own alone if `own`. Without rights there is nothing but what is seen outside.
pub fn processes(own: bool) -> &'static str {
    match (geteuid().is_root(), own) {
        (true, true) => "mount -t proc -o subset=pid,hidepid=invisible proc \"$root/proc\"",
        (true, false) => "mount -t proc proc \"$root/proc\"",
        (false, _) => "mount --rbind /proc \"$root/proc\"",
    }
}

/// User and group of what the server makes, seen from outside.
pub fn owner() -> (u32, u32) {
    if geteuid().is_root() {
        (USER, USER)
    } else {
        (geteuid().as_raw(), getegid().as_raw())
    }
}

/// What the server sees, and what it may write.
pub struct Root {
    folder: TempDir,
    data: TempDir,
}

impl Root {
    /// What `deploy/image/root.sh` makes, and an empty volume.
    pub fn of_the_image() -> Self {
        let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        succeed(Command::new(path("image/root.sh")).arg(binary()).arg(folder.path()));
        let root = Self { folder, data };
        fs::create_dir_all(root.path("var/lib/tenon")).unwrap();
        fs::set_permissions(root.path(""), fs::Permissions::from_mode(0o755)).unwrap();
        let (user, group) = owner();
        chown(root.data(), Some(user), Some(group)).unwrap();
        root
    }

    /// A path in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The volume.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Every file in it.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut folders = vec![self.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { &mut folders } else { &mut files }.push(path);
            }
        }
        files
    }

    /// A command that becomes `words`, whatever follows, with this as its read-only root and without rights. Whoever is not root here is
    /// it in a namespace of users, which the system has to allow.
    ///
    /// `mounts` are steps of a shell before that, in which `$root` and `$data` are the two folders.
    pub fn enter(&self, mounts: &str, words: &str) -> Vec<String> {
        let (namespace, groups, user) = if geteuid().is_root() {
            ("--mount", "--clear-groups", format!("--setgid={USER} --setuid={USER}"))
        } else {
            let user = format!("--user --map-user={USER} --map-group={USER}");
            ("--map-root-user", "", user)
        };
        let script = format!(
            "set -eu; PATH=/usr/sbin:/usr/bin:/sbin:/bin; root=$1; data=$2; umask 0077
             mount --bind \"$root\" \"$root\"
             {mounts}
             mount -o remount,bind,ro \"$root\"
             exec setpriv {groups} --no-new-privs unshare --root=\"$root\" --wd=/var/lib/tenon {user} {words}"
        );
        let folders = [self.path("").display().to_string(), self.data().display().to_string()];
        let unshare = programs::on_path("unshare")
            .expect("util-linux has it")
            .display()
            .to_string();
        let words = [
            unshare.as_str(),
            namespace,
            "--mount",
            "--propagation",
            "private",
            "sh",
            "-c",
            &script,
            "sh",
        ];
        words.iter().map(ToString::to_string).chain(folders).collect()
    }
}

/// What production insists on, of which a test cannot give it more than the form: nobody calls there.
pub fn in_production(options: Options) -> Options {
    options
        .set("GRAPH_WEBHOOK_URL", "")
        .set("TENON__GRAPH__LOGIN_URL", "https://127.0.0.1:9")
        .set("TENON__GRAPH__API_URL", "https://127.0.0.1:9")
}

/// Holds a process to having no right and to being who it should be.
pub fn assert_powerless(pid: u32) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let of = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().map(str::to_owned).collect::<Vec<String>>()
    };
    let (user, group) = owner();
    assert!(of("Uid:").iter().all(|id| *id == user.to_string()), "{status}");
    assert!(of("Gid:").iter().all(|id| *id == group.to_string()), "{status}");
    if geteuid().is_root() {
        assert_eq!(of("Groups:"), [""; 0], "{status}");
    }
    for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
        assert_eq!(of(set), ["0000000000000000"], "{set}");
    }
    assert_eq!(of("NoNewPrivs:"), ["1"]);
}
