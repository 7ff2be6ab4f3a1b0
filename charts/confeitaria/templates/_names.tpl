{{- /* Names and labels, each in one place. */ -}}

{{- define "confeitaria.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- /* Labels that never change: (list $ "component") */ -}}
{{- define "confeitaria.selector" -}}
{{- $ := index . 0 -}}
app.kubernetes.io/name: confeitaria
app.kubernetes.io/instance: {{ $.Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{- /* Labels of pods: what changes here rolls them. */ -}}
{{- define "confeitaria.podLabels" -}}
{{ include "confeitaria.selector" . }}
app.kubernetes.io/version: {{ include "confeitaria.tag" (index . 0) | quote }}
{{- end }}

{{- define "confeitaria.labels" -}}
{{- $ := index . 0 -}}
{{ include "confeitaria.selector" . }}
app.kubernetes.io/version: {{ include "confeitaria.tag" $ | quote }}
app.kubernetes.io/part-of: confeitaria
app.kubernetes.io/managed-by: {{ $.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $.Chart.Name $.Chart.Version }}
{{- end }}

{{- define "confeitaria.tag" -}}{{ .Values.image.tag | default .Chart.AppVersion }}{{- end }}

{{- /* The image of a service: (list $ "catalog") */ -}}
{{- define "confeitaria.image" -}}
{{- $ := index . 0 -}}
{{ $.Values.image.registry }}/{{ index . 1 }}:{{ include "confeitaria.tag" $ }}
{{- end }}

{{- define "confeitaria.database" -}}{{ include "confeitaria.fullname" . }}-db{{- end }}
{{- define "confeitaria.valkey" -}}{{ include "confeitaria.fullname" . }}-valkey{{- end }}
{{- define "confeitaria.adminSecret" -}}{{ .Values.admin.existingSecret | default (printf "%s-admin" (include "confeitaria.fullname" .)) }}{{- end }}
{{- define "confeitaria.valkeySecret" -}}{{ .Values.valkey.existingSecret | default (include "confeitaria.valkey" .) }}{{- end }}

{{- /* Replicas that must have a change of a cart: with the primary a majority. */ -}}
{{- define "confeitaria.valkeyMinReplicas" -}}{{ div .Values.valkey.replicas 2 }}{{- end }}

{{- /* DATABASE_URL for a role: (list $ "catalogo"). Both Services of the cluster: who is primary the services find out themselves. */ -}}
{{- define "confeitaria.databaseEnv" -}}
{{- $ := index . 0 -}}
{{- $role := index . 1 -}}
{{- $cluster := include "confeitaria.database" $ -}}
{{- if $.Values.postgresql.enabled }}
- name: DATABASE_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ $cluster }}-{{ $role }}, key: password}}
- name: DATABASE_URL
  value: postgres://{{ $role }}:$(DATABASE_PASSWORD)@{{ $cluster }}-rw:5432,{{ $cluster }}-ro:5432/confeitaria
{{- else }}
- name: DATABASE_URL
  valueFrom: {secretKeyRef: {name: {{ $.Values.postgresql.external.existingSecret }}, key: {{ $role }}}}
{{- end }}
{{- end }}

{{- /* What every container may not do: the restricted Pod Security Standard. */ -}}
{{- define "confeitaria.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL]}
{{- end }}

{{- define "confeitaria.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- /* Which nodes a pod may run on, and how long it stays on one that is lost. */ -}}
{{- define "confeitaria.nodes" -}}
{{- with .Values.pods.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
tolerations:
  - {key: node.kubernetes.io/not-ready, operator: Exists, effect: NoExecute, tolerationSeconds: {{ .Values.pods.lostNodeSeconds }}}
  - {key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: {{ .Values.pods.lostNodeSeconds }}}
  {{- with .Values.pods.tolerations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{- define "confeitaria.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* The four services: port, and the paths of the Ingress. */ -}}
{{- define "confeitaria.services" -}}
catalog: {port: 5001, path: /api/catalogo}
cart: {port: 5002, path: /api/carrinho}
orders: {port: 5003, path: /api/pedidos}
storefront: {port: 8000, path: /}
{{- end }}
