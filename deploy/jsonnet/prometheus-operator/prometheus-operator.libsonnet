// The operator and the definitions, by the names that the original's library has: parameters, fields, and what `+:` reaches.
// Rules, the pod and the definitions are generated from the same tables as the other ways to install it.
local objects = import 'generated/objects.json';

local definitions = {
  '0alertmanagerCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_alertmanagers.yaml',
  '0alertmanagerConfigCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_alertmanagerconfigs.yaml',
  '0podmonitorCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_podmonitors.yaml',
  '0probeCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_probes.yaml',
  '0prometheusCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_prometheuses.yaml',
  '0prometheusagentCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_prometheusagents.yaml',
  '0prometheusruleCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_prometheusrules.yaml',
  '0scrapeconfigCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_scrapeconfigs.yaml',
  '0servicemonitorCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_servicemonitors.yaml',
  '0thanosrulerCustomResourceDefinition': importstr 'generated/monitoring.coreos.com_thanosrulers.yaml',
};

local defaults = {
  local defaults = self,
  name: 'prometheus-operator',
  namespace: error 'prometheus-operator: set namespace',
  version: error 'prometheus-operator: set version',
  image: error 'prometheus-operator: set image, that of the operator',
  configReloaderImage: error 'prometheus-operator: set configReloaderImage',
  port: 8080,
  replicas: 1,
  resources: objects.deployment.spec.template.spec.containers[0].resources,
  commonLabels:: {
    'app.kubernetes.io/name': defaults.name,
    'app.kubernetes.io/version': defaults.version,
    'app.kubernetes.io/component': 'controller',
  },
  selectorLabels:: {
    [name]: defaults.commonLabels[name]
    for name in std.objectFields(defaults.commonLabels)
    if name != 'app.kubernetes.io/version'
  },
  // Accepted without effect: there is no garbage collector to tune.
  goGC: '',
  enableReloaderProbes: false,
  kubeletEndpointsEnabled: true,
  kubeletEndpointSliceEnabled: false,
  kubeletService: { namespace: 'kube-system', name: 'kubelet' },
  // Flags after all others; the last one of a name counts.
  extraArgs: [],
};

// The flags of the base whose values are parameters here.
local isParameter(argument) = std.length([
  flag
  for flag in ['--prometheus-config-reloader=', '--kubelet-service=', '--kubelet-endpoints=', '--kubelet-endpointslice=', '--leader-elect']
  if std.startsWith(argument, flag)
]) > 0;

function(params) {
  local po = self,
  config:: defaults + params,

  local wide(name=po.config.name) = { name: name, labels: po.config.commonLabels },
  local metadata = wide() { namespace: po.config.namespace },
  local beside = wide() { namespace: po.config.kubeletService.namespace },
  local subjects = [{ kind: 'ServiceAccount', name: po.config.name, namespace: po.config.namespace }],
  local binding(kind, of) = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: kind + 'Binding',
    metadata: of,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: kind, name: po.config.name },
    subjects: subjects,
  },

  clusterRole: objects.clusterRole { metadata: wide() },
  clusterRoleBinding: binding('ClusterRole', wide()),

  // In the operator's own namespace: the election. The Lease has the name of the installation.
  role: objects.role {
    metadata: metadata,
    rules: [
      if std.objectHas(rule, 'resourceNames') then rule { resourceNames: [po.config.name] } else rule
      for rule in objects.role.rules
    ],
  },
  roleBinding: binding('Role', metadata),

  // The Service of the kubelets.
  kubeletRole: objects.kubeletRole { metadata: beside },
  kubeletRoleBinding: binding('Role', beside),

  serviceAccount: {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadata,
    automountServiceAccountToken: false,
  },

  deployment:
    local pod = objects.deployment.spec.template;
    local container = pod.spec.containers[0] {
      name: po.config.name,
      image: po.config.image,
      args:
        [
          '--prometheus-config-reloader=' + po.config.configReloaderImage,
          '--kubelet-service=%(namespace)s/%(name)s' % po.config.kubeletService,
          '--kubelet-endpoints=' + po.config.kubeletEndpointsEnabled,
          '--kubelet-endpointslice=' + po.config.kubeletEndpointSliceEnabled,
        ] +
        [argument for argument in super.args if !isParameter(argument)] +
        ['--leader-elect', '--leader-elect-resource-name=' + po.config.name] +
        (if po.config.enableReloaderProbes then ['--enable-config-reloader-probes'] else []) +
        po.config.extraArgs,
      ports: [{ name: 'http', containerPort: po.config.port }],
      resources: po.config.resources,
    };
    objects.deployment {
      metadata: metadata,
      spec+: {
        replicas: po.config.replicas,
        selector: { matchLabels: po.config.selectorLabels },
        template+: {
          metadata: {
            annotations: { 'kubectl.kubernetes.io/default-container': container.name },
            labels: po.config.commonLabels,
          },
          spec+: {
            affinity:
              local term = pod.spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0];
              {
                podAntiAffinity: {
                  preferredDuringSchedulingIgnoredDuringExecution: [
                    term { podAffinityTerm+: { labelSelector: { matchLabels: po.config.selectorLabels } } },
                  ],
                },
              },
            containers: [container],
            serviceAccountName: po.config.name,
          },
        },
      },
    },

  service: objects.service {
    metadata: metadata,
    spec+: {
      ports: [{ name: 'http', port: po.config.port, targetPort: 'http' }],
      selector: po.config.selectorLabels,
    },
  },

  serviceMonitor: objects.serviceMonitor {
    metadata: metadata,
    spec+: { selector: { matchLabels: po.config.selectorLabels } },
  },
} + { [name]: std.parseYaml(definitions[name]) for name in std.objectFields(definitions) }
