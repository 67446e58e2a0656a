//! `cargo xtask COMMAND`: writes generated files.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Parser, Subcommand};
use xtask::{
    all, book, compatibility, definitions, deploy, performance, reference, reloader, scenarios, versions, write,
};

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
    /// Fields of the API, flags, metrics, reasons and permissions: docs/reference
    Reference,
    /// Which scenarios of the original's end-to-end suite are tested: docs/tests.md
    Scenarios,
    /// Tables and plots of what was measured: docs/performance/
    Performance,
    /// All of the above
    All,
    /// The manifests of a release: the bundle and the definitions, each as one file
    Release {
        /// Folder to write to
        folder: PathBuf,
    },
    /// A copy of the documentation for `mdBook`
    Book {
        /// Folder to write to
        folder: PathBuf,
        /// Address of the sources, for links to files that are not part of the book
        #[arg(long)]
        repository: Option<String>,
    },
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
        Command::Reference => reference::output(),
        Command::Release { folder } => return write(&folder, &deploy::release()),
        Command::Book { folder, repository } => return book::write(&root, &folder, repository.as_deref()),
        Command::Scenarios => scenarios::output(&root)?,
        Command::Performance => performance::output()?,
        Command::All => all()?.and(scenarios::output(&root)?),
        Command::ReloaderDocs { folder } => return reloader::write(&folder),
    };
    write(&root, &output)
}
