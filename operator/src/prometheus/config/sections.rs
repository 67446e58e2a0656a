//! Every section of the file whose keys are a table: one list, in the order of the document of versions.
//!
//! A mapping is written from a [`Section`], only a type of this list can be one, and every type of the list must be one. So
//! a table that the test of the gates and the document do not walk cannot be written: it does not compile.

use formats::version::{Field, Gate};

/// The keys of a section in output order, with the versions that know them.
pub(crate) type Table<'a, T> = &'a [Field<T>];

/// A section of the file whose keys are a table.
///
/// The table is a function and not a constant because what it takes its values out of borrows; it returns a constant, so
/// that every key and every gate can be listed.
pub(crate) trait Section: Listed {
    /// What its values come out of.
    type Source<'a>: 'a;

    /// Its keys.
    fn fields<'a>() -> Table<'a, Self::Source<'a>>;
}

/// What the list holds. Nothing else implements it.
pub(crate) trait Listed {}

macro_rules! sections {
    ($($section:ident = $name:literal,)*) => {
        $(
            #[doc = concat!("Keys of: ", $name, ".")]
            pub(crate) enum $section {}

            impl Listed for $section {}
        )*

        /// Each section with its gates, in the order of its keys. Sections without a gate are left out.
        pub fn gates() -> Vec<(&'static str, Vec<Gate>)> {
            let mut sections = vec![$(($name, gates_of::<$section>())),*];
            sections.retain(|(_, gates)| !gates.is_empty());
            sections
        }
    };
}

fn gates_of<S: Section>() -> Vec<Gate> {
    S::fields().iter().filter_map(Field::gate).collect()
}

sections! {
    Global = "global",
    GlobalLimits = "global limits",
    GlobalOptions = "global options",
    GlobalOfServers = "global of servers",
    Runtime = "runtime",
    JobHead = "head of a job",
    Limits = "limits",
    NativeHistograms = "native histograms",
    Formats = "formats",
    BodySize = "body size",
    ExtraMetrics = "extra metrics",
    HttpHeaders = "http headers",
    ServiceMonitorCredentials = "ServiceMonitor credentials",
    PodMonitorCredentials = "PodMonitor credentials",
    PodMonitorAuthorization = "PodMonitor authorization",
    ProbeHead = "Probe head",
    ProbeClient = "Probe client",
    ProbeCredentials = "Probe credentials",
    KubernetesSdTarget = "kubernetes_sd target",
    KubernetesSdServer = "kubernetes_sd server",
    KubernetesSdOptions = "kubernetes_sd options",
    AttachMetadata = "attach_metadata",
    Authorization = "authorization",
    Oauth2 = "oauth2",
    Oauth2Proxy = "oauth2 proxy",
    Oauth2Tls = "oauth2 tls",
    Proxy = "proxy",
    TlsConfig = "tls_config",
    Sigv4 = "sigv4",
    Exemplars = "exemplars",
    Tsdb = "tsdb",
    TsdbOfAgents = "tsdb of agents",
    AlertmanagerClient = "alertmanager client",
    Alertmanager = "alertmanager",
    RemoteWrite = "remote_write",
    RemoteWriteOptions = "remote_write options",
    Azuread = "azuread",
    QueueConfig = "queue_config",
    MetadataConfig = "metadata_config",
    RemoteRead = "remote_read",
    RemoteReadOptions = "remote_read options",
    Otlp = "otlp",
    Tracing = "tracing",
    ScrapeConfigHead = "ScrapeConfig head",
    ScrapeConfigScheme = "ScrapeConfig scheme",
    ScrapeConfigCredentials = "ScrapeConfig credentials",
    ScrapeConfigDiscoveries = "ScrapeConfig discoveries",
    ScrapeConfigNames = "ScrapeConfig names",
    DiscoveryBasicAuth = "discovery basic_auth",
    DiscoveryAuthorization = "discovery authorization",
    DiscoveryOauth2 = "discovery oauth2",
    DiscoveryTls = "discovery tls",
    DiscoveryRedirects = "discovery redirects",
    DiscoveryHttp2 = "discovery http2",
    Static = "static",
    File = "file",
    Http = "http",
    KubernetesRole = "kubernetes role",
    KubernetesNamespaces = "kubernetes namespaces",
    KubernetesOptions = "kubernetes options",
    Consul = "consul",
    Dns = "dns",
    Ec2 = "ec2",
    Ec2Client = "ec2 client",
    Azure = "azure",
    AzureClient = "azure client",
    Gce = "gce",
    Openstack = "openstack",
    Digitalocean = "digitalocean",
    Kuma = "kuma",
    Eureka = "eureka",
    Docker = "docker",
    LinodePlace = "linode place",
    LinodeTags = "linode tags",
    Hetzner = "hetzner",
    Nomad = "nomad",
    DockerSwarm = "docker swarm",
    Puppetdb = "puppetdb",
    Lightsail = "lightsail",
    Ovhcloud = "ovhcloud",
    Scaleway = "scaleway",
    Ionos = "ionos",
    Oci = "oci",
}
