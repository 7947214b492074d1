{{/* Names and labels. A component's context is (dict "root" $ "name" name "it" merged-values). */}}

{{- define "smartcity.name" -}}{{ .root.Release.Name }}-{{ .name }}{{- end }}

{{/* What is needed of the registry before an image's name. */}}
{{- define "smartcity.registry" -}}{{- with .Values.global.imageRegistry }}{{ . }}/{{ end -}}{{- end }}

{{- define "smartcity.image" -}}
{{ include "smartcity.registry" . }}{{ .Values.image.repository }}{{ if .Values.image.digest }}@{{ .Values.image.digest }}{{ else }}:{{ .Values.image.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "smartcity.selector" -}}
app.kubernetes.io/name: smartcity
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{/* Those that stay the same when the platform gets newer. */}}
{{- define "smartcity.stableLabels" -}}
{{ include "smartcity.selector" . }}
app.kubernetes.io/part-of: smartcity
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
{{- with .root.Values.global.labels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "smartcity.labels" -}}
{{ include "smartcity.stableLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
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
readOnlyRootFilesystem: {{ not .writable }}
capabilities: { drop: [ALL] }
{{- end }}

{{/* A value out of a secret. (list secret key) */}}
{{- define "smartcity.secret" -}}
valueFrom: { secretKeyRef: { name: {{ index . 0 | quote }}, key: {{ index . 1 | quote }} } }
{{- end }}

{{/* "true" where gateway and pillars speak TLS, else empty. */}}
{{- define "smartcity.tls" -}}
{{- if and .Values.tls.enabled (not .Values.dev.enabled) }}true{{ end -}}
{{- end }}

{{- define "smartcity.publicUrl" -}}
{{- ternary .Values.dev.publicUrl .Values.publicUrl .Values.dev.enabled -}}
{{- end }}

{{- define "smartcity.otlpEndpoint" -}}
{{- if .Values.dev.enabled }}http://{{ .Release.Name }}-dev-viewer:4318{{ else }}{{ .Values.otlpEndpoint }}{{ end -}}
{{- end }}

{{/* The ways out of a component that are in use, as a JSON list: (dict "root" $ "it" merged-values). */}}
{{- define "smartcity.reaches" -}}
{{- $v := .root.Values }}
{{- $used := dict
  "keystore" true
  "s3" (and (hasPrefix "s3://" $v.files.url) (not $v.dev.enabled))
  "idp" (not (empty $v.oidc.issuer))
  "bank" (not (empty $v.economy.snap.url))
  "mail" (not (empty $v.governance.smtpUrl))
  "weather" (not (empty ($v.warnings).nowcastUrl))
  "operators" (or (not (empty ($v.living).operatorFeeds)) (($v.living).feedMirrors | default false)) }}
{{- $found := list }}
{{- range .it.reaches }}{{- if index $used . }}{{- $found = append $found . }}{{- end }}{{- end }}
{{- toJson $found }}
{{- end }}

{{- define "smartcity.natsUrl" -}}
{{- if .Values.dev.enabled }}nats://{{ .Release.Name }}-dev-nats:4222{{ else }}{{ .Values.nats.url }}{{ end -}}
{{- end }}

{{- define "smartcity.mqttUrl" -}}
{{- if .Values.dev.enabled }}mqtt://{{ .Release.Name }}-dev-nats:1883{{ else }}{{ .Values.mqtt.url }}{{ end -}}
{{- end }}

{{/* A database URL whose password the kubelet fills in. It ends in how sure the client is of the server.
(dict "root" $ "role" role "keystore" whether it is the database of wrapped keys) */}}
{{- define "smartcity.databaseUrl" -}}
{{- $p := .root.Values.postgres }}
{{- $of := ternary $p.keystore $p (.keystore | default false) }}
{{- if .root.Values.dev.enabled -}}
postgresql://{{ .role }}:$(POSTGRES_PASSWORD)@{{ .root.Release.Name }}-dev-postgres:5432/{{ $of.database }}?sslmode=disable
{{- else -}}
postgresql://{{ .role }}:$(POSTGRES_PASSWORD)@{{ $of.host }}:{{ $of.port }}/{{ $of.database }}?sslmode={{ $p.sslmode }}&sslrootcert=/etc/smartcity/{{ ternary "keystore" "postgres" (.keystore | default false) }}/{{ $of.ca.key }}
{{- end }}
{{- end }}
