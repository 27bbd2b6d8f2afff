package openapi

import (
	"fmt"
	"reflect"

	"github.com/arxkeys/arxkeys/shared/api"
)

// constraint is what a schema says about a field in addition to its type.
type constraint struct {
	schema
	item    *schema // for a list's items
	notNull bool    // a merge patch cannot remove the value
}

// misleading are the characters that make text look different from what it is. No string may contain them.
const misleading = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029"

// Patterns that all regular expression engines interpret alike.
const (
	base62      = "[0-9A-Za-z]"
	timePattern = `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$` // of responses
	// Of requests: RFC 3339 also allows lower case.
	sentPattern  = `^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$`
	scopePattern = `^[a-z0-9:._*-]{1,64}$`
	onePattern   = `^[^\x00-\x1f\x7f-\x9f` + misleading + `]*$`                  // one line
	linesPattern = `^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f` + misleading + `]*$` // several lines
	namePattern  = `^[^\x00-\x1f\x7f-\x9f` + misleading + `]*[^\s\x00-\x1f\x7f-\x9f` + misleading + `][^\x00-\x1f\x7f-\x9f` + misleading + `]*$`
)

func idPattern(prefixes string) string {
	return fmt.Sprintf("^%s%s{%d}$", prefixes, base62, api.IDChars)
}

func id(prefix, rest string) constraint {
	return constraint{schema: schema{Pattern: idPattern(prefix), Examples: []any{prefix + rest}}}
}

func text(least, most int, example string) constraint {
	c := constraint{schema: schema{MaxLength: &most, Examples: []any{example}}}
	if least > 0 {
		c.MinLength = &least
	}
	return c
}

func (c constraint) matching(pattern string) constraint {
	c.Pattern = pattern
	return c
}

func name(example string) constraint {
	return text(1, api.MaxNameRunes, example).matching(namePattern)
}

func oneOf(example string, more ...any) constraint {
	return constraint{schema: schema{Enum: append([]any{example}, more...), Examples: []any{example}}}
}

func whole(least, most int, example int) constraint {
	c := constraint{schema: schema{Minimum: &least, Examples: []any{example}}}
	if most > 0 {
		c.Maximum = &most
	}
	return c
}

func list(least, most int, item constraint) constraint {
	c := constraint{schema: schema{MaxItems: &most}, item: &item.schema}
	if least > 0 {
		c.MinItems = &least
	}
	c.UniqueItems = true
	c.Examples = []any{[]any{item.Examples[0]}}
	return c
}

func example(value any) constraint { return constraint{schema: schema{Examples: []any{value}}} }

func moment(at string) constraint { return constraint{schema: schema{Examples: []any{at}}} }

func kept(c constraint) constraint {
	c.notNull = true
	return c
}

var (
	applicationID   = id(api.ApplicationPrefix, "01J9Zk3V8QpTfW2x")
	arxID           = id(api.ArxPrefix, "01J9Zk4B1RsUgX3y")
	checkedArx      = arxID.matching(`^(\*|arx_[0-9A-Za-z]{16})$`)
	keyID           = id(api.KeyPrefix, "01J9Zk5C2StVhY4z")
	managementKeyID = id(api.ManagementKeyPrefix, "01J9Zk6D3TuWjZ5a")
	resourceID      = keyID.matching(idPattern("(app|arx|key|mgk)_"))
	scopes          = list(0, api.MaxScopes, text(1, 64, "invoices:read").matching(scopePattern))
	addresses       = list(0, api.MaxAllowedIPs, text(1, 43, "203.0.113.0/24").matching(`^[0-9a-f.:]+/[0-9]{1,3}$`))
	origins         = list(0, api.MaxOrigins, text(1, api.MaxURLRunes, "https://shop.example").matching(`^https://[a-z0-9.:\[\]-]+$`))
	regions         = list(1, api.MaxRegions, text(1, 40, "eu-central-1").matching(`^[a-z0-9-]+$`))
	endpoint        = text(0, api.MaxURLRunes, "https://arx.example/v1")
	rate            = whole(1, api.MaxRatePerSecond*api.MaxWindowSeconds, 100)
	hint            = text(1, 100, "arxk_prd_01J9Zk5C2StVhY4z…9fQa")
	hash            = example("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08").matching("^([0-9a-f]{64})?$")
	cursor          = text(1, 1024, "eyJwIjoia2V5XzAxSjlaazVDMlN0VmhZNHoifQ").matching("^[0-9A-Za-z_-]+$")
	address         = text(0, 45, "203.0.113.7")
	accessKey       = text(1, 512, "arxk_prd_01J9Zk5C2StVhY4z7kQ2mX9pL4vR8tB3nW6yH1jD5gF0sA2cE4uK8iO7zT1xV9f9fQa3bN")
)

// constraints are the constraints of fields by their name in JSON or as a parameter. A name prefixed with
// that of its struct takes precedence. A test checks that every field has an example.
var constraints = map[string]constraint{
	"id":                   keyID,
	"name":                 name("nightly export"),
	"description":          text(0, api.MaxDescriptionRunes, "Writes invoices to the ledger every night.").matching(linesPattern),
	"owner":                text(0, api.MaxOwnerRunes, "owner@example.com").matching(onePattern),
	"allowed_origins":      origins,
	"application_id":       applicationID,
	"arx_id":               arxID,
	"scopes":               scopes,
	"allowed_ips":          addresses,
	"regions":              regions,
	"endpoint":             endpoint,
	"hint":                 hint,
	"expires_at":           moment("2027-01-31T00:00:00.000Z"),
	"rotate_by":            moment("2026-05-01T09:12:00.000Z"),
	"overlap_until":        moment("2026-02-08T09:12:00.000Z"),
	"created_at":           moment("2026-02-01T09:12:00.000Z"),
	"updated_at":           moment("2026-02-01T09:12:00.000Z"),
	"last_used_at":         moment("2026-02-03T17:40:12.000Z"),
	"unused_as_of":         moment("2026-02-03T04:00:00.000Z"),
	"at":                   moment("2026-02-01T09:12:00.000Z"),
	"start":                moment("2026-02-03T17:00:00.000Z"),
	"reset_at":             moment("2026-02-03T17:41:00.000Z"),
	"from":                 moment("2026-02-03T00:00:00.000Z"),
	"to":                   moment("2026-02-04T00:00:00.000Z"),
	"rotation_due":         example(false),
	"is_default":           example(true),
	"more":                 example(false),
	"valid":                example(true),
	"metadata":             example(object{{"team", "payments"}}),
	"can":                  example(object{{"delete", true}}),
	"why":                  example(object{}),
	"limit":                rate,
	"window_seconds":       whole(1, api.MaxWindowSeconds, 60),
	"effective_by":         moment("2026-02-03T17:00:05.000Z"),
	"reset_seconds":        whole(0, api.MaxWindowSeconds, 41),
	"remaining":            whole(0, 0, 93),
	"remaining_uses":       whole(0, api.MaxUses, 41),
	"uses_24h":             whole(0, 0, 7),
	"scanned":              whole(0, 0, 1000),
	"UsageRequest.busiest": whole(1, api.MaxBusiest, 5),
	"total":                whole(0, 0, 12),
	"active":               whole(0, 0, 9),
	"disabled":             whole(0, 0, 3),
	"archived":             whole(0, 0, 1),
	"expired":              whole(0, 0, 1),
	"deleted":              whole(0, 0, 2),
	"count":                whole(0, 0, 1),
	"codes":                example(object{{"VALID", 7}}),
	"next_cursor":          cursor,
	"cursor":               cursor,
	"q":                    text(0, 150, "billing"),
	"access_key":           accessKey,
	"secret":               text(1, 512, "arxm_01J9Zk6D3TuWjZ5a7kQ2mX9pL4vR8tB3nW6yH1jD5gF0sA2cE4uK8iO7zT1xV9f9fQa3bN"),
	"notice":               text(1, 500, api.ShownOnce),
	"overlap_seconds":      whole(0, api.MaxOverlapSeconds, 86400),
	"replace":              oneOf(api.ReplaceNew),
	"cost":                 whole(1, api.MaxUses, 1),
	"key":                  accessKey,
	"ip":                   address,
	"origin":               text(1, api.MaxURLRunes, "https://shop.example"),
	"tenant":               text(1, 63, "default").matching("^[a-z0-9-]+$"),
	"action":               text(1, 64, "keys.create").matching(`^[a-z]+(\.[a-z]+)?$`),
	"changes":              example(object{{"name", []any{nil, "nightly export"}}}),
	"request_id":           text(0, 200, "JKJaXmPLvHcESHA="),
	"previous":             hash,
	"hash":                 hash,
	"resource_id":          resourceID,
	"principal_id":         text(1, 256, "9f1c7c0e-5a40-4c3c-9d3f-0b6f2a7b8f11"),
	"Idempotency-Key":      text(1, api.MaxIdempotencyKeyRunes, "3f0c2b34-95f2-4a3c-8a3e-6b7d0f3c1e55"),
	"x-arxkeys-arx":        checkedArx,
	"x-arxkeys-key-header": text(1, 64, "x-api-key").matching(`^[0-9A-Za-z_-]+$`),
	"x-arxkeys-scopes":     text(1, api.MaxScopes*65, "invoices:read quotes:read").matching(`^[a-z0-9:._*-]+( [a-z0-9:._*-]+)*$`),
	"x-arxkeys-client-ip":  address,
	"x-arxkeys-origin":     text(0, 8<<10, "https://shop.example"),
	"x-arxkeys-limited":    example("403").matching("^403$"),
	"If-None-Match":        text(1, api.MaxConditionRunes, `W/"9f86d081884c7d65"`),
	"If-Match":             text(1, api.MaxConditionRunes, `"3"`),

	"Application.id":                   applicationID,
	"Application.name":                 name("Billing"),
	"KeyApplication.id":                applicationID,
	"KeyApplication.name":              name("Billing"),
	"VerifiedApplication.id":           applicationID,
	"VerifiedApplication.name":         name("Billing"),
	"CreateApplicationRequest.name":    name("Billing"),
	"UpdateApplicationRequest.name":    kept(name("Billing")),
	"ListApplicationsRequest.include":  oneOf("archived"),
	"Arx.id":                           arxID,
	"Arx.name":                         name("Production EU"),
	"KeyArx.id":                        arxID,
	"KeyArx.name":                      name("Production EU"),
	"VerifiedArx.id":                   arxID,
	"VerifiedArx.name":                 name("Production EU"),
	"HeldArx.id":                       arxID,
	"HeldArx.name":                     name("Production EU"),
	"CreateArxRequest.name":            name("Production EU"),
	"UpdateArxRequest.name":            kept(name("Production EU")),
	"UpdateArxRequest.regions":         kept(regions),
	"ListArxesRequest.include":         oneOf("deleted"),
	"ListKeysRequest.include":          oneOf("deleted"),
	"KeySummary.name":                  text(0, api.MaxNameRunes, "nightly export").matching(onePattern),
	"VerifiedKey.name":                 text(0, api.MaxNameRunes, "nightly export").matching(onePattern),
	"HeldKey.name":                     text(0, api.MaxNameRunes, "nightly export").matching(onePattern),
	"CreateKeyRequest.name":            text(0, api.MaxNameRunes, "nightly export").matching(onePattern),
	"CreateKeyRequest.remaining_uses":  whole(1, api.MaxUses, 1000),
	"UpdateKeyRequest.name":            text(0, api.MaxNameRunes, "nightly export").matching(onePattern),
	"Page.limit":                       page,
	"ListEventsRequest.limit":          page,
	"RateLimitState.limit":             rate,
	"ManagementKeyRecord.id":           managementKeyID,
	"ManagementKeyRecord.name":         name("ci"),
	"CreateManagementKeyRequest.name":  name("ci"),
	"ListManagementKeysRequest.status": oneOf(string(api.ManagementKeyActive), string(api.ManagementKeyExpired)),
	"CreatedManagementKey.notice":      text(1, 500, api.ManagementKeyShownOnce),
	"By.kind":                          oneOf(api.Person, api.ManagementKey),
	"By.id":                            text(1, 256, "9f1c7c0e-5a40-4c3c-9d3f-0b6f2a7b8f11"),
	"By.name":                          text(0, 256, "owner@example.com"),
	"AuditEvent.id":                    id(api.EventPrefix, "01J9Zk7E4UvXkA6b"),
	"AuditEvent.from":                  address,
	"AuditResource.kind":               oneOf("key", "application", "arx", "management_key"),
	"AuditResource.id":                 resourceID,
	"AuditResource.name":               text(0, api.MaxNameRunes, "nightly export"),
	"Document.type":                    oneOf("about:blank"),
	"Document.title":                   text(1, 100, "Not Found"),
	"Document.status":                  whole(400, 599, 404),
	"Document.detail":                  text(1, 2000, "There is no such API key."),
	"Field.field":                      text(1, 200, "allowed_origins[2]"),
	"Field.code":                       text(1, 64, "required").matching("^[a-z_]+$"),
	"Field.detail":                     text(1, 2000, "a client application needs at least one origin, such as https://shop.example."),
	"GatewayMessage.message":           text(0, 200, "Service Unavailable"),
}

var page = func() constraint {
	c := whole(1, api.MaxPageItems, api.DefaultPageItems)
	c.Default = api.DefaultPageItems
	return c
}()

// constraintOf returns the constraint of the struct's field.
func constraintOf(t reflect.Type, field string) constraint {
	if c, ok := constraints[t.Name()+"."+field]; ok {
		return c
	}
	return constraints[field]
}

// apply adds the constraint to the schema of a field, unless the field is a reference.
func (c constraint) apply(s *schema) {
	if s.Ref != "" {
		return
	}
	if s.Type == "array" && s.Items.Ref != "" {
		return
	}
	if c.Pattern != "" {
		s.Pattern = c.Pattern
	}
	s.MinLength, s.MaxLength, s.Minimum, s.Maximum = c.MinLength, c.MaxLength, c.Minimum, c.Maximum
	if s.MinItems == nil {
		s.MinItems, s.MaxItems, s.UniqueItems = c.MinItems, c.MaxItems, c.UniqueItems
	}
	s.Enum, s.Default, s.Examples = append([]any(nil), c.Enum...), c.Default, c.Examples
	if c.item != nil && s.Items != nil {
		s.Items.Pattern, s.Items.MinLength, s.Items.MaxLength = c.item.Pattern, c.item.MinLength, c.item.MaxLength
	}
}
