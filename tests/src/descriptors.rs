//! How many files and sockets a test may have open.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// Each socket takes a file here and one in the server, which inherits the limit.
pub fn allow_many_files() {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit {
        current: limit.maximum,
        ..limit
    };
    setrlimit(Resource::Nofile, raised).unwrap();
}
