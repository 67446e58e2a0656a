package main

// A query of a panel, and the name of its series.
type query struct {
	expression string
	legend     string
}

// A graph, or a single number.
type panel struct {
	title       string
	description string
	unit        string
	isNumber    bool
	queries     []query
}

// Panels under a heading.
type row struct {
	title  string
	panels []panel
}

// The operator that is looked at, and the config-reloaders of the namespaces that are looked at.
const (
	operator = `job=~"$job",cluster=~"$cluster"`
	reloader = `namespace=~"$namespace",cluster=~"$cluster"`
)

// What is shown, from what is asked first to what explains it.
var rows = []row{
	{"Overview", []panel{
		{"Working operators", "Of several operators, one holds the Lease and works.", "none", true, []query{
			{`sum(prometheus_operator_leader{` + operator + `})`, "working"},
		}},
		{"Failing workloads", "Prometheus, Alertmanager and Thanos Ruler objects whose last reconciliation failed.", "none", true, []query{
			{`sum(prometheus_operator_syncs{` + operator + `,status="failed"})`, "failing"},
		}},
		{"Rejected objects", "Configuration objects that were left out because they are wrong.", "none", true, []query{
			{`sum(prometheus_operator_managed_resources{` + operator + `,state="rejected"})`, "rejected"},
		}},
		{"Config-reloaders out of date", "Those whose last reload failed.", "none", true, []query{
			{`count(reloader_last_reload_successful{` + reloader + `} == 0) or vector(0)`, "out of date"},
		}},
	}},
	{"Workloads", []panel{
		{"Selected objects", "Configuration objects in use, by kind.", "none", false, []query{
			{`sum by (controller, resource) (prometheus_operator_managed_resources{` + operator + `,state="selected"})`, "{{controller}} {{resource}}"},
		}},
		{"Rejected objects", "Configuration objects that were left out, by kind. Their events say why.", "none", false, []query{
			{`sum by (controller, resource) (prometheus_operator_managed_resources{` + operator + `,state="rejected"})`, "{{controller}} {{resource}}"},
		}},
		{"Size of the configuration", "Compressed. The limit is that of a Secret: 1 MiB.", "bytes", false, []query{
			{`max by (controller, namespace, name) (prometheus_operator_configuration_bytes{` + operator + `})`, "{{controller}} {{namespace}}/{{name}}"},
		}},
		{"Wanted pods", "Replicas times shards.", "none", false, []query{
			{`sum by (controller, namespace, name) (prometheus_operator_spec_replicas{` + operator + `})`, "replicas {{namespace}}/{{name}}"},
			{`sum by (controller, namespace, name) (prometheus_operator_spec_shards{` + operator + `})`, "shards {{namespace}}/{{name}}"},
		}},
	}},
	{"Reconciliation", []panel{
		{"Reconciliations", "", "ops", false, []query{
			{`sum by (controller) (rate(prometheus_operator_reconcile_operations_total{` + operator + `}[$__rate_interval]))`, "{{controller}}"},
			{`sum by (controller) (rate(prometheus_operator_reconcile_errors_total{` + operator + `}[$__rate_interval]))`, "{{controller}} failed"},
		}},
		{"Duration of 99% of the reconciliations", "", "s", false, []query{
			{`histogram_quantile(0.99, sum by (controller, le) (rate(prometheus_operator_reconcile_duration_seconds_bucket{` + operator + `}[$__rate_interval])))`, "{{controller}}"},
		}},
		{"Queued objects", "", "none", false, []query{
			{`sum by (name) (prometheus_operator_workqueue_depth{` + operator + `})`, "{{name}}"},
		}},
		{"What triggers reconciliations", "", "ops", false, []query{
			{`sum by (triggered_by, action) (rate(prometheus_operator_triggered_total{` + operator + `}[$__rate_interval]))`, "{{triggered_by}} {{action}}"},
		}},
		{"Status updates", "", "ops", false, []query{
			{`sum by (controller) (rate(prometheus_operator_status_update_operations_total{` + operator + `}[$__rate_interval]))`, "{{controller}}"},
			{`sum by (controller) (rate(prometheus_operator_status_update_errors_total{` + operator + `}[$__rate_interval]))`, "{{controller}} failed"},
		}},
		{"Recreated StatefulSets", "Because a field changed that cannot change.", "ops", false, []query{
			{`sum by (controller) (rate(prometheus_operator_reconcile_sts_delete_create_total{` + operator + `}[$__rate_interval]))`, "{{controller}}"},
		}},
	}},
	{"API server", []panel{
		{"Requests", "By the answer.", "reqps", false, []query{
			{`sum by (status_code) (rate(prometheus_operator_kubernetes_client_http_requests_total{` + operator + `}[$__rate_interval]))`, "{{status_code}}"},
		}},
		{"Lists and watches that failed", "", "ops", false, []query{
			{`sum by (controller) (rate(prometheus_operator_list_operations_failed_total{` + operator + `}[$__rate_interval]))`, "lists of {{controller}}"},
			{`sum by (controller) (rate(prometheus_operator_watch_operations_failed_total{` + operator + `}[$__rate_interval]))`, "watches of {{controller}}"},
		}},
		{"Addresses of nodes that could not be determined", "Their kubelets are not scraped.", "ops", false, []query{
			{`sum(rate(prometheus_operator_node_address_lookup_errors_total{` + operator + `}[$__rate_interval]))`, "errors"},
		}},
	}},
	{"Webhooks", []panel{
		{"Reviews", "By kind and verdict.", "reqps", false, []query{
			{`sum by (kind, verdict) (rate(prometheus_operator_admission_reviews_total{` + operator + `}[$__rate_interval]))`, "{{kind}} {{verdict}}"},
		}},
		{"Duration of 99% of the reviews", "", "s", false, []query{
			{`histogram_quantile(0.99, sum by (le) (rate(prometheus_operator_admission_review_duration_seconds_bucket{` + operator + `}[$__rate_interval])))`, "99%"},
		}},
		{"Certificate is valid for", "", "s", false, []query{
			{`(prometheus_operator_tls_certificate_expiration_timestamp_seconds{` + operator + `} > 0) - time()`, "{{pod}}"},
		}},
	}},
	{"Config-reloaders", []panel{
		{"Reloads that failed", "", "ops", false, []query{
			{`sum by (namespace, pod) (rate(reloader_reloads_failed_total{` + reloader + `}[$__rate_interval]))`, "{{namespace}}/{{pod}}"},
		}},
		{"From a change to the reload, 99%", "", "s", false, []query{
			{`histogram_quantile(0.99, sum by (namespace, le) (rate(reloader_detection_to_reload_seconds_bucket{` + reloader + `}[$__rate_interval])))`, "{{namespace}}"},
		}},
		{"Reloads that are not verified", "The target may run something else than its file.", "ops", false, []query{
			{`sum by (namespace, pod) (rate(reloader_target_reloads_doubtful_total{` + reloader + `}[$__rate_interval]))`, "{{namespace}}/{{pod}}"},
		}},
		{"Configurations that were refused", "By the check command; the last accepted one stays.", "ops", false, []query{
			{`sum by (namespace, pod) (rate(reloader_config_checks_failed_total{` + reloader + `}[$__rate_interval]))`, "{{namespace}}/{{pod}}"},
		}},
		{"References to unset variables", "", "none", false, []query{
			{`sum by (namespace, pod) (reloader_config_environment_variable_expansion_errors{` + reloader + `})`, "{{namespace}}/{{pod}}"},
		}},
	}},
	{"Process", []panel{
		{"Memory", "", "bytes", false, []query{
			{`sum by (pod) (process_resident_memory_bytes{` + operator + `})`, "{{pod}}"},
		}},
		{"CPU", "", "short", false, []query{
			{`sum by (pod) (rate(process_cpu_seconds_total{` + operator + `}[$__rate_interval]))`, "{{pod}}"},
		}},
	}},
}
