{{/* The pod of a component. `schema` is the one whose revision it waits for, where that is not named as it is. Of an authority's Secret only the certificate is mounted: some hold its key, too. */}}

{{- define "smartcity.volumes" -}}
- name: scratch
  emptyDir: { sizeLimit: {{ ternary "512Mi" "256Mi" (eq .name "operator") }} }{{/* a feed has up to 256 MiB */}}
{{- if not .root.Values.dev.enabled }}
- name: postgres-ca
  secret: { secretName: {{ .root.Values.postgres.ca.secret | quote }}, items: [{ key: {{ .root.Values.postgres.ca.key | quote }}, path: {{ .root.Values.postgres.ca.key | quote }} }] }
- name: nats-ca
  secret: { secretName: {{ .root.Values.nats.ca.secret | quote }}, items: [{ key: {{ .root.Values.nats.ca.key | quote }}, path: {{ .root.Values.nats.ca.key | quote }} }] }
{{- if has .name (list "governance" "operator") }}
- name: keystore-ca
  secret: { secretName: {{ .root.Values.postgres.keystore.ca.secret | quote }}, items: [{ key: {{ .root.Values.postgres.keystore.ca.key | quote }}, path: {{ .root.Values.postgres.keystore.ca.key | quote }} }] }
{{- end }}
{{- end }}
{{- end }}

{{- define "smartcity.mounts" -}}
- { name: scratch, mountPath: /tmp }
{{- if not .root.Values.dev.enabled }}
- { name: postgres-ca, mountPath: /etc/smartcity/postgres, readOnly: true }
- { name: nats-ca, mountPath: /etc/smartcity/nats, readOnly: true }
{{- if has .name (list "governance" "operator") }}
- { name: keystore-ca, mountPath: /etc/smartcity/keystore, readOnly: true }
{{- end }}
{{- end }}
{{- end }}

{{/* A second, which is what no timeoutSeconds means, is too short for a busy node: ready pods were taken out for it. */}}
{{- define "smartcity.probes" -}}
{{- if eq .name "gateway" }}
startupProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
readinessProbe:
  httpGet: { path: /readyz, port: health }
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  httpGet: { path: /livez, port: health }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- else }}
startupProbe:
  grpc: { port: 5001 }
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 60
readinessProbe:
  grpc: { port: 5001 }
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  grpc: { port: 5001, service: liveness }
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
{{- end }}
{{- end }}

{{- define "smartcity.pod" -}}
{{- $v := .root.Values }}
{{- $tls := and (include "smartcity.tls" .root) (ne .name "callout") }}
metadata:
  labels:
    {{- include "smartcity.labels" . | nindent 4 }}
    {{- with .it.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- with .it.podAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
spec:
  serviceAccountName: {{ include "smartcity.name" . }}
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: {{ add 30 (int $v.preStopSeconds) (int $v.drainSeconds) }}
  securityContext:
    {{- include "smartcity.podSecurity" . | nindent 4 }}
  {{- with $v.global.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .it.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  topologySpreadConstraints:
    {{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - topologyKey: {{ $key }}
      maxSkew: 1
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "smartcity.selector" $ | nindent 10 }}
    {{- end }}
  {{- with .it.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .it.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .it.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if $v.migrations.enabled }}
  initContainers:
    - name: wait-for-migration
      image: {{ include "smartcity.image" .root }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [deploy.wait, {{ .schema | default .name }}, {{ $v.migrations.waitSeconds | quote }}]
      env:
        - { name: SMARTCITY_CITY, value: {{ $v.city | quote }} }
        - name: POSTGRES_PASSWORD
          {{- include "smartcity.secret" (list (printf "%s-%s" $v.postgres.roles.prefix .name) $v.postgres.roles.key) | nindent 10 }}
        - name: SMARTCITY_POSTGRES_URL
          value: {{ include "smartcity.databaseUrl" (dict "root" .root "role" .name) | quote }}
      # As the component's own: a pod counts as the larger of the two, so this never makes it larger.
      resources:
        {{- toYaml .it.resources | nindent 8 }}
      securityContext:
        {{- include "smartcity.containerSecurity" . | nindent 8 }}
      volumeMounts:
        {{- include "smartcity.mounts" . | nindent 8 }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "smartcity.image" .root }}
      imagePullPolicy: {{ $v.image.pullPolicy }}
      args: [{{ .it.module }}]
      ports:
        {{- if eq .name "gateway" }}
        - { name: http, containerPort: 8080 }
        {{- else if ne .name "callout" }}
        - { name: grpc, containerPort: 5000 }
        {{- end }}
        - { name: health, containerPort: 5001 }
      env:
        {{- include (ternary "smartcity.calloutEnv" "smartcity.env" (eq .name "callout")) . | nindent 8 }}
      {{- if or .it.extraEnvFrom (and (eq .name "gateway") $v.files.secret (not $v.dev.enabled)) }}
      envFrom:
        {{- if and (eq .name "gateway") $v.files.secret (not $v.dev.enabled) }}
        - secretRef: { name: {{ $v.files.secret | quote }} }
        {{- end }}
        {{- with .it.extraEnvFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- end }}
      {{- include "smartcity.probes" . | nindent 6 }}
      lifecycle:
        preStop: { sleep: { seconds: {{ $v.preStopSeconds }} } }
      resources:
        {{- toYaml .it.resources | nindent 8 }}
      securityContext:
        {{- include "smartcity.containerSecurity" (dict "writable" (and $v.dev.enabled $v.dev.liveUpdate)) | nindent 8 }}
      volumeMounts:
        {{- include "smartcity.mounts" . | nindent 8 }}
        {{- if $tls }}
        - { name: tls, mountPath: /etc/smartcity/tls, readOnly: true }
        {{- end }}
        {{- with .it.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    {{- include "smartcity.volumes" . | nindent 4 }}
    {{- if $tls }}
    - name: tls
      secret: { secretName: {{ include "smartcity.name" . }}-tls }
    {{- end }}
    {{- with .it.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
