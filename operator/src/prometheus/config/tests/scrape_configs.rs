//! Jobs of `ScrapeConfig`s in whole files, from own inputs.

use formats::version::Version;
use serde_json::{Value, json};

use super::file::assert_holds;
use super::gates::selector;
use super::objects::Objects;

/// The file of a Prometheus of one shard with one `ScrapeConfig`, called `web/own`.
fn file(prometheus: Value, spec: &Value) -> String {
    Objects::new(prometheus).with_scrape_config("own", spec).text()
}

fn oauth2_client() -> Value {
    json!({
        "clientId": { "secret": selector("user") },
        "clientSecret": selector("password"),
        "tokenUrl": "https://issuer",
    })
}

#[test]
fn listed_targets_are_a_job() {
    let file = file(
        json!({}),
        &json!({
            "jobName": "databases",
            "staticConfigs": [{ "targets": ["db-1:9187", "db-2:9187"], "labels": { "rack-10": "b", "rack-9": "a" } }],
            "params": { "b": ["2", "3"], "a": ["1"] },
            "scrapeInterval": "20s",
            "scheme": "HTTPS",
            "honorLabels": true,
            "scrapeProtocols": ["PrometheusText0.0.4"],
            "basicAuth": { "username": selector("user"), "password": selector("password") },
            "sampleLimit": 7,
            "bodySizeLimit": "1MB",
            "metricRelabelings": [{ "action": "LabelDrop", "regex": "id" }],
            "nameValidationScheme": "Legacy",
        }),
    );
    assert_holds(
        &file,
        "
scrape_configs:
- job_name: scrapeConfig/web/own
  honor_labels: true
  params:
    a:
    - \"1\"
    b:
    - \"2\"
    - \"3\"
  scrape_interval: 20s
  scrape_protocols:
  - PrometheusText0.0.4
  scheme: https
  basic_auth:
    username: ada
    password: web-word
  sample_limit: 7
  body_size_limit: 1MB
  static_configs:
  - targets:
    - db-1:9187
    - db-2:9187
    labels:
      rack-9: a
      rack-10: b
  relabel_configs:
  - source_labels:
    - job
    target_label: __tmp_prometheus_job_name
  - target_label: job
    action: replace
    replacement: databases
  metric_relabel_configs:
  - regex: id
    action: labeldrop
  metric_name_validation_scheme: legacy
",
    );
}

#[test]
fn a_discovery_has_the_client_of_its_own_namespace() {
    let file = file(
        json!({}),
        &json!({
            "httpSDConfigs": [{
                "url": "https://inventory/targets",
                "oauth2": oauth2_client(),
                "tlsConfig": { "ca": { "secret": selector("ca") } },
                "proxyUrl": "http://proxy:3128",
                "refreshInterval": "2m",
                "followRedirects": false,
            }],
        }),
    );
    assert_holds(
        &file,
        "
  http_sd_configs:
  - tls_config:
      ca_file: /etc/prometheus/certs/0_web_login_ca
    proxy_url: http://proxy:3128
    oauth2:
      client_id: ada
      client_secret: web-word
      token_url: https://issuer
    url: https://inventory/targets
    refresh_interval: 2m
    follow_redirects: false
",
    );
}

#[test]
fn kubernetes_is_asked_for_what_the_selectors_say() {
    let file = file(
        json!({}),
        &json!({
            "kubernetesSDConfigs": [
                {
                    "role": "EndpointSlice",
                    "namespaces": { "names": ["shop"], "ownNamespace": false },
                    "selectors": [
                        { "role": "Service", "label": "app in (web,api)", "field": "metadata.name!=old" },
                        { "role": "Pod", "label": "tier" },
                    ],
                    "attachMetadata": { "node": true },
                },
                { "role": "Node", "namespaces": {}, "attachMetadata": { "node": true } },
            ],
        }),
    );
    assert_holds(
        &file,
        "
  kubernetes_sd_configs:
  - role: endpointslice
    namespaces:
      names:
      - shop
      own_namespace: false
    selectors:
    - role: service
      label: app in (web,api)
      field: metadata.name!=old
    - role: pod
      label: tier
    attach_metadata:
      node: true
  - role: node
    namespaces:
      names: []
  relabel_configs:
",
    );
}

#[test]
fn targets_are_shared_out_unless_the_user_does_so() {
    let two_shards = json!({ "shards": 2 });
    let hashmod = json!({ "action": "HashMod", "sourceLabels": ["rack"], "targetLabel": "__tmp_hash", "modulus": 9 });
    let mut objects = Objects::new(two_shards)
        .with_scrape_config("first", &json!({}))
        .with_scrape_config("own", &json!({ "relabelings": [hashmod] }));
    objects.settings.gates.shard_retention = false;
    assert_holds(
        &objects.text(),
        "
- job_name: scrapeConfig/web/first
  relabel_configs:
  - source_labels:
    - job
    target_label: __tmp_prometheus_job_name
  - source_labels:
    - __address__
    - __tmp_hash
    target_label: __tmp_hash
    regex: (.+);
    replacement: $1
    action: replace
  - source_labels:
    - __tmp_hash
    target_label: __tmp_hash
    modulus: 2
    action: hashmod
  - source_labels:
    - __tmp_hash
    - __tmp_disable_sharding
    regex: $(SHARD);|.+;.+
    action: keep
- job_name: scrapeConfig/web/own
  relabel_configs:
  - source_labels:
    - job
    target_label: __tmp_prometheus_job_name
  - source_labels:
    - rack
    target_label: __tmp_hash
    modulus: 9
    action: hashmod
",
    );
    assert!(!file(json!({}), &json!({})).contains("__tmp_hash"));
}

#[test]
fn the_namespace_is_enforced_with_and_without_relabelings() {
    let prometheus = json!({ "enforcedNamespaceLabel": "tenant" });
    let enforced = "
  - target_label: tenant
    replacement: web
  metric_relabel_configs:
  - target_label: tenant
    replacement: web
";
    assert_holds(&file(prometheus.clone(), &json!({})), enforced);
    let escape = json!({ "relabelings": [{ "targetLabel": "tenant", "replacement": "other" }] });
    assert_holds(&file(prometheus, &escape), enforced);
    let excluded = json!({
        "enforcedNamespaceLabel": "tenant",
        "excludedFromEnforcement": [
            { "group": "monitoring.coreos.com", "resource": "scrapeconfigs", "namespace": "web", "name": "own" },
        ],
    });
    assert!(!file(excluded, &json!({})).contains("tenant"));
}

#[test]
fn azure_keeps_its_client_beside_the_environment() {
    let file = file(
        json!({}),
        &json!({
            "azureSDConfigs": [{
                "environment": "AzureChinaCloud",
                "authenticationMethod": "ManagedIdentity",
                "subscriptionID": "one",
                "authorization": { "credentials": selector("password") },
                "tlsConfig": { "serverName": "azure" },
                "enableHTTP2": false,
            }],
        }),
    );
    assert_holds(
        &file,
        "
  azure_sd_configs:
  - authorization:
      type: Bearer
      credentials: web-word
    environment: AzureChinaCloud
    authentication_method: ManagedIdentity
    subscription_id: one
    enable_http2: false
    tls_config:
      server_name: azure
",
    );
}

#[test]
fn half_a_pair_of_keys_and_a_second_header_are_not_written() {
    let file = file(
        json!({}),
        &json!({
            "ec2SDConfigs": [
                { "region": "r", "accessKey": selector("user"), "secretKey": selector("gone") },
                { "accessKey": selector("user"), "secretKey": selector("password") },
            ],
            "ionosSDConfigs": [
                { "datacenterID": "a", "authorization": { "credentials": selector("password") } },
                { "datacenterID": "b", "authorization": {}, "oauth2": oauth2_client() },
            ],
        }),
    );
    assert_holds(
        &file,
        "
  ec2_sd_configs:
  - region: r
  - access_key: ada
    secret_key: web-word
  ionos_sd_configs:
  - authorization:
      type: Bearer
      credentials: web-word
    datacenter_id: a
  - oauth2:
      client_id: ada
      client_secret: web-word
      token_url: https://issuer
    datacenter_id: b
",
    );
}

#[test]
fn words_and_filters_are_written_as_prometheus_reads_them() {
    let file = file(
        json!({}),
        &json!({
            "openstackSDConfigs": [{ "role": "LoadBalancer", "region": "r", "availability": "Admin" }],
            "dockerSwarmSDConfigs": [{
                "host": "unix:///docker.sock",
                "role": "Tasks",
                "filters": [{ "name": "name", "values": ["b", "a"] }, { "name": "label", "values": ["c"] }],
            }],
            "ovhcloudSDConfigs": [{
                "applicationKey": "key",
                "applicationSecret": selector("user"),
                "consumerKey": selector("password"),
                "service": "DedicatedServer",
            }],
        }),
    );
    assert_holds(
        &file,
        "
  openstack_sd_configs:
  - role: loadbalancer
    region: r
    availability: admin
  dockerswarm_sd_configs:
  - filters:
    - name: label
      values:
      - c
    - name: name
      values:
      - b
      - a
    host: unix:///docker.sock
    role: tasks
  ovhcloud_sd_configs:
  - application_key: key
    application_secret: ada
    consumer_key: web-word
    service: dedicated_server
",
    );
}

#[test]
fn overrides_and_dropped_fields_concern_these_jobs_too() {
    let prometheus = json!({ "overrideHonorLabels": true, "overrideHonorTimestamps": true });
    let spec = json!({ "honorLabels": true, "honorTimestamps": true, "trackTimestampsStaleness": true });
    let objects = Objects::new(prometheus).with_scrape_config("own", &spec);
    assert_holds(
        &objects.text(),
        "\n  honor_timestamps: false\n  track_timestamps_staleness: true\n  honor_labels: false\n",
    );
    let old = objects.configuration(Version::new(2, 47, 0)).unwrap();
    let dropped: Vec<_> = (old.dropped.iter())
        .map(|dropped| (&*dropped.part, dropped.field.key))
        .collect();
    assert_eq!(dropped, [("scrapeConfig/web/own", "track_timestamps_staleness")]);
}

#[test]
fn an_agent_has_these_jobs_behind_the_handwritten_ones() {
    let mut objects = Objects::new(json!({})).with_scrape_config("own", &json!({}));
    objects.additional_scrape_configs = Some("- job_name: handwritten");
    let position = |file: &str, job: &str| file.find(job).unwrap_or_else(|| panic!("{job} in {file}"));
    let server = objects.text();
    assert!(position(&server, "scrapeConfig/web/own") < position(&server, "handwritten"));
    objects.agent = true;
    let agent = objects.text();
    assert!(position(&agent, "handwritten") < position(&agent, "scrapeConfig/web/own"));
}

#[test]
fn machines_of_oracle_are_found_by_a_user_or_by_the_machine_itself() {
    let spec = json!({ "ociSDConfigs": [
            {
                "region": "eu-frankfurt-1", "tenancy": "t", "user": "u", "fingerprint": "aa:bb", "keyFile": "/oci/key.pem",
                "keyPassphrase": selector("password"), "compartments": ["c"], "port": 9100, "refreshInterval": "5m",
                "noProxy": "a", "enableHTTP2": false,
            },
            { "region": "r", "authenticationMethod": "InstancePrincipal" },
        ] });
    let objects = Objects::new(json!({})).with_scrape_config("own", &spec);
    let file = objects.configuration(Version::new(3, 16, 0)).unwrap().document;
    let file = formats::yaml::to_string(&file);
    assert_holds(
        &file,
        "
  oci_sd_configs:
  - tenancy: t
    user: u
    fingerprint: aa:bb
    key_file: /oci/key.pem
    key_passphrase: web-word
    region: eu-frankfurt-1
    compartments:
    - c
    port: 9100
    refresh_interval: 5m
    no_proxy: a
    enable_http2: false
  - auth: instance_principal
    region: r
",
    );
}

#[test]
fn namespaces_are_attached_to_the_roles_that_have_one() {
    let discovery = |role: &str| json!({ "role": role, "attachMetadata": { "node": true, "namespace": true } });
    let roles = ["Pod", "Endpoints", "EndpointSlice", "Service", "Ingress", "Node"];
    let spec = json!({ "kubernetesSDConfigs": roles.map(discovery) });
    let objects = Objects::new(json!({})).with_scrape_config("own", &spec);
    let both = "    attach_metadata:\n      node: true\n      namespace: true\n";
    let namespace = "    attach_metadata:\n      namespace: true\n";
    let newest = objects.configuration(Version::new(3, 16, 0)).unwrap().document;
    let newest = formats::yaml::to_string(&newest);
    assert_eq!(
        (newest.matches(both).count(), newest.matches(namespace).count()),
        (3, 2),
        "{newest}"
    );
    let old = objects.configuration(Version::new(3, 5, 0)).unwrap();
    let old_text = formats::yaml::to_string(&old.document);
    assert_eq!(old_text.matches("    attach_metadata:\n      node: true\n").count(), 3);
    assert!(!old_text.contains("namespace: true"), "{old_text}");
    let dropped: Vec<_> = old.dropped.iter().map(|dropped| dropped.field.key).collect();
    assert_eq!(
        dropped,
        [
            "namespace",
            "namespace",
            "namespace",
            "attach_metadata",
            "attach_metadata"
        ]
    );
}
