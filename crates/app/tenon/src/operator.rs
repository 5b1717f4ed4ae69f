//! Whoever works on the command line: to the audit log, the operator by the command that was typed.

use tenon_kernel::{Author, Device};

/// Where what a command does comes from: the command, such as `users`.
pub fn device(command: &str) -> Device {
    Device::new(Some(&format!("tenon {command}")), None)
}

/// Who does it.
pub fn author(command: &str) -> Author {
    Author::operator(&device(command))
}
