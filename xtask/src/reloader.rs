//! The man pages and the shell completions of the config-reloader, derived from its flags. Written on demand, not committed;
//! not a part of the program, which stays small.

use std::fs;
use std::io;
use std::path::Path;

use clap_complete::{Shell, generate_to};
use config_reloader::args;
use operator::cli::manual::{Section, pages};

/// What the man page has besides the flags.
const SECTIONS: &[Section] = &[
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
    for (name, text) in pages(&command, SECTIONS)? {
        fs::write(folder.join(name), text)?;
    }
    let name = command.get_name().to_owned();
    for shell in [Shell::Bash, Shell::Fish, Shell::Zsh] {
        generate_to(shell, &mut command, &name, folder)?;
    }
    Ok(())
}
