//! The checks of a `Probe`, in the order of the original. Pure. It cannot name files of the container.

use std::net::IpAddr;

use crds::{HttpClient, Probe, ProbeSpec};
use formats::excerpt::Excerpt;

use super::Checks;
use crate::assets::TlsFiles;
use crate::check::format;
use crate::check::http_client::{self, Credentials};
use crate::check::invalid::{Field, Invalid};
use crate::object::ObjectKey;
use crate::selector;

/// A `Probe` that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum ProbeError {
    /// Nothing to probe.
    #[error("at least one of staticConfig and ingress is required")]
    NoTargets,
    /// No label may have this name.
    #[error("invalid label {name:?}")]
    Label {
        /// The name.
        name: Excerpt,
    },
    /// Not a host with or without a port.
    #[error("{url:?} is not of the form `hostname` or `hostname:port`: invalid {part}")]
    ProberUrl {
        /// What is given.
        url: Excerpt,
        /// What is wrong with it.
        part: &'static str,
    },
}

impl Checks<'_> {
    /// Checks `probe` and gives the TLS files that it needs.
    pub(in crate::prometheus) fn probe(&self, key: &ObjectKey, probe: &Probe) -> Result<TlsFiles, Invalid> {
        let spec = &probe.spec;
        self.scrape_class(spec.scrape_class.as_deref()).field("scrapeClass")?;
        if spec.targets.is_empty() {
            return Err(Invalid::new("targets", ProbeError::NoTargets));
        }
        let client = HttpClient::from(spec);
        let mut credentials = Credentials::new(&key.namespace, self.assets);
        http_client::check_auth(&client.auth)?;
        credentials.auth(&client.auth)?;
        if let Some(tls) = client.tls_config {
            credentials.tls(tls).field("tlsConfig")?;
        }
        self.timeout(spec.scrape_timeout.as_deref(), spec.interval.as_deref())
            .field("scrapeTimeout")?;
        self.relabeling
            .check_all(&spec.metric_relabelings, "metricRelabelings")?;
        self.targets(spec)?;
        if let Some(proxy) = &client.proxy {
            http_client::check_proxy(proxy).field("prober.proxyConfig")?;
            credentials.proxy(proxy)?;
        }
        check_prober(spec).field("prober.url")?;
        self.job_auth(&client.auth, None, spec.scrape_class.as_deref())?;
        format::check(spec)?;
        Ok(credentials.into_tls_files())
    }

    fn targets(&self, spec: &ProbeSpec) -> Result<(), Invalid> {
        if let Some(targets) = &spec.targets.static_config {
            for name in targets.labels.keys() {
                if !self.relabeling.reads(name) {
                    let name = name.into();
                    return Err(Invalid::new("targets.staticConfig.labels", ProbeError::Label { name }));
                }
            }
            let path = "targets.staticConfig.relabelingConfigs";
            self.relabeling.check_all(&targets.relabeling_configs, path)?;
        }
        if let Some(ingress) = &spec.targets.ingress {
            if let Some(labels) = &ingress.selector {
                selector::check(labels).field("targets.ingress.selector")?;
            }
            let path = "targets.ingress.relabelingConfigs";
            self.relabeling.check_all(&ingress.relabeling_configs, path)?;
        }
        Ok(())
    }
}

/// The URL of a prober is a host with an optional port. An IPv6 address with a port is in brackets.
fn check_prober(spec: &ProbeSpec) -> Result<(), ProbeError> {
    let url = spec.prober.as_deref().map_or("", |prober| &*prober.url);
    let invalid = |part| ProbeError::ProberUrl { url: url.into(), part };
    if url.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    let (host, port) = match url.rsplit_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (url, None),
    };
    let is_host = match host.strip_prefix('[').and_then(|host| host.strip_suffix(']')) {
        Some(address) => address.parse::<IpAddr>().is_ok(),
        None => is_host_name(host),
    };
    if !is_host {
        return Err(invalid("host"));
    }
    match port.map(str::parse::<u16>) {
        None => Ok(()),
        Some(Ok(port)) if port > 0 => Ok(()),
        Some(_) => Err(invalid("port")),
    }
}

/// A DNS name or an IPv4 address; underscores are allowed, as services of Docker have them.
fn is_host_name(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().next().is_some_and(is_word)
            && label.bytes().all(|byte| is_word(byte) || byte == b'-')
    };
    host.len() <= 253 && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use crds::ProberSpec;

    use super::*;

    #[test]
    fn a_prober_is_a_host_with_or_without_a_port() {
        for (url, expected) in [
            ("prober", None),
            ("blackbox_exporter.monitoring.svc.:9115", None),
            ("10.0.0.1:80", None),
            ("fe80::1", None),
            ("[fe80::1]:9115", None),
            ("[fe80::1]", Some("host")),
            ("", Some("host")),
            ("-prober", Some("host")),
            ("prober:0", Some("port")),
            ("prober:65536", Some("port")),
            ("https://prober", Some("port")),
            ("prober/path", Some("host")),
        ] {
            let prober = ProberSpec {
                url: url.into(),
                ..ProberSpec::default()
            };
            let spec = ProbeSpec {
                prober: Some(prober.into()),
                ..ProbeSpec::default()
            };
            let part = check_prober(&spec).err().map(|error| match error {
                ProbeError::ProberUrl { part, .. } => part,
                other => panic!("{other}"),
            });
            assert_eq!(part, expected, "{url}");
        }
    }
}
