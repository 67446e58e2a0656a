// The shape of kube-prometheus' example.jsonnet: a set of files, each an object, by the fields of the component.
local kp = {
  values:: { common: { namespace: 'monitoring', versions: { prometheusOperator: '1.2.3' } } },
  prometheusOperator: (import 'kube-prometheus.libsonnet')({
    namespace: kp.values.common.namespace,
    version: kp.values.common.versions.prometheusOperator,
    image: 'registry.example.com/operator:' + self.version,
    configReloaderImage: 'registry.example.com/config-reloader:' + self.version,
  }),
};

{
  ['setup/prometheus-operator-' + name]: kp.prometheusOperator[name]
  for name in std.filter(function(name) name != 'serviceMonitor' && name != 'prometheusRule', std.objectFields(kp.prometheusOperator))
} +
{ 'prometheus-operator-serviceMonitor': kp.prometheusOperator.serviceMonitor } +
{ 'prometheus-operator-prometheusRule': kp.prometheusOperator.prometheusRule }
