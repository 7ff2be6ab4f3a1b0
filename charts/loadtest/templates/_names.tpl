{{- /* Names, labels and what every pod may not do, each in one place. */ -}}

{{- define "loadtest.name" -}}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{- end }}

{{- /* (list $ "component") */ -}}
{{- define "loadtest.labels" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: confeitaria-loadtest
app.kubernetes.io/instance: {{ include "loadtest.name" $ }}
app.kubernetes.io/component: {{ index . 1 }}
app.kubernetes.io/managed-by: {{ $.Release.Service }}
{{- range $name, $value := $.Values.labels }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end }}

{{- /* What charts/confeitaria calls itself in that release. */ -}}
{{- define "loadtest.shop" -}}
{{- $release := .Values.shop.release -}}
{{ contains "confeitaria" $release | ternary $release (printf "%s-confeitaria" $release) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- define "loadtest.database" -}}{{ include "loadtest.shop" . }}-db{{- end }}
{{- define "loadtest.valkey" -}}{{ include "loadtest.shop" . }}-valkey{{- end }}
{{- define "loadtest.adminSecret" -}}{{ .Values.shop.adminSecret | default (printf "%s-admin" (include "loadtest.shop" .)) }}{{- end }}

{{- define "loadtest.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- /* What a Job's pod has whatever it does; nothing is tried twice, since a second try would be another load. */ -}}
{{- define "loadtest.podSecurity" -}}
restartPolicy: Never
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 12345
  runAsGroup: 12345
  fsGroup: 12345
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- /* The node that was asked for, though it be a control plane. */ -}}
{{- define "loadtest.placement" -}}
{{- with . }}
nodeName: {{ . }}
tolerations:
  - {key: node-role.kubernetes.io/control-plane, operator: Exists}
{{- end }}
{{- end }}

{{- define "loadtest.job" -}}
backoffLimit: 0
ttlSecondsAfterFinished: {{ .Values.keepSeconds }}
activeDeadlineSeconds: {{ .Values.deadlineSeconds }}
{{- end }}
