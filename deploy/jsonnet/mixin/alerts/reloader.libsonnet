// About the config-reloaders beside Prometheus, Alertmanager and Thanos Ruler.
function(config)
  local selector = config.configReloaderSelector;
  [
    {
      alert: 'ConfigReloaderSidecarErrors',
      expr: 'max_over_time(reloader_last_reload_successful{%s}[5m]) == 0\n' % selector,
      'for': '10m',
      annotations: {
        summary: 'A config-reloader has not had a successful reload for 10 minutes.',
        description: 'The config-reloader of {{ $labels.pod }} in namespace {{ $labels.namespace }} cannot bring its program to load the configuration, so what runs may be out of date.',
      },
    },
    {
      alert: 'ConfigReloaderKeepsLastConfiguration',
      expr: 'max_over_time(reloader_config_last_check_successful{%s}[5m]) == 0\n' % selector,
      'for': '5m',
      annotations: {
        summary: 'A config-reloader keeps the last configuration.',
        description: 'The check of the config-reloader of {{ $labels.pod }} in namespace {{ $labels.namespace }} refuses the new configuration, so the last one that it accepted stays.',
      },
    },
    {
      alert: 'ConfigReloaderReloadNotVerified',
      expr: 'increase(reloader_target_reloads_doubtful_total{%s}[15m]) > 0\n' % selector,
      'for': '15m',
      annotations: {
        summary: 'A reload is not verified.',
        description: 'After a reload, {{ $labels.target }} of {{ $labels.pod }} in namespace {{ $labels.namespace }} may run something else than its configuration file.',
      },
    },
  ]
