// Nine alerts have the names and the meaning of the original's; the others are about what only these programs report.
local operator = import 'operator.libsonnet';
local reloader = import 'reloader.libsonnet';

{
  prometheusAlerts+:: {
    local config = $._config,
    local completed(alert) = alert {
      labels+: config.ruleLabels,
      annotations+:
        if config.runbookURLPattern == null
        then { runbook: 'docs/runbooks/%s.md' % alert.alert }
        else { runbook_url: config.runbookURLPattern % alert.alert },
    },
    groups+: [
      { name: 'prometheus-operator', rules: std.map(completed, operator(config)) },
      { name: 'config-reloaders', rules: std.map(completed, reloader(config)) },
    ],
  },
}
