{{/* The environment of a component: names are those of the settings classes, which a test compares. */}}

{{- define "smartcity.env" -}}
{{- $v := .root.Values }}
- name: SMARTCITY_MODE
  value: {{ ternary "local" "production" $v.dev.enabled }}
- { name: SMARTCITY_CITY, value: {{ $v.city | quote }} }
- name: SMARTCITY_INSTANCE
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POSTGRES_PASSWORD
  {{- include "smartcity.secret" (list (printf "%s-%s" $v.postgres.roles.prefix .name) $v.postgres.roles.key) | nindent 2 }}
- name: SMARTCITY_POSTGRES_URL
  value: {{ include "smartcity.databaseUrl" (dict "root" .root "role" .name) | quote }}
- { name: SMARTCITY_POSTGRES_POOL, value: {{ .it.pool | quote }} }
- { name: SMARTCITY_NATS_URL, value: {{ include "smartcity.natsUrl" .root | quote }} }
- name: SMARTCITY_NATS_SEED
  {{- include "smartcity.secret" (list (printf "%s-%s" $v.nats.users.prefix .name) $v.nats.users.key) | nindent 2 }}
{{- if not $v.dev.enabled }}
- { name: SMARTCITY_NATS_CA_FILE, value: {{ printf "/etc/smartcity/nats/%s" $v.nats.ca.key | quote }} }
{{- end }}
- { name: SMARTCITY_OTLP_ENDPOINT, value: {{ include "smartcity.otlpEndpoint" .root | quote }} }
- { name: SMARTCITY_TRACE_RATIO, value: {{ $v.traceRatio | quote }} }
- { name: SMARTCITY_LOG_FORMAT, value: json }
- { name: SMARTCITY_LOG_LEVEL, value: {{ $v.logLevel | quote }} }
- { name: SMARTCITY_VERSION, value: {{ $v.image.tag | default .root.Chart.AppVersion | quote }} }
- { name: SMARTCITY_DRAIN_SECONDS, value: {{ $v.drainSeconds | quote }} }
{{- if include "smartcity.tls" .root }}
- { name: SMARTCITY_GRPC_CA_FILE, value: /etc/smartcity/tls/ca.crt }
- { name: SMARTCITY_GRPC_CERTIFICATE_FILE, value: /etc/smartcity/tls/tls.crt }
- { name: SMARTCITY_GRPC_KEY_FILE, value: /etc/smartcity/tls/tls.key }
{{- end }}
{{- if eq .name "gateway" }}
{{ include "smartcity.gatewayEnv" . }}
{{- else }}
- { name: SMARTCITY_GRPC_HOST, value: "0.0.0.0" }
- { name: SMARTCITY_GRPC_PORT, value: "5000" }
- { name: SMARTCITY_HEALTH_PORT, value: "5001" }
- name: SMARTCITY_ASSERTION_KEYS
  {{- include "smartcity.secret" (list $v.assertions.public.secret $v.assertions.public.key) | nindent 2 }}
{{- end }}
{{- if eq .name "governance" }}
{{ include "smartcity.governanceEnv" . }}
{{- end }}
{{- if eq .name "economy" }}
{{ include "smartcity.economyEnv" . }}
{{- end }}
{{- if and (eq .name "environment") ($v.mqtt).enabled }}
{{ include "smartcity.devicesEnv" . }}
{{- end }}
{{- if eq .name "environment" }}
{{ include "smartcity.warningsEnv" . }}
{{- end }}
{{- if and (eq .name "living") ($v.mqtt).enabled ($v.mqtt).vehicles }}
{{ include "smartcity.vehiclesEnv" . }}
{{- end }}
{{- if eq .name "branding" }}
{{ include "smartcity.ticketsEnv" . }}
{{- end }}
{{- if and (eq .name "living") ($v.living).operatorFeeds }}
- { name: SMARTCITY_OPERATOR_FEEDS, value: {{ $v.living.operatorFeeds | quote }} }
{{- end }}
{{- if eq .name "society" }}
{{/* It may be missing: then nobody is verified, no ballots are taken, and nobody follows proposals by mail. */}}
- name: SMARTCITY_RESIDENT_SECRET
  valueFrom: { secretKeyRef: { name: {{ ($v.society).secret | default "smartcity-society" | quote }}, key: resident-secret, optional: true } }
{{ include "smartcity.mailEnv" . }}
{{- end }}
{{- with .it.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "smartcity.gatewayEnv" -}}
{{- $v := .root.Values }}
{{- $targets := dict }}
{{- range $name, $own := $v.components }}
{{- if ne $name "gateway" }}
{{- $_ := set $targets $name (printf "dns:///%s-%s:5000" $.root.Release.Name $name) }}
{{- end }}
{{- end -}}
- { name: SMARTCITY_PUBLIC_URL, value: {{ include "smartcity.publicUrl" .root | quote }} }
{{- with $v.securityContact }}
- { name: SMARTCITY_SECURITY_CONTACT, value: {{ . | quote }} }
{{- end }}
- { name: SMARTCITY_HOST, value: "0.0.0.0" }
- { name: SMARTCITY_PORT, value: "8080" }
- { name: SMARTCITY_HEALTH_PORT, value: "5001" }
- { name: SMARTCITY_TARGETS, value: {{ $targets | toJson | quote }} }
- { name: SMARTCITY_GRPC_TLS, value: {{ include "smartcity.tls" .root | empty | not | quote }} }
- name: SMARTCITY_ASSERTION_KEY
  {{- include "smartcity.secret" (list $v.assertions.private.secret $v.assertions.private.key) | nindent 2 }}
- name: SMARTCITY_SESSION_SECRET
  {{- include "smartcity.secret" (list $v.session.secret $v.session.key) | nindent 2 }}
- { name: SMARTCITY_FILES_URL, value: {{ ternary "file:///tmp/files" $v.files.url $v.dev.enabled | quote }} }
{{- if not $v.files.sweep }}
- { name: SMARTCITY_PHOTO_SWEEP, value: "false" }
{{- end }}
{{- if $v.dev.enabled }}
- { name: SMARTCITY_VIEWER_URL, value: {{ $v.dev.tracesUrl | quote }} }
{{- end }}
- { name: SMARTCITY_TRUSTED_PROXIES, value: {{ $v.trustedProxies | quote }} }
{{- if $v.oidc.issuer }}
- { name: SMARTCITY_OIDC_ISSUER, value: {{ $v.oidc.issuer | quote }} }
- { name: SMARTCITY_OIDC_CLIENT_ID, value: {{ $v.oidc.clientId | quote }} }
- { name: SMARTCITY_OIDC_AUDIENCE, value: {{ $v.oidc.audience | quote }} }
{{- if $v.oidc.nikClaim }}
- { name: SMARTCITY_OIDC_NIK_CLAIM, value: {{ $v.oidc.nikClaim | quote }} }
- { name: SMARTCITY_OIDC_AREA_CLAIM, value: {{ $v.oidc.areaClaim | quote }} }
{{- end }}
- name: SMARTCITY_OIDC_CLIENT_SECRET
  {{- include "smartcity.secret" (list $v.oidc.secret.name $v.oidc.secret.key) | nindent 2 }}
{{- end }}
{{- end }}

{{- define "smartcity.governanceEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_KEYSTORE_URL
  value: {{ include "smartcity.databaseUrl" (dict "root" .root "role" .name "keystore" true) | quote }}
- name: SMARTCITY_DATA_KEY
  {{- include "smartcity.secret" (list $v.governance.secret "data-key") | nindent 2 }}
- name: SMARTCITY_DATA_KEYS_OLD
  valueFrom: { secretKeyRef: { name: {{ $v.governance.secret | quote }}, key: data-keys-old, optional: true } }
- name: SMARTCITY_DATA_KEY_NEXT
  valueFrom: { secretKeyRef: { name: {{ $v.governance.secret | quote }}, key: data-key-next, optional: true } }
- name: SMARTCITY_LINK_SECRET
  {{- include "smartcity.secret" (list $v.governance.secret "link-secret") | nindent 2 }}
- name: SMARTCITY_MAIL_KEYS
  valueFrom: { secretKeyRef: { name: {{ $v.governance.secret | quote }}, key: mail-keys, optional: true } }
- name: SMARTCITY_RECEIPT_KEY
  {{- include "smartcity.secret" (list $v.governance.secret "receipt.jwk") | nindent 2 }}
{{ include "smartcity.mailEnv" . }}
- { name: SMARTCITY_MAIL_BOUNCES, value: {{ $v.governance.mailBounces | quote }} }
{{- end }}

{{- define "smartcity.economyEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_RECEIPT_KEY
  {{- include "smartcity.secret" (list $v.economy.secret "receipt.jwk") | nindent 2 }}
{{/* It may be missing: then nobody applies for permits. */}}
- name: SMARTCITY_PERMIT_SECRET
  valueFrom: { secretKeyRef: { name: {{ $v.economy.secret | quote }}, key: permit-secret, optional: true } }
{{ include "smartcity.mailEnv" . }}
{{- if $v.economy.snap.url }}
- { name: SMARTCITY_SNAP_URL, value: {{ $v.economy.snap.url | quote }} }
- { name: SMARTCITY_SNAP_REPORT_URL, value: {{ $v.economy.snap.reportUrl | quote }} }
- { name: SMARTCITY_SNAP_ZONE, value: {{ $v.economy.snap.zone | quote }} }
- { name: SMARTCITY_SNAP_CLIENT_ID, value: {{ $v.economy.snap.clientId | quote }} }
- { name: SMARTCITY_SNAP_PARTNER_ID, value: {{ $v.economy.snap.partnerId | quote }} }
- { name: SMARTCITY_SNAP_CHANNEL_ID, value: {{ $v.economy.snap.channelId | quote }} }
- { name: SMARTCITY_SNAP_SIGNATURE_ENCODING, value: {{ $v.economy.snap.signatureEncoding | quote }} }
- name: SMARTCITY_SNAP_CLIENT_SECRET
  {{- include "smartcity.secret" (list $v.economy.secret "client-secret") | nindent 2 }}
- name: SMARTCITY_SNAP_PRIVATE_KEY
  {{- include "smartcity.secret" (list $v.economy.secret "private.pem") | nindent 2 }}
- name: SMARTCITY_SNAP_PUBLIC_KEY
  {{- include "smartcity.secret" (list $v.economy.secret "bank.pem") | nindent 2 }}
{{- end }}
{{- end }}

{{/* Of who reads devices and issues their passwords. */}}
{{- define "smartcity.devicesEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_DEVICE_SECRET
  {{- include "smartcity.secret" (list $v.mqtt.secret "device-secret") | nindent 2 }}
- { name: SMARTCITY_MQTT_URL, value: {{ include "smartcity.mqttUrl" .root | quote }} }
- name: SMARTCITY_MQTT_PASSWORD
  {{- include "smartcity.secret" (list $v.mqtt.secret "reader-password") | nindent 2 }}
{{- end }}

{{/* Of who reads vehicles and issues their passwords. */}}
{{- define "smartcity.vehiclesEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_VEHICLE_SECRET
  {{- include "smartcity.secret" (list $v.mqtt.secret "vehicle-secret") | nindent 2 }}
- { name: SMARTCITY_MQTT_URL, value: {{ include "smartcity.mqttUrl" .root | quote }} }
- name: SMARTCITY_MQTT_PASSWORD
  {{- include "smartcity.secret" (list $v.mqtt.secret "vehicle-reader-password") | nindent 2 }}
{{- end }}

{{/* Of who publishes flood warnings. Both keys may be missing: then they go unsigned, and to no subscribers. */}}
{{- define "smartcity.warningsEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_WARNING_KEY
  valueFrom: { secretKeyRef: { name: {{ ($v.warnings).secret | default "smartcity-warnings" | quote }}, key: warning.pem, optional: true } }
- name: SMARTCITY_SUBSCRIPTION_SECRET
  valueFrom: { secretKeyRef: { name: {{ ($v.warnings).secret | default "smartcity-warnings" | quote }}, key: subscription-secret, optional: true } }
{{ include "smartcity.mailEnv" . }}
{{- if ($v.warnings).nowcastUrl }}
- { name: SMARTCITY_NOWCAST_URL, value: {{ $v.warnings.nowcastUrl | quote }} }
{{- end }}
{{- end }}

{{/* Of who sells tickets. Both may be missing: then none are sold. */}}
{{- define "smartcity.ticketsEnv" -}}
{{- $v := .root.Values -}}
- name: SMARTCITY_TICKET_KEY
  valueFrom: { secretKeyRef: { name: {{ ($v.tickets).secret | default "smartcity-tickets" | quote }}, key: ticket.jwk, optional: true } }
- name: SMARTCITY_TICKET_KEYS_OLD
  valueFrom: { secretKeyRef: { name: {{ ($v.tickets).secret | default "smartcity-tickets" | quote }}, key: tickets-old.jwks, optional: true } }
- name: SMARTCITY_TICKET_SECRET
  valueFrom: { secretKeyRef: { name: {{ ($v.tickets).secret | default "smartcity-tickets" | quote }}, key: ticket-secret, optional: true } }
{{- end }}

{{/* Of who lets devices and vehicles in: its role reads a few of two pillars' tables, and it alone has the issuer's key. */}}
{{- define "smartcity.calloutEnv" -}}
{{- $v := .root.Values -}}
- name: POSTGRES_PASSWORD
  {{- include "smartcity.secret" (list (printf "%s-callout" $v.postgres.roles.prefix) $v.postgres.roles.key) | nindent 2 }}
- name: SMARTCITY_POSTGRES_URL
  value: {{ include "smartcity.databaseUrl" (dict "root" .root "role" "callout") | quote }}
- { name: SMARTCITY_NATS_URL, value: {{ include "smartcity.natsUrl" .root | quote }} }
- name: SMARTCITY_NATS_SEED
  {{- include "smartcity.secret" (list (printf "%s-callout" $v.nats.users.prefix) $v.nats.users.key) | nindent 2 }}
{{- if not $v.dev.enabled }}
- { name: SMARTCITY_NATS_CA_FILE, value: {{ printf "/etc/smartcity/nats/%s" $v.nats.ca.key | quote }} }
{{- end }}
- name: SMARTCITY_DEVICE_SECRET
  {{- include "smartcity.secret" (list $v.mqtt.secret "device-secret") | nindent 2 }}
{{- if $v.mqtt.vehicles }}
- name: SMARTCITY_VEHICLE_SECRET
  {{- include "smartcity.secret" (list $v.mqtt.secret "vehicle-secret") | nindent 2 }}
{{- end }}
- name: SMARTCITY_DEVICE_ISSUER
  {{- include "smartcity.secret" (list $v.mqtt.secret "issuer") | nindent 2 }}
- name: SMARTCITY_INSTANCE
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- { name: SMARTCITY_OTLP_ENDPOINT, value: {{ include "smartcity.otlpEndpoint" .root | quote }} }
- { name: SMARTCITY_VERSION, value: {{ $v.image.tag | default .root.Chart.AppVersion | quote }} }
- { name: SMARTCITY_GRPC_HOST, value: "0.0.0.0" }
- { name: SMARTCITY_HEALTH_PORT, value: "5001" }
- { name: SMARTCITY_LOG_FORMAT, value: json }
- { name: SMARTCITY_LOG_LEVEL, value: {{ $v.logLevel | quote }} }
{{- with .it.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Of who sends mail. The kubelet fills the password into the address, where one is referred to. */}}
{{- define "smartcity.mailEnv" -}}
{{- $g := .root.Values.governance -}}
- { name: SMARTCITY_PUBLIC_URL, value: {{ include "smartcity.publicUrl" .root | quote }} }
{{- with ($g.smtpPassword).secret }}
- name: SMTP_PASSWORD
  {{- include "smartcity.secret" (list . $g.smtpPassword.key) | nindent 2 }}
{{- end }}
- { name: SMARTCITY_SMTP_URL, value: {{ $g.smtpUrl | quote }} }
- { name: SMARTCITY_MAIL_FROM, value: {{ $g.mailFrom | quote }} }
{{- end }}

{{/* Of who owns the database and administers NATS: the migration, and who operates from inside. */}}
{{- define "smartcity.ownerEnv" -}}
{{- $v := .Values -}}
- { name: SMARTCITY_CITY, value: {{ $v.city | quote }} }
- name: SMARTCITY_POSTGRES_ADMIN_URL
  {{- include "smartcity.secret" (list $v.postgres.admin.secret $v.postgres.admin.key) | nindent 2 }}
- { name: SMARTCITY_NATS_URL, value: {{ include "smartcity.natsUrl" . | quote }} }
- name: SMARTCITY_NATS_SEED
  {{- include "smartcity.secret" (list (printf "%s-admin" $v.nats.users.prefix) $v.nats.users.key) | nindent 2 }}
{{- if not $v.dev.enabled }}
- { name: SMARTCITY_NATS_CA_FILE, value: {{ printf "/etc/smartcity/nats/%s" $v.nats.ca.key | quote }} }
{{- end }}
- { name: SMARTCITY_STREAM_REPLICAS, value: {{ ternary 1 $v.nats.streamReplicas $v.dev.enabled | quote }} }
{{- if $v.migrations.managePasswords }}
{{- $passwords := dict }}
{{- $roles := keys $v.components | sortAlpha }}
{{- if ($v.mqtt).enabled }}{{ $roles = append $roles "callout" }}{{ end }}
{{- range $name := $roles }}
{{- $variable := printf "PASSWORD_%s" (upper $name) }}
{{- $_ := set $passwords $name (printf "$(%s)" $variable) }}
- name: {{ $variable }}
  {{- include "smartcity.secret" (list (printf "%s-%s" $v.postgres.roles.prefix $name) $v.postgres.roles.key) | nindent 2 }}
{{- end }}
- { name: SMARTCITY_ROLE_PASSWORDS, value: {{ $passwords | toJson | quote }} }
{{- end }}
{{- end }}
