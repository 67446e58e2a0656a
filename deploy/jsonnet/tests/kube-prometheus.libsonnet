// What kube-prometheus does with the original's library: it hands over its parameters, adds a proxy in front of the metrics with
// the permissions of that proxy, and makes a PrometheusRule of the mixin.
local operator = import '../prometheus-operator/prometheus-operator.libsonnet';

function(params)
  local config = {
    local config = self,
    name: 'prometheus-operator',
    resources: { limits: { cpu: '200m', memory: '200Mi' }, requests: { cpu: '100m', memory: '100Mi' } },
    commonLabels:: {
      'app.kubernetes.io/name': config.name,
      'app.kubernetes.io/version': config.version,
      'app.kubernetes.io/component': 'controller',
      'app.kubernetes.io/part-of': 'kube-prometheus',
    },
    selectorLabels:: {
      [label]: config.commonLabels[label]
      for label in std.objectFields(config.commonLabels)
      if label != 'app.kubernetes.io/version'
    },
    mixin:: {
      ruleLabels: { role: 'alert-rules', prometheus: 'k8s' },
      _config: {
        groupLabels: 'cluster,controller,namespace',
        prometheusOperatorSelector: 'job="prometheus-operator",namespace="%s"' % config.namespace,
        runbookURLPattern: 'https://runbooks.example.com/%s',
      },
    },
  } + params;

  operator(config) {
    local po = self,
    _config:: config,
    mixin:: (import '../mixin/mixin.libsonnet') { _config+:: po._config.mixin._config },

    prometheusRule: {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: {
        name: po._config.name + '-rules',
        namespace: po._config.namespace,
        labels: po._config.commonLabels + po._config.mixin.ruleLabels,
      },
      spec: {
        groups:
          (if std.objectHasAll(po.mixin, 'prometheusAlerts') then po.mixin.prometheusAlerts.groups else []) +
          (if std.objectHasAll(po.mixin, 'prometheusRules') then po.mixin.prometheusRules.groups else []),
      },
    },

    service+: { spec+: { ports: [{ name: 'https', port: 8443, targetPort: 'https' }] } },
    serviceMonitor+: { spec+: { endpoints: [{ port: 'https', scheme: 'https', honorLabels: true }] } },
    clusterRole+: {
      rules+: [
        { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
        { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
      ],
    },
    deployment+: {
      spec+: {
        template+: {
          spec+: {
            automountServiceAccountToken: true,
            securityContext+: { runAsGroup: 65534 },
            containers+: [{ name: 'kube-rbac-proxy', image: 'proxy.example.com/proxy:1', ports: [{ name: 'https', containerPort: 8443 }] }],
          },
        },
      },
    },
  }
