// What a user of kube-prometheus relies on. Ends with an error where it does not hold.
local rendered = import 'example.jsonnet';
local file(name) = rendered['setup/prometheus-operator-' + name];
local containers = file('deployment').spec.template.spec.containers;
local within(part, whole) = std.length([key for key in std.objectFields(part) if std.get(whole, key) != part[key]]) == 0;
local alerts = rendered['prometheus-operator-prometheusRule'].spec.groups[0].rules;

// Every definition is there, and comes before what needs it.
assert std.length([name for name in std.objectFields(rendered) if std.endsWith(name, 'CustomResourceDefinition')]) == 10;
assert std.sort(std.objectFields(rendered))[2] == 'setup/prometheus-operator-0alertmanagerConfigCustomResourceDefinition';
assert file('0prometheusCustomResourceDefinition').kind == 'CustomResourceDefinition';
// Parameters arrive, and what is added with `+:` is added.
assert [container.name for container in containers] == ['prometheus-operator', 'kube-rbac-proxy'];
assert containers[0].image == 'registry.example.com/operator:1.2.3';
assert std.member(containers[0].args, '--prometheus-config-reloader=registry.example.com/config-reloader:1.2.3');
assert containers[0].resources.limits.cpu == '200m';
assert std.reverse(file('clusterRole').rules)[0].resources == ['subjectaccessreviews'];
assert file('service').spec.ports[0].name == 'https';
// Selectors lead to the pods.
local labels = file('deployment').spec.template.metadata.labels;
assert within(file('service').spec.selector, labels);
assert within(file('deployment').spec.selector.matchLabels, labels);
assert within(rendered['prometheus-operator-serviceMonitor'].spec.selector.matchLabels, file('service').metadata.labels);
// The mixin takes the settings of the original's.
assert alerts[0].annotations.runbook_url == 'https://runbooks.example.com/PrometheusOperatorListErrors';
assert std.length(std.findSubstr('namespace="monitoring"', alerts[0].expr)) == 2;
assert std.startsWith(alerts[0].expr, '(\nsum by (cluster,controller,namespace)');
true
