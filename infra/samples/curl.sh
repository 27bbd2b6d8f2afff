# A sample of each operation of the API, for its reference. A test runs them in this order. Each sample is what is between
# its name and `end`; the lines between samples read $answer, which is the response of the last one.
#
# api is the address of the API, such as https://keys.example/v1, and management_key a management key of the role owner.

# sample applications.create
curl "$api/applications" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"name": "Billing", "technology": "server"}'
# end
application_id=$(jq -er .id <<<"$answer")

# sample arxes.create
curl "$api/arxes" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"name": "Production EU", "purpose": "production", "regions": ["eu-central-1"]}'
# end
arx_id=$(jq -er .id <<<"$answer")

# sample keys.create
curl "$api/keys" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"application_id": "'$application_id'", "arx_id": "'$arx_id'", "name": "nightly export", "scopes": ["invoices:read"]}'
# end
key_id=$(jq -er .key.id <<<"$answer")
access_key=$(jq -er .access_key <<<"$answer")

# sample keys.verify
curl "$api/keys/verify" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"key": "'$access_key'", "arx_id": "'$arx_id'", "scopes": ["invoices:read"]}'
# end
[ "$(jq -r .code <<<"$answer")" = VALID ]

# sample whoami
curl "$api/whoami" -H "x-api-key: $access_key"
# end
[ "$(jq -r .key.id <<<"$answer")" = "$key_id" ]

verifier_key=$(curl "$api/management-keys" -H "Authorization: Bearer $management_key" -H 'Content-Type: application/json' -d '{"name": "nginx", "role": "verifier"}' | jq -er .secret)

# sample check
curl -i "$api/check/$arx_id" \
  -H "Authorization: Bearer $verifier_key" \
  -H "x-api-key: $access_key" \
  -H 'x-arxkeys-scopes: invoices:read'
# end
grep -qi '^x-arxkeys-code: VALID' <<<"$answer"

# sample keys.get
curl "$api/keys/$key_id" -H "Authorization: Bearer $management_key"
# end

# sample keys.list
curl -G "$api/keys" -H "Authorization: Bearer $management_key" \
  -d limit=25 -d status=active --data-urlencode 'q=nightly'
# end
[ "$(jq -r '.items[0].id' <<<"$answer")" = "$key_id" ]

# sample keys.update
curl -X PATCH "$api/keys/$key_id" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"scopes": ["invoices:read", "invoices:write"], "rate_limit": {"limit": 100, "window_seconds": 60}}'
# end

# sample keys.rotate
curl "$api/keys/$key_id/rotate" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"overlap_seconds": 86400}'
# end
jq -er .access_key <<<"$answer" >/dev/null

# sample keys.endoverlap
curl -X POST "$api/keys/$key_id/end-overlap" -H "Authorization: Bearer $management_key"
# end

# sample keys.disable
curl -X POST "$api/keys/$key_id/disable" -H "Authorization: Bearer $management_key"
# end

# sample keys.enable
curl -X POST "$api/keys/$key_id/enable" -H "Authorization: Bearer $management_key"
# end

# sample keys.usage
curl -G "$api/keys/$key_id/usage" -H "Authorization: Bearer $management_key" -d interval=hour
# end

# sample keys.delete
curl -X DELETE "$api/keys/$key_id" -H "Authorization: Bearer $management_key"
# end
[ "$(jq -r .status <<<"$answer")" = deleted ]

# sample applications.list
curl -G "$api/applications" -H "Authorization: Bearer $management_key" -d limit=25
# end

# sample applications.get
curl "$api/applications/$application_id" -H "Authorization: Bearer $management_key"
# end

# sample applications.update
curl -X PATCH "$api/applications/$application_id" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"description": "Writes invoices to the ledger every night."}'
# end

# sample applications.disable
curl -X POST "$api/applications/$application_id/disable" -H "Authorization: Bearer $management_key"
# end

# sample applications.archive
curl -X POST "$api/applications/$application_id/archive" -H "Authorization: Bearer $management_key"
# end

# sample applications.unarchive
curl -X POST "$api/applications/$application_id/unarchive" -H "Authorization: Bearer $management_key"
# end

# sample applications.enable
curl -X POST "$api/applications/$application_id/enable" -H "Authorization: Bearer $management_key"
# end

# sample arxes.list
curl -G "$api/arxes" -H "Authorization: Bearer $management_key" -d limit=25
# end

# sample arxes.get
curl "$api/arxes/$arx_id" -H "Authorization: Bearer $management_key"
# end

# sample arxes.update
curl -X PATCH "$api/arxes/$arx_id" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"endpoint": "https://arx.example/v1", "rotation_cycle": "6-monthly"}'
# end

# sample arxes.disable
curl -X POST "$api/arxes/$arx_id/disable" -H "Authorization: Bearer $management_key"
# end

# sample arxes.enable
curl -X POST "$api/arxes/$arx_id/enable" -H "Authorization: Bearer $management_key"
# end

first=$arx_id # which may be the default already
arx_id=$(curl "$api/arxes" -H "Authorization: Bearer $management_key" -H 'Content-Type: application/json' -d '{"name": "Playground", "regions": ["eu-central-1"]}' | jq -er .id)

# sample arxes.setdefault
curl -X POST "$api/arxes/$arx_id/default" -H "Authorization: Bearer $management_key"
# end
arx_id=$first

# sample overview
curl "$api/overview" -H "Authorization: Bearer $management_key"
# end

# sample usage
curl -G "$api/usage" -H "Authorization: Bearer $management_key" -d interval=day -d "arx_id=$arx_id"
# end

# sample audit
curl -G "$api/audit" -H "Authorization: Bearer $management_key" -d "resource_id=$arx_id"
# end

# sample arxes.delete
curl -X DELETE "$api/arxes/$arx_id" -H "Authorization: Bearer $management_key"
# end
[ "$(jq -r .status <<<"$answer")" = deleted ]

# sample managementkeys.create
curl "$api/management-keys" \
  -H "Authorization: Bearer $management_key" \
  -H 'Content-Type: application/json' \
  -d '{"name": "gateway", "role": "verifier"}'
# end
management_key_id=$(jq -er .management_key.id <<<"$answer")

# sample managementkeys.list
curl "$api/management-keys" -H "Authorization: Bearer $management_key"
# end

# sample managementkeys.get
curl "$api/management-keys/$management_key_id" -H "Authorization: Bearer $management_key"
# end

# sample managementkeys.delete
curl -X DELETE "$api/management-keys/$management_key_id" -H "Authorization: Bearer $management_key"
# end

# sample me
curl "$api/me" -H "Authorization: Bearer $management_key"
# end

# sample openapi
curl --compressed "$api/openapi.json"
# end
