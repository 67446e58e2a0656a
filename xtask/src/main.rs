//! `cargo xtask COMMAND`: writes generated files.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use xtask::{all, compatibility, definitions, deploy, reloader, versions, write};

#[derive(Parser)]
#[command(name = "xtask", about = "Writes generated files")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// The definitions of the custom resources: crds/
    Crds,
    /// What a user applies: deploy/
    Deploy,
    /// Which version of Prometheus and Alertmanager knows what: docs/
    Versions,
    /// What of which release of the original is here: docs/
    Compatibility,
    /// All of the above
    All,
    /// Man page and shell completions of the config-reloader
    ReloaderDocs {
        /// Folder to write to
        folder: PathBuf,
    },
}

fn main() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = match Arguments::parse().command {
        Command::Crds => definitions::output(),
        Command::Deploy => deploy::output(),
        Command::Versions => versions::output(),
        Command::Compatibility => compatibility::output(),
        Command::All => all(),
        Command::ReloaderDocs { folder } => return reloader::write(&folder),
    };
    write(&root, &output)
}
