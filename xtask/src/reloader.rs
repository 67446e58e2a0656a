//! The man pages and the shell completions of the config-reloader, derived from its flags. Written on demand, not committed;
//! not a part of the program, which stays small.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;

use clap_complete::{Shell, generate_to};
use clap_mangen::Man;
use config_reloader::args;

/// What a man page has besides the flags: title, and paragraphs. One that begins with `$` is a command.
const SECTIONS: &[(&str, &[&str])] = &[
    (
        "EXAMPLES",
        &[
            "Beside a Prometheus that runs with --web.enable-lifecycle:",
            "$ prometheus-config-reloader --config-file=/etc/prometheus/prometheus.yml \
             --watched-files='/etc/prometheus/rules/*.yml' --verify-reload",
            "Only what promtool accepts, with the environment expanded:",
            "$ prometheus-config-reloader --config-file=/etc/prometheus/prometheus.yml.in \
             --config-envsubst-file=/etc/prometheus/prometheus.yml --check-command='promtool check config {}'",
            "Once, from a script, for Alertmanager:",
            "$ prometheus-config-reloader --once --config-file=/etc/alertmanager/alertmanager.yml \
             --reload-url=http://localhost:9093/-/reload",
        ],
    ),
    (
        "EXIT STATUS",
        &[
            "0: it was stopped by SIGTERM or SIGINT, or a run that ends by itself (--once, --validate, --watch-interval=0, \
             healthcheck) succeeded.",
            "1: such a run failed, or the listener could not be opened.",
            "2: an argument, the web config file or the targets file is wrong.",
        ],
    ),
    (
        "SIGNALS",
        &[
            "SIGHUP: look at the files and the targets file now, and reload the targets even if nothing changed.",
            "SIGTERM, SIGINT: end. What is under way is broken off, and what is in place stays.",
        ],
    ),
    (
        "FILES",
        &[
            ".prometheus-config-reloader: in --target-dir, the list of the files that were written there.",
            ".prometheus-config-reloader-*.tmp: beside an output while it is written. Neither is ever read as configuration.",
        ],
    ),
    (
        "ENVIRONMENT",
        &[
            "HTTP_PROXY, HTTPS_PROXY, NO_PROXY: proxies for targets on other machines.",
            "SSL_CERT_FILE: certificate authorities instead of those of the system.",
            "KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT: set in a pod; where the API server is.",
            "NOTIFY_SOCKET, WATCHDOG_USEC: set by systemd, which is told that the program is ready and alive.",
            "All variables may be referred to by the configuration; see --expand.",
        ],
    ),
];

/// Writes them to `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut command = args::command();
    let name = command.get_name().to_owned();
    fs::write(folder.join(format!("{name}.1")), page(&command)?)?;
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut command, &name, folder)?;
    }
    command.build();
    let commands = command.get_subcommands().filter(|command| command.get_name() != "help");
    for sub in commands {
        let full = format!("{name}-{}", sub.get_name());
        let mut text = Vec::new();
        Man::new(sub.clone().display_name(full.clone()))
            .source(source())
            .render(&mut text)?;
        fs::write(folder.join(format!("{full}.1")), text)?;
    }
    Ok(())
}

/// The program and its version, as the header of a page has them.
fn source() -> String {
    format!("prometheus-config-reloader {}", env!("CARGO_PKG_VERSION"))
}

fn page(command: &clap::Command) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    // The example of `--help` is among the examples.
    let man = Man::new(command.clone().after_help("")).source(source());
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    man.render_subcommands_section(&mut text)?;
    for (title, paragraphs) in SECTIONS {
        writeln!(text, ".SH \"{title}\"")?;
        for paragraph in *paragraphs {
            let escaped = paragraph.replace('\\', "\\e").replace('-', "\\-");
            match escaped.strip_prefix("$ ") {
                Some(line) => writeln!(text, ".PP\n.RS 4\n.nf\n{line}\n.fi\n.RE")?,
                // A line that begins with a dot would be a request.
                None => writeln!(text, ".PP\n\\&{escaped}")?,
            }
        }
    }
    Ok(text)
}
