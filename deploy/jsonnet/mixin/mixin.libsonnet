// Alerts and dashboard of the operator and the config-reloaders. What may be set is in config.libsonnet.
(import 'config.libsonnet') +
(import 'alerts/alerts.libsonnet') +
{
  grafanaDashboards+:: {
    'prometheus-operator.json': import 'dashboards/prometheus-operator.json',
  },
}
