{{- /* The flags of the operator, one on a line. What the operator does anyway is not said. */ -}}
{{- define "operator.arguments" -}}
{{- $values := .Values -}}
{{- $arguments := list (printf "--prometheus-config-reloader=%s" (include "operator.image" (dict "image" $values.configReloader.image "root" .))) -}}
{{- if include "operator.keepsKubelets" . -}}
{{- $kubelet := $values.kubeletService -}}
{{- $arguments = concat $arguments (list
    (printf "--kubelet-service=%s/%s" $kubelet.namespace $kubelet.name)
    (printf "--kubelet-endpoints=%t" $kubelet.endpoints)
    (printf "--kubelet-endpointslice=%t" $kubelet.endpointSlice)) -}}
{{- with $kubelet.selector }}{{ $arguments = append $arguments (printf "--kubelet-selector=%s" .) }}{{ end -}}
{{- end -}}
{{- $arguments = append $arguments "--watch-referenced-objects-in-all-namespaces=true" -}}
{{- $arguments = append $arguments "--disable-unmanaged-prometheus-configuration=true" -}}
{{- if $values.leaderElection.enabled -}}
{{- $arguments = concat $arguments (list "--leader-elect" (printf "--leader-elect-resource-name=%s" (include "operator.fullname" .))) -}}
{{- end -}}
{{- range $flag, $key := dict
    "namespaces" "namespaces"
    "deny-namespaces" "denyNamespaces"
    "prometheus-instance-namespaces" "prometheusInstanceNamespaces"
    "alertmanager-instance-namespaces" "alertmanagerInstanceNamespaces"
    "alertmanager-config-namespaces" "alertmanagerConfigNamespaces"
    "thanos-ruler-instance-namespaces" "thanosRulerInstanceNamespaces" -}}
{{- with index $values.scope $key }}{{ $arguments = append $arguments (printf "--%s=%s" $flag (join "," .)) }}{{ end -}}
{{- end -}}
{{- range $flag, $value := dict
    "prometheus-instance-selector" $values.scope.prometheusInstanceSelector
    "alertmanager-instance-selector" $values.scope.alertmanagerInstanceSelector
    "thanos-ruler-instance-selector" $values.scope.thanosRulerInstanceSelector
    "secret-field-selector" $values.scope.secretFieldSelector
    "controller-id" $values.scope.controllerId
    "repair-policy-for-statefulsets" $values.features.repair
    "pod-refresh-interval" $values.features.podRefreshInterval
    "log-level" (ternary "" $values.log.level (eq $values.log.level "info"))
    "log-format" (ternary "" $values.log.format (eq $values.log.format "logfmt"))
    "prometheus-default-base-image" $values.defaultImages.prometheus
    "alertmanager-default-base-image" $values.defaultImages.alertmanager
    "thanos-default-base-image" $values.defaultImages.thanos -}}
{{- with $value }}{{ $arguments = append $arguments (printf "--%s=%s" $flag .) }}{{ end -}}
{{- end -}}
{{- range $kind := list "requests" "limits" -}}
{{- range $resource := list "cpu" "memory" -}}
{{- $quantity := dig "resources" $kind $resource "0" $values.configReloader -}}
{{- $arguments = append $arguments (printf "--config-reloader-%s-%s=%v" $resource (trimSuffix "s" $kind) $quantity) -}}
{{- end -}}
{{- end -}}
{{- range $flag, $on := dict
    "enable-config-reloader-probes" $values.configReloader.probes
    "restrict-variable-expansion" $values.configReloader.restrictVariableExpansion
    "compress-large-rules" $values.features.compressLargeRules
    "deny-file-access" $values.features.denyFileAccess
    "strict-namespace-enforcement" $values.features.strictNamespaceEnforcement -}}
{{- if $on }}{{ $arguments = append $arguments (printf "--%s" $flag) }}{{ end -}}
{{- end -}}
{{- $gates := list -}}
{{- if $values.features.configurationStatus }}{{ $gates = append $gates "StatusForConfigurationResources=true" }}{{ end -}}
{{- if $values.features.agentDaemonSet }}{{ $gates = append $gates "PrometheusAgentDaemonSet=true" }}{{ end -}}
{{- with $gates }}{{ $arguments = append $arguments (printf "--feature-gates=%s" (join "," .)) }}{{ end -}}
{{- range $flag, $map := dict "labels" $values.managedLabels "annotations" $values.managedAnnotations -}}
{{- $pairs := list -}}
{{- range $key, $value := $map }}{{ $pairs = append $pairs (printf "%s=%v" $key $value) }}{{ end -}}
{{- with $pairs }}{{ $arguments = append $arguments (printf "--%s=%s" $flag (join "," .)) }}{{ end -}}
{{- end -}}
{{- if $values.webhooks.enabled -}}
{{- $name := include "operator.fullname" . -}}
{{- $configurations := list $name -}}
{{- if $values.webhooks.allKinds -}}
{{- $configurations = append $configurations (printf "%s-kinds" $name) -}}
{{- $arguments = append $arguments "--admission-kinds=*" -}}
{{- end -}}
{{- $arguments = concat $arguments (list
    "--admission-listen-address=:8443"
    (printf "--admission-certificate-secret=%s-webhooks" $name)
    (printf "--admission-services=%s-webhooks" $name)
    (printf "--admission-webhook-configurations=%s" (join "," $configurations))
    (printf "--name-validation-scheme=%s" $values.webhooks.nameValidationScheme)) -}}
{{- if $values.webhooks.byInstances }}{{ $arguments = append $arguments "--admission-by-instances" }}{{ end -}}
{{- end -}}
{{ toYaml (concat $arguments $values.extraArgs) }}
{{- end }}
