{{/* Values that would fail at night are refused now, each with what to do. */}}
{{- define "smartcity.check" -}}
{{- $v := .Values }}
{{- $connections := 4 }}{{/* the migration's */}}
{{- range $name, $own := $v.components }}
{{- $it := mergeOverwrite (deepCopy $v.defaults) $own }}
{{- $most := ternary $it.autoscaling.max $it.replicas $it.autoscaling.enabled }}
{{- $connections = add $connections (mul (add1 $most) $it.pool) }}{{/* one more while it rolls */}}
{{- range $it.reaches }}
{{- if not (has . (list "s3" "idp" "bank" "mail")) }}{{ fail (printf "components.%s.reaches: %s is none of s3, idp, bank, mail" $name .) }}{{ end }}
{{- end }}
{{- end }}
{{- $allowed := div (mul $v.postgres.maxConnections 8) 10 }}
{{- if gt (int $connections) (int $allowed) }}
{{- fail (printf "replicas x pool may take %d connections, 80 %% of postgres.maxConnections are %d: lower defaults.pool or autoscaling.max, or raise maxConnections on the server and here" (int $connections) (int $allowed)) }}
{{- end }}
{{- $gateway := mergeOverwrite (deepCopy $v.defaults) $v.components.gateway }}
{{- $gateways := ternary $gateway.autoscaling.max $gateway.replicas $gateway.autoscaling.enabled }}
{{- if and (gt (int $gateways) 1) (not (hasPrefix "s3://" $v.files.url)) (not $v.dev.enabled) }}
{{- fail "more than one gateway needs files.url to be s3://...: a folder is not shared" }}
{{- end }}
{{- if not $v.dev.enabled }}
{{- if not $v.tls.enabled }}{{ fail "tls.enabled: false is possible with dev.enabled only" }}{{ end }}
{{- if ne $v.postgres.sslmode "verify-full" }}{{ fail "postgres.sslmode must be verify-full outside dev mode" }}{{ end }}
{{- if not (hasPrefix "tls://" $v.nats.url) }}{{ fail "nats.url must begin with tls:// outside dev mode" }}{{ end }}
{{- if not (hasPrefix "https://" $v.publicUrl) }}{{ fail "publicUrl must begin with https:// outside dev mode" }}{{ end }}
{{- end }}
{{- if and $v.ingress.enabled $v.gatewayApi.enabled }}{{ fail "choose one of ingress and gatewayApi" }}{{ end }}
{{- end }}
