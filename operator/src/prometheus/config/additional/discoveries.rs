//! The keys of all service discoveries of Prometheus (the types of `discovery`), those that no custom resource has among
//! them. Pure data.

use super::client::{CLIENT, TLS};
use super::section::Kind::{Boolean, Duration, Integer, Mapping, Mappings, Pause, Text, TextMap, Texts, Url};
use super::section::Section;

/// Where targets are found.
pub(super) static DISCOVERIES: Section = Section {
    keys: &[
        (Mappings(&AWS), &["aws_sd_configs"]),
        (Mappings(&AZURE), &["azure_sd_configs"]),
        (Mappings(&CONSUL), &["consul_sd_configs"]),
        (Mappings(&DIGITALOCEAN), &["digitalocean_sd_configs"]),
        (Mappings(&DNS), &["dns_sd_configs"]),
        (Mappings(&DOCKER), &["docker_sd_configs"]),
        (Mappings(&DOCKERSWARM), &["dockerswarm_sd_configs"]),
        (Mappings(&EC2), &["ec2_sd_configs"]),
        (Mappings(&ECS), &["ecs_sd_configs"]),
        (Mappings(&ELASTICACHE), &["elasticache_sd_configs"]),
        (Mappings(&EUREKA), &["eureka_sd_configs"]),
        (Mappings(&FILE), &["file_sd_configs"]),
        (Mappings(&GCE), &["gce_sd_configs"]),
        (Mappings(&HETZNER), &["hetzner_sd_configs"]),
        (Mappings(&HTTP), &["http_sd_configs"]),
        (Mappings(&IONOS), &["ionos_sd_configs"]),
        (Mappings(&KUBERNETES), &["kubernetes_sd_configs"]),
        (Mappings(&KUMA), &["kuma_sd_configs"]),
        (Mappings(&LIGHTSAIL), &["lightsail_sd_configs"]),
        (Mappings(&LINODE), &["linode_sd_configs"]),
        (Mappings(&MARATHON), &["marathon_sd_configs"]),
        (Mappings(&MSK), &["msk_sd_configs"]),
        (Mappings(&NERVE), &["nerve_sd_configs"]),
        (Mappings(&NOMAD), &["nomad_sd_configs"]),
        (Mappings(&OCI), &["oci_sd_configs"]),
        (Mappings(&OPENSTACK), &["openstack_sd_configs"]),
        (Mappings(&OUTSCALE), &["outscale_sd_configs"]),
        (Mappings(&OVHCLOUD), &["ovhcloud_sd_configs"]),
        (Mappings(&PUPPETDB), &["puppetdb_sd_configs"]),
        (Mappings(&RDS), &["rds_sd_configs"]),
        (Mappings(&SCALEWAY), &["scaleway_sd_configs"]),
        (Mappings(&SERVERSET), &["serverset_sd_configs"]),
        (Mappings(&STACKIT), &["stackit_sd_configs"]),
        (Mappings(&TARGETS), &["static_configs"]),
        (Mappings(&TRITON), &["triton_sd_configs"]),
        (Mappings(&UYUNI), &["uyuni_sd_configs"]),
        (Mappings(&VULTR), &["vultr_sd_configs"]),
    ],
    includes: &[],
};

/// An item of `aws_sd_configs`.
static AWS: Section = Section {
    keys: &[
        (
            Text,
            &[
                "role",
                "region",
                "endpoint",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
        (Mappings(&FILTER), &["filters"]),
        (Texts, &["clusters"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `azure_sd_configs`.
static AZURE: Section = Section {
    keys: &[
        (
            Text,
            &[
                "environment",
                "subscription_id",
                "tenant_id",
                "client_id",
                "client_secret",
                "authentication_method",
                "resource_group",
            ],
        ),
        (Integer, &["port"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `consul_sd_configs`.
static CONSUL: Section = Section {
    keys: &[
        (
            Text,
            &[
                "server",
                "path_prefix",
                "token",
                "datacenter",
                "namespace",
                "partition",
                "tag_separator",
                "scheme",
                "username",
                "password",
                "filter",
                "health_filter",
            ],
        ),
        (Boolean, &["allow_stale"]),
        (Pause, &["refresh_interval"]),
        (Texts, &["services", "tags"]),
        (TextMap, &["node_meta"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `digitalocean_sd_configs`.
static DIGITALOCEAN: Section = Section {
    keys: &[(Pause, &["refresh_interval"]), (Integer, &["port"]), (Text, &["role"])],
    includes: &[&CLIENT],
};

/// An item of `dns_sd_configs`.
static DNS: Section = Section {
    keys: &[
        (Texts, &["names"]),
        (Pause, &["refresh_interval"]),
        (Text, &["type"]),
        (Integer, &["port"]),
    ],
    includes: &[],
};

/// An item of `docker_sd_configs`.
static DOCKER: Section = Section {
    keys: &[
        (Text, &["host", "host_networking_host"]),
        (Integer, &["port"]),
        (Mappings(&FILTER), &["filters"]),
        (Pause, &["refresh_interval"]),
        (Boolean, &["match_first_network"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `dockerswarm_sd_configs`.
static DOCKERSWARM: Section = Section {
    keys: &[
        (Text, &["host", "role"]),
        (Integer, &["port"]),
        (Mappings(&FILTER), &["filters"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `ec2_sd_configs`.
static EC2: Section = Section {
    keys: &[
        (
            Text,
            &[
                "endpoint",
                "region",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
        (Mappings(&FILTER), &["filters"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `ecs_sd_configs`.
static ECS: Section = Section {
    keys: &[
        (
            Text,
            &[
                "region",
                "endpoint",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Texts, &["clusters"]),
        (Integer, &["port", "request_concurrency"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `elasticache_sd_configs`.
static ELASTICACHE: Section = Section {
    keys: &[
        (
            Text,
            &[
                "region",
                "endpoint",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Texts, &["clusters"]),
        (Integer, &["port", "request_concurrency"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `eureka_sd_configs`.
static EUREKA: Section = Section {
    keys: &[(Text, &["server"]), (Pause, &["refresh_interval"])],
    includes: &[&CLIENT],
};

/// An item of `file_sd_configs`.
static FILE: Section = Section {
    keys: &[(Texts, &["files"]), (Pause, &["refresh_interval"])],
    includes: &[],
};

/// A filter of a service discovery.
static FILTER: Section = Section {
    keys: &[(Text, &["name"]), (Texts, &["values"])],
    includes: &[],
};

/// An item of `gce_sd_configs`.
static GCE: Section = Section {
    keys: &[
        (Text, &["project", "zone", "filter", "tag_separator"]),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[],
};

/// An item of `hetzner_sd_configs`.
static HETZNER: Section = Section {
    keys: &[
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
        (Text, &["role", "label_selector"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `http_sd_configs`.
static HTTP: Section = Section {
    keys: &[(Pause, &["refresh_interval"]), (Text, &["url"])],
    includes: &[&CLIENT],
};

/// An item of `ionos_sd_configs`.
static IONOS: Section = Section {
    keys: &[
        (Text, &["datacenter_id"]),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `kubernetes_sd_configs`.
static KUBERNETES: Section = Section {
    keys: &[
        (Url, &["api_server"]),
        (Text, &["role", "kubeconfig_file"]),
        (Mapping(&NAMESPACES), &["namespaces"]),
        (Mappings(&SELECTOR), &["selectors"]),
        (Mapping(&METADATA), &["attach_metadata"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `kuma_sd_configs`.
static KUMA: Section = Section {
    keys: &[
        (Pause, &["refresh_interval"]),
        (Duration, &["fetch_timeout"]),
        (Text, &["server", "client_id"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `lightsail_sd_configs`.
static LIGHTSAIL: Section = Section {
    keys: &[
        (
            Text,
            &[
                "endpoint",
                "region",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `linode_sd_configs`.
static LINODE: Section = Section {
    keys: &[
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
        (Text, &["tag_separator", "region"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `marathon_sd_configs`.
static MARATHON: Section = Section {
    keys: &[
        (Texts, &["servers"]),
        (Pause, &["refresh_interval"]),
        (Text, &["auth_token", "auth_token_file"]),
    ],
    includes: &[&CLIENT],
};

/// What is attached to targets of Kubernetes.
static METADATA: Section = Section {
    keys: &[(Boolean, &["node", "namespace", "deployment", "job", "cronjob"])],
    includes: &[],
};

/// An item of `msk_sd_configs`.
static MSK: Section = Section {
    keys: &[
        (
            Text,
            &[
                "region",
                "endpoint",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Texts, &["clusters"]),
        (Integer, &["port", "request_concurrency"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// Namespaces of Kubernetes.
static NAMESPACES: Section = Section {
    keys: &[(Boolean, &["own_namespace"]), (Texts, &["names"])],
    includes: &[],
};

/// An item of `nerve_sd_configs`.
static NERVE: Section = Section {
    keys: &[(Texts, &["servers", "paths"]), (Duration, &["timeout"])],
    includes: &[],
};

/// An item of `nomad_sd_configs`.
static NOMAD: Section = Section {
    keys: &[
        (Boolean, &["allow_stale"]),
        (Text, &["namespace", "region", "server", "tag_separator"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `oci_sd_configs`.
static OCI: Section = Section {
    keys: &[
        (
            Text,
            &[
                "auth",
                "tenancy",
                "user",
                "fingerprint",
                "key_file",
                "key_passphrase",
                "key_passphrase_file",
                "region",
            ],
        ),
        (Texts, &["compartments"]),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `openstack_sd_configs`.
static OPENSTACK: Section = Section {
    keys: &[
        (
            Text,
            &[
                "identity_endpoint",
                "username",
                "userid",
                "password",
                "project_name",
                "project_id",
                "domain_name",
                "domain_id",
                "application_credential_name",
                "application_credential_id",
                "application_credential_secret",
                "role",
                "region",
                "availability",
            ],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
        (Boolean, &["all_tenants"]),
        (Mapping(&TLS), &["tls_config"]),
    ],
    includes: &[],
};

/// An item of `outscale_sd_configs`.
static OUTSCALE: Section = Section {
    keys: &[
        (
            Text,
            &["endpoint", "region", "access_key", "secret_key", "secret_key_file"],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `ovhcloud_sd_configs`.
static OVHCLOUD: Section = Section {
    keys: &[
        (
            Text,
            &[
                "endpoint",
                "application_key",
                "application_secret",
                "consumer_key",
                "service",
            ],
        ),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[],
};

/// An item of `puppetdb_sd_configs`.
static PUPPETDB: Section = Section {
    keys: &[
        (Pause, &["refresh_interval"]),
        (Text, &["url", "query"]),
        (Boolean, &["include_parameters"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `rds_sd_configs`.
static RDS: Section = Section {
    keys: &[
        (
            Text,
            &[
                "region",
                "endpoint",
                "access_key",
                "secret_key",
                "profile",
                "role_arn",
                "external_id",
            ],
        ),
        (Texts, &["clusters"]),
        (Integer, &["port", "request_concurrency"]),
        (Pause, &["refresh_interval"]),
        (Mappings(&FILTER), &["filters"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `scaleway_sd_configs`.
static SCALEWAY: Section = Section {
    keys: &[
        (
            Text,
            &[
                "project_id",
                "api_url",
                "zone",
                "access_key",
                "secret_key",
                "secret_key_file",
                "name_filter",
                "role",
            ],
        ),
        (Texts, &["tags_filter"]),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// A selector of Kubernetes.
static SELECTOR: Section = Section {
    keys: &[(Text, &["role", "label", "field"])],
    includes: &[],
};

/// An item of `serverset_sd_configs`.
static SERVERSET: Section = Section {
    keys: &[(Texts, &["servers", "paths"]), (Duration, &["timeout"])],
    includes: &[],
};

/// An item of `stackit_sd_configs`.
static STACKIT: Section = Section {
    keys: &[
        (
            Text,
            &[
                "project",
                "region",
                "endpoint",
                "service_account_key",
                "private_key",
                "service_account_key_path",
                "private_key_path",
                "credentials_file_path",
            ],
        ),
        (Pause, &["refresh_interval"]),
        (Integer, &["port"]),
    ],
    includes: &[&CLIENT],
};

/// Targets that are written down.
pub(super) static TARGETS: Section = Section {
    keys: &[(Texts, &["targets"]), (TextMap, &["labels"])],
    includes: &[],
};

/// An item of `triton_sd_configs`.
static TRITON: Section = Section {
    keys: &[
        (Text, &["account", "role", "dns_suffix", "endpoint"]),
        (Texts, &["groups"]),
        (Integer, &["port", "version"]),
        (Pause, &["refresh_interval"]),
        (Mapping(&TLS), &["tls_config"]),
    ],
    includes: &[],
};

/// An item of `uyuni_sd_configs`.
static UYUNI: Section = Section {
    keys: &[
        (Text, &["server", "username", "password", "entitlement", "separator"]),
        (Pause, &["refresh_interval"]),
    ],
    includes: &[&CLIENT],
};

/// An item of `vultr_sd_configs`.
static VULTR: Section = Section {
    keys: &[(Pause, &["refresh_interval"]), (Integer, &["port"])],
    includes: &[&CLIENT],
};
