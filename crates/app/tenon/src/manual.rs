//! What is made of the command line itself: completions for shells, and pages for `man`.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::command_line::CommandLine;
use crate::terminal;

/// Prints what has `shell` complete the commands.
///
/// # Errors
///
/// Those of standard output.
pub fn completions(shell: Shell) -> io::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "tenon", &mut script);
    print(&script)
}

/// Writes a page for each command into `folder`, or the first one to standard output.
///
/// # Errors
///
/// Those of the folder and of standard output.
pub fn pages(folder: Option<&Path>) -> io::Result<()> {
    let command = CommandLine::command();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        return print(&page);
    };
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)?;
    terminal::say(format_args!("the pages are in {}", folder.display()));
    Ok(())
}

fn print(bytes: &[u8]) -> io::Result<()> {
    match io::stdout().lock().write_all(bytes) {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        outcome => outcome,
    }
}
