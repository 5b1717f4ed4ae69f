//! What README and tutorial tell a newcomer to type is typed here, and what they show is compared with what comes.

mod board;
mod reading;
mod readme;
mod shell;
mod showing;
mod tutorial;
