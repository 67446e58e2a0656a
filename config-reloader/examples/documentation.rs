//! Writes the man page and the completions of shells, as the flags say them: `documentation FOLDER`. Not a part of the
//! program, which stays small.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate_to};
use config_reloader::args::Args;

fn main() -> io::Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or_else(|| io::Error::other("name the folder to write to"))?;
    fs::create_dir_all(&folder)?;
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let page = File::create(folder.join(format!("{name}.1")))?;
    clap_mangen::Man::new(command.clone()).render(&mut io::BufWriter::new(page))?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut command, &name, &folder)?;
    }
    Ok(())
}
