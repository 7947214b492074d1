{{/* Values that would fail at night are refused now, each with what to do. */}}
{{- define "smartcity.check" -}}
{{- $v := .Values }}
{{- /* Those of Services may have 63, those of StatefulSets 52, since Kubernetes writes them into labels with more. */}}
{{- $longest := ternary 39 50 $v.dev.enabled }}
{{- if gt (len .Release.Name) $longest }}
{{- fail (printf "the release's name may have %d characters, and has %d: others begin with it, which would be too long" $longest (len .Release.Name)) }}
{{- end }}
{{- include "smartcity.checkConnections" . }}
{{- include "smartcity.checkPeers" . }}
{{- include "smartcity.checkProxies" . }}
{{- $gateway := mergeOverwrite (deepCopy $v.defaults) $v.components.gateway }}
{{- $gateways := ternary $gateway.autoscaling.max $gateway.replicas $gateway.autoscaling.enabled }}
{{- if and (gt (int $gateways) 1) (not (hasPrefix "s3://" $v.files.url)) }}
{{- if not $v.dev.enabled }}
{{- fail "more than one gateway needs files.url to be s3://...: a folder is not shared" }}
{{- end }}
{{- end }}
{{- if $v.nats.publicKeys }}
{{- range append (keys $v.components) "admin" }}
{{- if not (hasKey $v.nats.publicKeys .) }}{{ fail (printf "nats.publicKeys lacks %s: `smartcity secrets` prints all of them" .) }}{{ end }}
{{- end }}
{{- end }}
{{- if $v.dev.enabled }}
{{- if not $v.nats.publicKeys }}{{ fail "dev.enabled needs nats.publicKeys: `smartcity secrets --dev` prints them" }}{{ end }}
{{- else }}
{{- if not $v.tls.enabled }}{{ fail "tls.enabled: false is possible with dev.enabled only" }}{{ end }}
{{- if ne $v.postgres.sslmode "verify-full" }}{{ fail "postgres.sslmode must be verify-full outside dev mode" }}{{ end }}
{{- if not (hasPrefix "tls://" $v.nats.url) }}{{ fail "nats.url must begin with tls:// outside dev mode" }}{{ end }}
{{- if not (hasPrefix "https://" $v.publicUrl) }}{{ fail "publicUrl must begin with https:// outside dev mode" }}{{ end }}
{{- range list "url" "reportUrl" }}
{{- $url := get $v.economy.snap . }}
{{- if and $url (not (hasPrefix "https://" $url)) }}{{ fail (printf "economy.snap.%s must begin with https:// outside dev mode" .) }}{{ end }}
{{- end }}
{{- if hasPrefix "http://" $v.oidc.issuer }}{{ fail "oidc.issuer must begin with https:// outside dev mode" }}{{ end }}
{{- include "smartcity.checkPorts" . }}
{{- $filled := contains "$(SMTP_PASSWORD)" $v.governance.smtpUrl }}
{{- $held := ($v.governance.smtpPassword).secret | empty | not }}
{{- if ne $filled $held }}
{{- fail "governance.smtpUrl says $(SMTP_PASSWORD) where governance.smtpPassword.secret names the Secret that holds it, and nowhere else" }}
{{- end }}
{{- end }}
{{- if ($v.mqtt).enabled }}
{{- range list "issuer" "callout" }}
{{- if not (get $v.mqtt .) }}{{ fail (printf "mqtt.enabled needs mqtt.%s: `smartcity secrets --mqtt` prints it" .) }}{{ end }}
{{- end }}
{{- if and (not $v.dev.enabled) (not (hasPrefix "mqtts://" $v.mqtt.url)) }}{{ fail "mqtt.url must begin with mqtts:// outside dev mode" }}{{ end }}
{{- end }}
{{- if and $v.ingress.enabled $v.gatewayApi.enabled }}{{ fail "choose one of ingress and gatewayApi" }}{{ end }}
{{- if and $v.gatewayApi.enabled (not $v.gatewayApi.parents) }}{{ fail "gatewayApi.enabled needs gatewayApi.parents: the Gateway that the route belongs to" }}{{ end }}
{{- end }}

{{/* Every replica at its most, one more of each while it rolls, and the migration's, in 80 % of the connections. */}}
{{- define "smartcity.checkConnections" -}}
{{- $v := .Values }}
{{- $connections := add 4 (ternary (mul (ternary 4 2 (($v.mqtt).vehicles | default false)) (add1 (int ($v.mqtt).replicas))) 0 (($v.mqtt).enabled | default false)) }}
{{- range $name, $own := $v.components }}
{{- $it := mergeOverwrite (deepCopy $v.defaults) $own }}
{{- $most := ternary $it.autoscaling.max $it.replicas $it.autoscaling.enabled }}
{{- if and $it.autoscaling.enabled (gt (int $it.autoscaling.min) (int $it.autoscaling.max)) }}
{{- fail (printf "components.%s: autoscaling.min %d is above autoscaling.max %d" $name (int $it.autoscaling.min) (int $it.autoscaling.max)) }}
{{- end }}
{{- $connections = add $connections (mul (add1 $most) $it.pool) }}
{{- end }}
{{- $allowed := div (mul $v.postgres.maxConnections 8) 10 }}
{{- if gt (int $connections) (int $allowed) }}
{{- fail (printf "replicas x pool may take %d connections, 80 %% of postgres.maxConnections are %d: lower defaults.pool or autoscaling.max, or raise maxConnections on the server and here" (int $connections) (int $allowed)) }}
{{- end }}
{{- end }}

{{/* A way to the whole internet never includes the metadata services of clouds. */}}
{{- define "smartcity.checkPeers" -}}
{{- range $purpose, $rule := .Values.networkPolicy }}
{{- if kindIs "map" $rule }}
{{- range $rule.peers }}
{{- with .ipBlock }}
{{- $except := .except | default list }}
{{- if and (eq .cidr "0.0.0.0/0") (ne $purpose "ingress") (not (has "169.254.0.0/16" $except)) (not (has "169.254.169.254/32" $except)) }}
{{- fail (printf "networkPolicy.%s opens the metadata address: add 169.254.0.0/16 to its except" $purpose) }}
{{- end }}
{{- if and (eq .cidr "::/0") (ne $purpose "ingress") (not (has "fd00:ec2::254/128" $except)) }}
{{- fail (printf "networkPolicy.%s opens the metadata address: add fd00:ec2::254/128 to its except" $purpose) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Behind a proxy that is not named, all people are one visitor to the gateway and share its rates. */}}
{{- define "smartcity.checkProxies" -}}
{{- $v := .Values }}
{{- if and (or (and $v.ingress.enabled (not $v.dev.enabled)) $v.gatewayApi.enabled) (not $v.trustedProxies) }}
{{- fail "trustedProxies is empty, so all visitors would share one rate: put the addresses or networks there from which your ingress controller or Gateway reaches pods, such as 10.244.0.0/16 (kubectl get pods -A -o wide shows the addresses of its pods; the network of pods will do, since networkPolicy.ingress lets nobody else in)" }}
{{- end }}
{{- range splitList "," $v.trustedProxies }}
{{- if hasSuffix "/0" (trim .) }}{{ fail (printf "trustedProxies: %s believes everybody, so that anybody could come under any address" (trim .)) }}{{ end }}
{{- end }}
{{- end }}

{{/* A server outside is reached at the port of its address; of one in the cluster the policy means the port of its pod. */}}
{{- define "smartcity.checkPorts" -}}
{{- $v := .Values }}
{{- $outside := list
  (list "governance.smtpUrl" $v.governance.smtpUrl "mail")
  (list "oidc.issuer" $v.oidc.issuer "idp")
  (list "economy.snap.url" $v.economy.snap.url "bank")
  (list "economy.snap.reportUrl" $v.economy.snap.reportUrl "bank")
  (list "warnings.nowcastUrl" ($v.warnings).nowcastUrl "weather") }}
{{- range regexFindAll "https://[^ ]+" (($v.living).operatorFeeds | default "") -1 }}
{{- $outside = append $outside (list "living.operatorFeeds" . "operators") }}
{{- end }}
{{- if not $v.dev.enabled }}{{/* dev mode brings these */}}
{{- $outside = concat $outside (list
  (list "postgres.port" (printf "postgres://%s:%v" $v.postgres.host $v.postgres.port) "postgres")
  (list "postgres.keystore.port" (printf "postgres://%s:%v" $v.postgres.keystore.host $v.postgres.keystore.port) "keystore")
  (list "mqtt.url" (ternary ($v.mqtt).url "" (($v.mqtt).enabled | default false)) "mqtt")
  (list "otlpEndpoint" $v.otlpEndpoint "otlp")) }}
{{- range splitList "," $v.nats.url }}
{{- $outside = append $outside (list "nats.url" (trim .) "nats") }}
{{- end }}
{{- end }}
{{- range $outside }}
{{- $rule := index $v.networkPolicy (index . 2) }}
{{- $inside := false }}
{{- range $rule.peers }}{{- if not .ipBlock }}{{- $inside = true }}{{- end }}{{- end }}
{{- if and (index . 1) $v.networkPolicy.enabled $rule.peers (not $inside) }}
{{- $url := urlParse (index . 1) }}
{{- $usual := dict "https" "443" "http" "80" "smtps" "465" "smtp" "587" "smtp+starttls" "587" "tls" "4222" "mqtts" "8883" }}
{{- $port := regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (get $usual $url.scheme) }}
{{- if ne $port (toString $rule.port) }}
{{- fail (printf "%s is at port %s, and networkPolicy.%s opens %v alone: set networkPolicy.%s.port to %s" (index . 0) $port (index . 2) $rule.port (index . 2) $port) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
