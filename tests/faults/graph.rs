//! What Microsoft Graph posts, while something breaks: what was answered 202 is told, and told once.

mod hanging;
mod kills;
mod locks;
mod outage;
mod vanishing;
