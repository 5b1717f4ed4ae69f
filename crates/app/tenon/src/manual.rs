//! What is made of the command line itself: completions for shells, and pages for `man`.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::Shell;

use crate::command_line::CommandLine;
use crate::terminal;

/// Prints what has `shell` complete the commands.
pub fn completions(shell: Shell) {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut CommandLine::command(), "tenon", &mut script);
    terminal::print(&script);
}

/// Writes a page for each command into `folder`, or the first one to standard output.
///
/// # Errors
///
/// Those of the folder.
pub fn pages(folder: Option<&Path>) -> io::Result<()> {
    let command = CommandLine::command();
    let Some(folder) = folder else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page)?;
        terminal::print(&page);
        return Ok(());
    };
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command, folder)?;
    terminal::say(format_args!("the pages are in {}", folder.display()));
    Ok(())
}
