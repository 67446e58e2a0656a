//! The man page and the shell completions of the config-reloader, derived from its flags. Written on demand, not committed;
//! not a part of the program, which stays small.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate_to};
use config_reloader::args::Args;

/// Writes them to `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let page = File::create(folder.join(format!("{name}.1")))?;
    clap_mangen::Man::new(command.clone()).render(&mut io::BufWriter::new(page))?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut command, &name, folder)?;
    }
    Ok(())
}
