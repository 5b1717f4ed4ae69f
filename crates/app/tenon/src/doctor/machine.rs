use std::net::SocketAddr;
use std::path::Path;

use rustix::fs::statvfs;
use rustix::process::{Resource, getrlimit};

use super::finding::Finding;
use crate::configuration::{DatabaseUrl, Settings};
use crate::listener::{ListenError, listen};
use crate::readiness;

const MEGABYTE: u64 = 1 << 20;

/// Bytes under which a disk is nearly full, and under which it is.
const LITTLE: u64 = 2048 * MEGABYTE;
const NOTHING: u64 = 128 * MEGABYTE;

/// A socket is an open file, and so is a connection to anything else.
const FILES: u64 = 65_536;

/// Looks at the disk, the port and the limits of this machine.
pub fn look(settings: &Settings) -> Vec<Finding> {
    let folder = match &settings.database.url {
        DatabaseUrl::Sqlite(path) => path.parent().unwrap_or(Path::new(".")),
        DatabaseUrl::Postgres(_) => settings.data.folder.as_path(),
    };
    vec![disk(folder), port(settings), files()]
}

fn disk(folder: &Path) -> Finding {
    // What is missing is going to be made below what is there.
    let existing = folder
        .ancestors()
        .find(|folder| folder.exists())
        .unwrap_or(Path::new("."));
    let space = match statvfs(existing) {
        Ok(space) => space.f_bavail.saturating_mul(space.f_frsize),
        Err(error) => {
            return Finding::failure(
                "disk",
                format!("{}: {error}", existing.display()),
                "see that it is there",
            );
        }
    };
    let found = format!("{} MB free below {}", space / MEGABYTE, folder.display());
    let remedy = "make room, or put data.folder on a larger disk: nothing can be written when it is full";
    match space {
        ..NOTHING => Finding::failure("disk", found, remedy),
        NOTHING..LITTLE => Finding::warning("disk", found, remedy),
        LITTLE.. => Finding::ok("disk", found),
    }
}

fn port(settings: &Settings) -> Finding {
    let (bind, port) = (settings.server.bind, settings.server.port);
    match listen(SocketAddr::new(bind, port)) {
        Ok(_) => Finding::ok("port", format!("{port} of {bind} is free")),
        Err(ListenError::Taken { .. }) => match readiness::ask(&settings.server) {
            Ok(()) => Finding::ok("port", format!("a Tenon is ready at {port} of {bind}")),
            Err(error) => Finding::failure(
                "port",
                format!("{port} of {bind} is taken, and what is there is no Tenon that is ready: {error}"),
                "stop what listens there, or choose another port with PORT",
            ),
        },
        Err(error) => Finding::failure(
            "port",
            error.to_string(),
            "choose an address of this machine for server.bind, and a port that this user may have",
        ),
    }
}

fn files() -> Finding {
    match getrlimit(Resource::Nofile).maximum {
        Some(most) if most < FILES => Finding::warning(
            "open files",
            format!("at most {most}, and each socket is one"),
            "raise the hard limit: LimitNOFILE= of the unit, --ulimit nofile= of the container, or limits.conf",
        ),
        Some(most) => Finding::ok("open files", format!("at most {most}")),
        None => Finding::ok("open files", "as many as there may be"),
    }
}
