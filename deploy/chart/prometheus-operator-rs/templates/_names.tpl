{{- /* Names, labels and images, and the lists that several templates read. */ -}}

{{- define "operator.name" -}}
{{ .Values.nameOverride | default "prometheus-operator" | trunc 48 | trimSuffix "-" }}
{{- end }}

{{- define "operator.fullname" -}}
{{- $name := include "operator.name" . -}}
{{- if .Values.fullnameOverride -}}
{{ .Values.fullnameOverride | trunc 48 | trimSuffix "-" }}
{{- else if contains $name .Release.Name -}}
{{ .Release.Name | trunc 48 | trimSuffix "-" }}
{{- else -}}
{{ printf "%s-%s" .Release.Name $name | trunc 48 | trimSuffix "-" }}
{{- end -}}
{{- end }}

{{- define "operator.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "operator.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{- /* A Deployment cannot change its selector, so these never change. */ -}}
{{- define "operator.selector" -}}
app.kubernetes.io/component: controller
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/name: {{ include "operator.name" . }}
{{- end }}

{{- define "operator.labels" -}}
{{ include "operator.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* A dictionary with `image` and `root`. */ -}}
{{- define "operator.image" -}}
{{- $image := .image -}}
{{- $registry := .root.Values.global.imageRegistry | default $image.registry -}}
{{- $place := ternary (printf "%s/%s" $registry $image.repository) $image.repository (ne $registry "") -}}
{{- if $image.digest -}}
{{ printf "%s@%s" $place $image.digest }}
{{- else -}}
{{ printf "%s:%s" $place ($image.tag | default .root.Chart.AppVersion) }}
{{- end -}}
{{- end }}

{{- /* Rules of a file, with the names of this release in the place of those of deploy/. */ -}}
{{- define "operator.rules" -}}
{{ .root.Files.Get (printf "files/rbac/%s.yaml" .file) | replace "- prometheus-operator" (printf "- %s" (include "operator.fullname" .root)) | trim }}
{{- end }}

{{- /* Every namespace that is followed for something, as a JSON list; empty: all. */ -}}
{{- define "operator.namespaces" -}}
{{- $scope := .Values.scope -}}
{{- if $scope.namespaces -}}
{{ concat $scope.namespaces $scope.prometheusInstanceNamespaces $scope.alertmanagerInstanceNamespaces $scope.alertmanagerConfigNamespaces $scope.thanosRulerInstanceNamespaces | uniq | sortAlpha | toJson }}
{{- else -}}
[]
{{- end -}}
{{- end }}

{{- /* Whether anything may be granted that belongs to no namespace. */ -}}
{{- define "operator.isClusterWide" -}}
{{- if or (not .Values.scope.namespaces) .Values.rbac.clusterWide }}true{{ end -}}
{{- end }}

{{- /* Whether the Service of the kubelets is kept: without permission on nodes it cannot be. */ -}}
{{- define "operator.keepsKubelets" -}}
{{- if and .Values.kubeletService.enabled (include "operator.isClusterWide" .) }}true{{ end -}}
{{- end }}

{{- /* The files of rules of the features that are on, as a JSON list. */ -}}
{{- define "operator.features" -}}
{{- $features := .Values.features -}}
{{- $files := list -}}
{{- if $features.configurationStatus }}{{ $files = append $files "feature-configuration-status" }}{{ end -}}
{{- if $features.agentDaemonSet }}{{ $files = append $files "feature-agent-daemonset" }}{{ end -}}
{{- if eq $features.repair "evict" }}{{ $files = append $files "feature-repair-by-eviction" }}{{ end -}}
{{- if eq $features.repair "delete" }}{{ $files = append $files "feature-repair-by-deletion" }}{{ end -}}
{{- if $features.podRefreshInterval }}{{ $files = append $files "feature-pod-refresh" }}{{ end -}}
{{ toJson $files }}
{{- end }}

{{- /* The webhooks of a file, with the names and the wishes of this release. */ -}}
{{- define "operator.webhooks" -}}
{{- $root := .root -}}
{{- $values := $root.Values.webhooks -}}
{{- $webhooks := list -}}
{{- range fromYamlArray ($root.Files.Get (printf "files/webhooks/%s.yaml" .file)) -}}
{{- $service := merge (dict "name" (printf "%s-webhooks" (include "operator.fullname" $root)) "namespace" $root.Release.Namespace) .clientConfig.service -}}
{{- $changes := dict "clientConfig" (dict "service" $service) "failurePolicy" $values.failurePolicy "timeoutSeconds" (int $values.timeoutSeconds) "namespaceSelector" $values.namespaceSelector -}}
{{- $webhooks = append $webhooks (merge $changes (omit . "clientConfig" "namespaceSelector")) -}}
{{- end -}}
{{ toYaml $webhooks }}
{{- end }}
