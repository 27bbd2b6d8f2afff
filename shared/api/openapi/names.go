package openapi

import (
	"reflect"
	"strings"

	"github.com/arxkeys/arxkeys/shared/api"
	"github.com/arxkeys/arxkeys/shared/problem"
)

// schemaNames are the names of schemas that differ from their Go types: generated clients in all languages
// use a schema's name without its package.
var schemaNames = map[reflect.Type]string{
	reflect.TypeFor[api.By]():                      "Actor",
	reflect.TypeFor[api.Code]():                    "VerificationCode",
	reflect.TypeFor[api.Use]():                     "UsageSummary",
	reflect.TypeFor[api.UseCounts]():               "UsageCounts",
	reflect.TypeFor[api.UseBucket]():               "UsageBucket",
	reflect.TypeFor[api.AccessKeysUse]():           "AccessKeysUsage",
	reflect.TypeFor[api.AccessKeyUse]():            "AccessKeyUsage",
	reflect.TypeFor[api.Interval]():                "UsageInterval",
	reflect.TypeFor[api.Purpose]():                 "ArxPurpose",
	reflect.TypeFor[api.Plan]():                    "ArxPlan",
	reflect.TypeFor[api.Provider]():                "CloudProvider",
	reflect.TypeFor[api.Encryption]():              "EncryptionMethod",
	reflect.TypeFor[api.Cycle]():                   "RotationCycle",
	reflect.TypeFor[api.Me]():                      "Caller",
	reflect.TypeFor[api.Holder]():                  "AccessKeyHolder",
	reflect.TypeFor[api.HeldKey]():                 "AccessKeyHolderKey",
	reflect.TypeFor[api.HeldArx]():                 "AccessKeyHolderArx",
	reflect.TypeFor[api.ManagementKeyRecord]():     "ManagementKey",
	reflect.TypeFor[api.AuditEvents]():             "AuditEventList",
	reflect.TypeFor[api.ApplicationList]():         "ApplicationList",
	reflect.TypeFor[api.ArxList]():                 "ArxList",
	reflect.TypeFor[api.KeyList]():                 "KeyList",
	reflect.TypeFor[api.ManagementKeyList]():       "ManagementKeyList",
	reflect.TypeFor[api.Few[api.KeySummary]]():     "FirstKeys",
	reflect.TypeFor[api.Few[api.KeyApplication]](): "FirstApplications",
	reflect.TypeFor[api.Few[api.KeyArx]]():         "FirstArxes",
	reflect.TypeFor[problem.Document]():            "Problem",
	reflect.TypeFor[problem.Field]():               "ProblemField",
	reflect.TypeFor[problem.Code]():                "ProblemCode",
}

// schemaName returns the name of the type's schema.
func schemaName(t reflect.Type) string {
	if name, ok := schemaNames[t]; ok {
		return name
	}
	return t.Name()
}

// spellings are the parts of operations' names that consist of several words.
var spellings = map[string]string{
	"managementkeys": "ManagementKeys", "endoverlap": "EndOverlap", "setdefault": "SetDefault", "whoami": "WhoAmI", "openapi": "OpenAPI",
}

// operationID returns the operation's name in generated clients, such as KeysEndOverlap for
// keys.endoverlap. An operation without a verb gets one, so that its name differs from every schema's.
func operationID(name string) string {
	noun, verb, found := strings.Cut(name, ".")
	switch {
	case found:
	case name == api.Check.Name:
		return "KeysCheck"
	case name == api.ListEvents.Name:
		verb = "list"
	default:
		verb = "get"
	}
	return spell(noun) + spell(verb)
}

func spell(word string) string {
	if s, ok := spellings[word]; ok {
		return s
	}
	return strings.ToUpper(word[:1]) + word[1:]
}

// choiceNames returns names of the choices for generated clients if the names derived from the values would
// be empty, ambiguous, or in conflict with other names. It returns nil if the values suffice.
func choiceNames(choices []any) []string {
	names, needed := make([]string, len(choices)), false
	for i, c := range choices {
		value := c.(string)
		name, back := strings.CutPrefix(value, "-")
		for _, word := range strings.FieldsFunc(name, func(r rune) bool { return r == '-' || r == '_' }) {
			names[i] += strings.ToUpper(word[:1]) + word[1:]
		}
		switch {
		case back:
			names[i] += "Descending"
			needed = true
		case names[i][0] >= '0' && names[i][0] <= '9':
			_, unit, _ := strings.Cut(value, "-")
			names[i] = "Every" + strings.TrimSuffix(value, "-"+unit) + strings.ToUpper(unit[:1]) + unit[1:]
			needed = true
		case value == string(api.Client): // generated clients have a type Client
			names[i] = "TechnologyClient"
			needed = true
		}
	}
	if !needed {
		return nil
	}
	return names
}
