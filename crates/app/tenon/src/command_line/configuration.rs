use clap::Subcommand;

use super::Format;

#[derive(Debug, Clone, Copy, Subcommand)]
pub enum ConfigCommand {
    /// List every mistake; exit 78 if there is one.
    Check(Format),
    /// Print what applies and where it came from, with secrets masked.
    Show(Format),
    /// Print what every key is for, as Markdown.
    Reference,
}
