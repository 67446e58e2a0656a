//! The command line of the program `admission-webhook`: the flags of the original's with their defaults. Pure.

use std::ffi::OsString;

use clap::{ArgAction, Command, CommandFactory as _, FromArgMatches as _, Parser};
use process::flags::normalise;

use super::{Judgement, Program, Web};

/// Runs the admission and conversion webhooks of the group `monitoring.coreos.com`, without an API server.
#[derive(Debug, Clone, Parser)]
#[command(name = "admission-webhook", args_override_self = true, disable_version_flag = true)]
pub struct WebhookArgs {
    /// The HTTPS server.
    #[command(flatten)]
    pub web: Web,

    /// What objects are judged by.
    #[command(flatten)]
    pub judgement: Judgement,

    /// What both programs have.
    #[command(flatten)]
    pub program: Program,
}

impl WebhookArgs {
    /// Reads `arguments`, the program's name first.
    ///
    /// # Errors
    /// An unknown flag, a bad value, or `--help`.
    pub fn try_from_arguments(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, clap::Error> {
        let command = command();
        let arguments = normalise(&command, arguments);
        Self::from_arg_matches(&command.try_get_matches_from(arguments)?)
    }
}

/// The command line. The flags of the web server are those of the operator, with other defaults.
pub fn command() -> Command {
    WebhookArgs::command()
        .mut_arg("web_listen_address", |flag| flag.default_value(":8443"))
        .mut_arg("web_enable_tls", |flag| {
            flag.action(ArgAction::Set)
                .value_parser(clap::value_parser!(bool))
                .default_value("true")
        })
        .mut_arg("web_tls_curves", |flag| {
            flag.default_value("CurveP256,CurveP384,CurveP521,X25519,X25519MLKEM768")
        })
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::time::Duration;

    use super::*;
    use crate::args::NameScheme;

    fn args(flags: &[&str]) -> Result<WebhookArgs, clap::Error> {
        WebhookArgs::try_from_arguments(["admission-webhook"].iter().chain(flags).map(OsString::from))
    }

    #[test]
    fn the_defaults_are_those_of_the_original() {
        let WebhookArgs { web, judgement, .. } = args(&[]).unwrap();
        assert_eq!(web.listen_address, ":8443");
        assert!(web.enable_tls && !web.enable_http2);
        assert_eq!(web.cert_file, Path::new("/etc/tls/private/tls.crt"));
        assert_eq!(web.key_file, Path::new("/etc/tls/private/tls.key"));
        assert_eq!(web.client_ca_file, Path::new("/etc/tls/private/tls-ca.crt"));
        assert_eq!(web.tls_reload_interval, Duration::from_mins(1));
        assert_eq!(
            (web.tls_min_version.as_str(), web.tls_cipher_suites.as_str()),
            ("VersionTLS13", "")
        );
        assert!(web.tls_curves.starts_with("CurveP256,"));
        assert_eq!(judgement.name_validation_scheme, NameScheme::Legacy);
        assert!(judgement.admission_kinds.is_empty());
    }

    /// What the chart passes, in both of Go's spellings.
    #[test]
    fn the_flags_of_the_usual_deployments_are_read() {
        let args = args(&[
            "--web.enable-tls=true",
            "-web.cert-file=/cert/cert",
            "--web.key-file=/cert/key",
            "--web.listen-address=:10250",
            "-web.tls-min-version=VersionTLS12",
            "--promql-options=experimental-functions,duration-expression-parsing",
            "--name-validation-scheme=utf8",
            "--log-format=json",
            "-auto-gomemlimit-ratio=0.5",
        ])
        .unwrap();
        assert!(args.web.enable_tls && args.judgement.promql_options.0.experimental_functions);
        assert_eq!(args.judgement.name_validation_scheme, NameScheme::Utf8);
        assert_eq!(args.web.cert_file, Path::new("/cert/cert"));
    }

    #[test]
    fn tls_is_turned_off_as_in_go() {
        for flags in [
            &["--web.enable-tls=false"][..],
            &["-web.enable-tls=F"],
            &["--web.enable-tls", "--web.enable-tls=0"],
        ] {
            assert!(!args(flags).unwrap().web.enable_tls, "{flags:?}");
        }
        let args = args(&["--web.cert-file=", "--web.key-file="]).unwrap();
        assert!(args.web.cert_file.as_os_str().is_empty() && args.web.key_file.as_os_str().is_empty());
    }

    #[test]
    fn bad_values_are_refused() {
        for bad in [
            "--name-validation-scheme=ascii",
            "--promql-options=everything",
            "--web.tls-min-version=VersionTLS11",
            "--admission-kinds=pods",
            "--kubelet-service=a/b",
            "start",
        ] {
            assert!(args(&[bad]).is_err(), "{bad}");
        }
    }
}
