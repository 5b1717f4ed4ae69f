use clap::{Args, Subcommand};

use super::Format;

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum KeysCommand {
    /// Print the keys, which one seals, and how many records are under each.
    Status(Format),
    /// Make a new key and bring every record under it, while servers serve; or go on where that was interrupted.
    ///
    /// Keys that were configured as such and not in a file are not made here: every record comes under auth.encryption_key.
    Rotate(Rotate),
}

#[derive(Debug, Clone, Copy, Args)]
pub struct Rotate {
    /// Instead, take the keys out of the file that nothing is under any more. A day after the last new key at the earliest: so long
    /// answers are kept for repeated requests, and tickets, which no rotation brings under another key.
    #[arg(long)]
    pub finish: bool,
    /// With --finish: a minute after the last new key at the earliest, whatever becomes of those.
    #[arg(long, requires = "finish")]
    pub at_once: bool,
    #[command(flatten)]
    pub format: Format,
}
