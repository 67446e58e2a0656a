// About the operator itself.
function(config)
  local selector = config.prometheusOperatorSelector;
  local by = config.groupLabels;
  local rate(metric, window) =
    'sum by (%s) (rate(prometheus_operator_%s{%s}[%s]))' % [by, metric, selector, window];
  local share(part, whole, window) = '%s\n/\n%s' % [rate(part, window), rate(whole, window)];

  [
    {
      alert: 'PrometheusOperatorListErrors',
      expr: '(\n%s\n) > 0.4\n' % share('list_operations_failed_total', 'list_operations_total', '10m'),
      'for': '15m',
      annotations: {
        summary: 'The operator cannot list objects.',
        description: '{{ $value | humanizePercentage }} of the lists of the controller {{ $labels.controller }} in namespace {{ $labels.namespace }} fail.',
      },
    },
    {
      alert: 'PrometheusOperatorWatchErrors',
      expr: '(\n%s\n) > 0.4\n' % share('watch_operations_failed_total', 'watch_operations_total', '5m'),
      'for': '15m',
      annotations: {
        summary: 'The operator cannot watch objects.',
        description: '{{ $value | humanizePercentage }} of the watches of the controller {{ $labels.controller }} in namespace {{ $labels.namespace }} fail.',
      },
    },
    {
      alert: 'PrometheusOperatorSyncFailed',
      expr: 'min_over_time(prometheus_operator_syncs{status="failed",%s}[5m]) > 0\n' % selector,
      'for': '10m',
      annotations: {
        summary: 'Objects are not reconciled.',
        description: 'The controller {{ $labels.controller }} in namespace {{ $labels.namespace }} fails to reconcile {{ $value }} objects. Their pods keep the last configuration.',
      },
    },
    {
      alert: 'PrometheusOperatorReconcileErrors',
      expr: '(\n%s\n) > 0.1\n' % share('reconcile_errors_total', 'reconcile_operations_total', '5m'),
      'for': '10m',
      annotations: {
        summary: 'Reconciliations fail.',
        description: '{{ $value | humanizePercentage }} of the reconciliations of the controller {{ $labels.controller }} in namespace {{ $labels.namespace }} fail.',
      },
    },
    {
      alert: 'PrometheusOperatorStatusUpdateErrors',
      expr: '(\n%s\n) > 0.1\n' % share('status_update_errors_total', 'status_update_operations_total', '5m'),
      'for': '10m',
      annotations: {
        summary: 'The status of objects cannot be written.',
        description: '{{ $value | humanizePercentage }} of the status updates of the controller {{ $labels.controller }} in namespace {{ $labels.namespace }} fail.',
      },
    },
    {
      alert: 'PrometheusOperatorNodeLookupErrors',
      expr: 'rate(prometheus_operator_node_address_lookup_errors_total{%s}[5m]) > 0.1\n' % selector,
      'for': '10m',
      annotations: {
        summary: 'Addresses of nodes cannot be determined.',
        description: 'The operator in namespace {{ $labels.namespace }} cannot determine the addresses of some nodes, so their kubelets are not scraped.',
      },
    },
    {
      alert: 'PrometheusOperatorNotReady',
      // An operator that waits for the Lease is ready, too.
      expr: 'min by (%s) (max_over_time(prometheus_operator_ready{%s}[5m])) == 0\n' % [by, selector],
      'for': '5m',
      annotations: {
        summary: 'A controller is not ready.',
        description: 'The controller {{ $labels.controller }} of the operator in namespace {{ $labels.namespace }} waits for its watches, so nothing is reconciled.',
      },
    },
    {
      alert: 'PrometheusOperatorRejectedResources',
      expr: 'min_over_time(prometheus_operator_managed_resources{state="rejected",%s}[5m]) > 0\n' % selector,
      'for': '5m',
      annotations: {
        summary: 'Configuration objects are left out.',
        description: 'The controller {{ $labels.controller }} of the operator in namespace {{ $labels.namespace }} leaves out {{ printf "%.0f" $value }} objects of kind {{ $labels.resource }}. Their events say why.',
      },
    },
    {
      alert: 'PrometheusOperatorNoLeader',
      expr: 'max without (pod, instance, endpoint, container, service) (max_over_time(prometheus_operator_leader{%s}[5m])) == 0\n' % selector,
      'for': '5m',
      annotations: {
        summary: 'No operator works.',
        description: 'None of the operators in namespace {{ $labels.namespace }} holds the Lease, so nothing is reconciled.',
      },
    },
    {
      alert: 'PrometheusOperatorWebhookCertificateExpiry',
      expr: |||
        (
          {__name__=~"prometheus_operator(_admission_webhook)?_tls_certificate_expiration_timestamp_seconds",%s} > 0
        ) - time() < %d
      ||| % [selector, config.certificateExpirySeconds],
      'for': '15m',
      annotations: {
        summary: 'A certificate of the webhooks is near its end.',
        description: 'The certificate that {{ $labels.pod }} in namespace {{ $labels.namespace }} serves ends in {{ $value | humanizeDuration }}. After that the API server gets no answers about rules.',
      },
    },
    {
      alert: 'PrometheusOperatorConfigurationNearLimit',
      expr: 'max by (controller, namespace, name) (prometheus_operator_configuration_bytes{%s}) > %d\n' % [
        config.prometheusOperatorObjectSelector,
        config.configurationBytes,
      ],
      'for': '15m',
      annotations: {
        summary: 'A configuration is near the limit for a Secret.',
        description: 'The compressed configuration of {{ $labels.controller }} {{ $labels.namespace }}/{{ $labels.name }} has {{ $value | humanize1024 }}B. Above 1 MiB it cannot be stored, and the last one is kept.',
      },
    },
  ]
