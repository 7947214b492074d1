{{/* Names and labels. A component's context is (dict "root" $ "name" name "it" merged-values). */}}

{{- define "smartcity.name" -}}{{ .root.Release.Name }}-{{ .name }}{{- end }}

{{- define "smartcity.image" -}}
{{- with .Values.global.imageRegistry }}{{ . }}/{{ end -}}
{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "smartcity.selector" -}}
app.kubernetes.io/name: smartcity
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{- define "smartcity.labels" -}}
{{ include "smartcity.selector" . }}
app.kubernetes.io/part-of: smartcity
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- with .root.Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Version as part of a name: the Job of migrations is made anew for each. */}}
{{- define "smartcity.version" -}}
{{ .Values.image.digest | default (.Values.image.tag | default .Chart.AppVersion) | replace "sha256:" "" | trunc 20 | replace "." "-" | replace "_" "-" | replace "+" "-" | lower | trimSuffix "-" }}
{{- end }}

{{- define "smartcity.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "smartcity.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{/* A value out of a secret. (list secret key) */}}
{{- define "smartcity.secret" -}}
valueFrom: { secretKeyRef: { name: {{ index . 0 | quote }}, key: {{ index . 1 | quote }} } }
{{- end }}

{{/* What stands at the end of a database URL: how sure the client is of the server. */}}
{{- define "smartcity.sslmode" -}}
{{- if .Values.dev.enabled }}sslmode=disable{{ else }}sslmode={{ .Values.postgres.sslmode }}&sslrootcert=/etc/smartcity/postgres/{{ .Values.postgres.ca.key }}{{ end -}}
{{- end }}

{{- define "smartcity.postgresHost" -}}
{{- if .Values.dev.enabled }}{{ .Release.Name }}-dev-postgres{{ else }}{{ .Values.postgres.host }}{{ end -}}
{{- end }}

{{- define "smartcity.natsUrl" -}}
{{- if .Values.dev.enabled }}nats://{{ .Release.Name }}-dev-nats:4222{{ else }}{{ .Values.nats.url }}{{ end -}}
{{- end }}

{{/* A database URL whose password the kubelet fills in. (dict "root" $ "role" role "database" database) */}}
{{- define "smartcity.databaseUrl" -}}
postgresql://{{ .role }}:$(POSTGRES_PASSWORD)@{{ include "smartcity.postgresHost" .root }}:{{ .root.Values.postgres.port }}/{{ .database }}?{{ include "smartcity.sslmode" .root }}
{{- end }}
