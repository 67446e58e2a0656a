//! Every version gate of the generated configuration, as a list: for the tests, and for the document of versions. Pure.

use formats::version::{Field, Version};

use super::section::Table;
use super::{
    alerting, global, http, kubernetes_sd, limits, otlp, pod_monitor, probe, remote_read, remote_write, scrape,
    scrape_config, service_monitor, tracing, tsdb,
};

/// A key that not every version knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// Key in the file, or name of an argument.
    pub key: &'static str,
    /// First version that knows it; absent: all do, up to `until`.
    pub since: Option<Version>,
    /// First version that does not know it any more.
    pub until: Option<Version>,
}

/// Each part of the file with its gates, in the order of its keys. Parts without a gate are left out.
pub fn gates() -> Vec<(&'static str, Vec<Gate>)> {
    let mut tables = tables();
    tables.extend(scrape_config_tables());
    tables.retain(|(_, gates)| !gates.is_empty());
    tables
}

fn of<T>(table: Table<'_, T>) -> Vec<Gate> {
    let gate = |field: &Field<T>| Gate {
        key: field.key,
        since: field.since,
        until: field.until,
    };
    table
        .iter()
        .map(gate)
        .filter(|gate| gate.since.is_some() || gate.until.is_some())
        .collect()
}

/// The tables but for those of `ScrapeConfig`s. One that is not here is neither tested nor documented: add it.
fn tables() -> Vec<(&'static str, Vec<Gate>)> {
    vec![
        ("global", of(global::scrape_fields())),
        ("global limits", of(global::global_limit_fields())),
        ("global options", of(global::option_fields())),
        ("global of servers", of(global::server_fields())),
        ("runtime", of(global::runtime_fields())),
        ("head of a job", of(scrape::head_fields())),
        ("limits", of(limits::limit_fields())),
        ("native histograms", of(scrape::histogram_fields())),
        ("formats", of(scrape::format_fields())),
        ("body size", of(scrape::body_size_fields())),
        ("ServiceMonitor credentials", of(service_monitor::credential_fields())),
        ("PodMonitor credentials", of(pod_monitor::credential_fields())),
        ("PodMonitor authorization", of(pod_monitor::authorization_fields())),
        ("Probe head", of(probe::head_fields())),
        ("Probe client", of(probe::client_fields())),
        ("Probe credentials", of(probe::credential_fields())),
        ("kubernetes_sd target", of(kubernetes_sd::target_fields())),
        ("kubernetes_sd server", of(kubernetes_sd::server_fields())),
        ("kubernetes_sd options", of(kubernetes_sd::option_fields())),
        ("authorization", of(http::authorization_fields())),
        ("oauth2", of(http::oauth2_fields())),
        ("oauth2 proxy", of(http::oauth2_proxy_fields())),
        ("oauth2 tls", of(http::oauth2_tls_fields())),
        ("proxy", of(http::proxy_fields())),
        ("tls_config", of(http::tls_fields())),
        ("sigv4", of(http::sigv4_fields())),
        ("exemplars", of(tsdb::exemplar_fields())),
        ("tsdb", of(tsdb::tsdb_fields())),
        ("tsdb of agents", of(tsdb::agent_tsdb_fields())),
        ("alertmanager client", of(alerting::client_fields())),
        ("alertmanager", of(alerting::endpoint_fields())),
        ("remote_write", of(remote_write::endpoint_fields())),
        ("remote_write options", of(remote_write::option_fields())),
        ("azuread", of(remote_write::azure_fields())),
        ("queue_config", of(remote_write::queue_fields())),
        ("metadata_config", of(remote_write::metadata_fields())),
        ("remote_read", of(remote_read::endpoint_fields())),
        ("remote_read options", of(remote_read::option_fields())),
        ("otlp", of(otlp::otlp_fields())),
        ("tracing", of(tracing::tracing_fields())),
    ]
}

fn scrape_config_tables() -> Vec<(&'static str, Vec<Gate>)> {
    use scrape_config::client::Setting;
    use scrape_config::{
        aws, azure, consul, digitalocean, dns, docker, eureka, file, gce, hetzner, ionos, kubernetes, kuma, linode,
        nomad, openstack, ovhcloud, puppetdb, scaleway, static_config,
    };
    vec![
        ("ScrapeConfig head", of(scrape_config::head_fields())),
        ("ScrapeConfig scheme", of(scrape_config::scheme_fields())),
        ("ScrapeConfig credentials", of(scrape_config::credential_fields())),
        ("ScrapeConfig discoveries", of(scrape_config::discovery_fields())),
        ("ScrapeConfig names", of(scrape_config::name_fields())),
        ("discovery basic_auth", of(Setting::BasicAuth.fields())),
        ("discovery authorization", of(Setting::Authorization.fields())),
        ("discovery oauth2", of(Setting::OAuth2.fields())),
        ("discovery tls", of(Setting::Tls.fields())),
        ("discovery redirects", of(Setting::FollowRedirects.fields())),
        ("discovery http2", of(Setting::EnableHttp2.fields())),
        ("static", of(static_config::static_fields())),
        ("file", of(file::file_fields())),
        ("http", of(scrape_config::http::http_fields())),
        ("kubernetes role", of(kubernetes::role_fields())),
        ("kubernetes namespaces", of(kubernetes::namespace_fields())),
        ("kubernetes options", of(kubernetes::option_fields())),
        ("consul", of(consul::consul_fields())),
        ("dns", of(dns::dns_fields())),
        ("ec2", of(aws::ec2_fields())),
        ("ec2 client", of(aws::ec2_client_fields())),
        ("azure", of(azure::azure_fields())),
        ("azure client", of(azure::azure_client_fields())),
        ("gce", of(gce::gce_fields())),
        ("openstack", of(openstack::openstack_fields())),
        ("digitalocean", of(digitalocean::digitalocean_fields())),
        ("kuma", of(kuma::kuma_fields())),
        ("eureka", of(eureka::eureka_fields())),
        ("docker", of(docker::docker_fields())),
        ("linode place", of(linode::place_fields())),
        ("linode tags", of(linode::tag_fields())),
        ("hetzner", of(hetzner::hetzner_fields())),
        ("nomad", of(nomad::nomad_fields())),
        ("docker swarm", of(docker::swarm_fields())),
        ("puppetdb", of(puppetdb::puppetdb_fields())),
        ("lightsail", of(aws::lightsail_fields())),
        ("ovhcloud", of(ovhcloud::ovhcloud_fields())),
        ("scaleway", of(scaleway::scaleway_fields())),
        ("ionos", of(ionos::ionos_fields())),
    ]
}
